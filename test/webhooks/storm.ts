import {
  fromBc,
  fromFedEx,
  fromFno,
  fromShipBob,
  fromShipStation,
  fromShipStationV2,
  goodCalls,
  now,
  type SentCall,
} from "./callers.ts";

/** Numbers from 0 to below a bound, the same ones for a seed (mulberry32). */
export type Dice = (bound: number) => number;

/** Dice that fall the same way for a seed. */
export function dice(seed: number): Dice {
  let state = seed;
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  };
}

/** An event of F&O that is taken before its id is replayed. */
export const firstFno = {
  BusinessEventId: "SalesOrderConfirmedBusinessEvent",
  EventId: "E-1",
  SalesOrderNumber: "SO-1",
};

const hostileUrls = [
  "https://evil.example/orders",
  "https://ssapi6.shipstation.com.evil.example/orders",
  "https://ssapi6.shipstation.com@evil.example/orders",
  "http://ssapi6.shipstation.com/orders",
  "http://169.254.169.254/latest/meta-data",
  "http://127.0.0.1:9103/orders",
  "file:///etc/passwd",
  "//ssapi6.shipstation.com/orders",
  "javascript:alert(1)",
  "\u0000",
];
const v2Event = (url: string) => JSON.stringify({ resource_url: url, resource_type: "LABEL_CREATED_V2" });
const minute = 60_000;
const offsets = [-1e12, -1440 * minute, -6 * minute, 6 * minute, 1440 * minute, 1e12];
const secondsOf = (offset: number) => String(Math.floor((now.getTime() + offset) / 1000));
// Signing takes far longer than all else: these are made once.
const hostileV2 = hostileUrls.map((url) => fromShipStationV2(v2Event(url)));
const staleV2 = offsets.map((offset) =>
  fromShipStationV2(v2Event("https://api.shipstation.com/v2/labels"), secondsOf(offset)),
);

const isSigned = ({ route }: SentCall) => ["shipstation-v2", "shipbob", "fedex"].includes(route);
const signedCalls = goodCalls.filter(isSigned);
const tokenCalls = goodCalls.filter(({ token }) => token !== undefined);
const types = ["text/plain", "text/xml", "application/x-www-form-urlencoded", "multipart/form-data", "image/png", ","];
const one = <T>(list: readonly T[], roll: Dice): T => {
  const found = list[roll(list.length)];
  if (found === undefined) throw new Error("the list is empty");
  return found;
};
const bytesOf = (length: number, roll: Dice) => Buffer.from(Array.from({ length }, () => roll(256)));
const deep = (open: string, close: string, roll: Dice) => {
  const depth = 1 + roll(roll(20) === 0 ? 100_000 : 500);
  return `${open.repeat(depth)}${close === "}" ? "1" : ""}${close.repeat(depth)}`;
};

/** A body that is no longer the one given, whatever the dice say. */
function changed(body: string | Uint8Array, roll: Dice): Buffer {
  const bytes = Buffer.from(body);
  const at = roll(bytes.length);
  const kind = roll(6);
  if (kind === 0) return bytes.subarray(0, at);
  if (kind === 1) return Buffer.concat([bytes, bytesOf(1 + roll(40), roll)]);
  if (kind === 2) return Buffer.from(deep("[", "]", roll));
  if (kind === 3) return Buffer.from(deep('{"value":', "}", roll));
  if (kind === 4) return Buffer.concat([bytesOf(1 + roll(4), roll), bytes]);
  bytes[at] = (bytes[at] ?? 0) ^ (1 + roll(255));
  return bytes;
}

const proofs = /signature|webhook-id|timestamp|key-id/;

/** A header of the proof that is gone, another one or a little other. */
function unproved(call: SentCall, roll: Dice): SentCall {
  const name = one(
    Object.keys(call.headers).filter((header) => proofs.test(header)),
    roll,
  );
  const value = call.headers[name] ?? "";
  const { [name]: _, ...others } = call.headers;
  const kind = roll(4);
  if (kind === 0) return { ...call, headers: others };
  if (kind === 1) return { ...call, headers: { ...others, [name]: bytesOf(roll(60), roll).toString("base64") } };
  // A character of padding is no loss: what is cut or changed is well before it.
  const at = roll(Math.max(1, value.length - 4));
  if (kind === 2) return { ...call, headers: { ...others, [name]: value.slice(0, at) } };
  const other = value[at] === "7" ? "8" : "7";
  return { ...call, headers: { ...others, [name]: value.slice(0, at) + other + value.slice(at + 1) } };
}

const makers: ((roll: Dice, number: number) => SentCall)[] = [
  (roll) => {
    const call = one(signedCalls, roll);
    return { ...call, body: changed(call.body, roll) };
  },
  (roll) => unproved(one(signedCalls, roll), roll),
  (roll) => {
    const call = one(tokenCalls, roll);
    return { ...call, body: changed(call.body, roll), token: bytesOf(roll(30), roll).toString("base64url") || "x" };
  },
  // Proved, but not whole: no JSON.
  (roll) => {
    const call = one([...tokenCalls, fromBc([{ resource: "a/items(1)", changeType: "updated" }])], roll);
    return { ...call, body: Buffer.from(call.body).subarray(0, roll(call.body.length)) };
  },
  (roll) => ({ ...one(tokenCalls, roll), body: deep(one(['{"value":', '{"resource_url":'], roll), "}", roll) }),
  (roll) =>
    fromBc([{ resource: "a/items(1)", changeType: "updated", clientState: bytesOf(roll(40), roll).toString("hex") }]),
  (roll) => fromShipStation(one(hostileUrls, roll) + (roll(2) ? "" : `#${roll(1e6)}`)),
  (roll) => one(hostileV2, roll),
  (roll) => one(staleV2, roll),
  (roll, number) =>
    fromShipBob(
      `{"id":${number}}`,
      "order.shipped",
      `msg_${number}`,
      new Date(now.getTime() + one(offsets.slice(1, 5), roll)),
    ),
  // A signed id before another body.
  (roll, number) => ({
    ...one(
      signedCalls.filter(({ route }) => route === "shipbob"),
      roll,
    ),
    body: `{"id":${number}}`,
  }),
  (_, number) => fromFno({ ...firstFno, SalesOrderNumber: `SO-${number + 2}` }),
  (roll, number) => {
    const call = one(
      signedCalls.filter(({ route }) => route === "shipstation-v2"),
      roll,
    );
    return { ...call, headers: { ...call.headers, "x-shipengine-rsa-sha256-key-id": `k${number + 2}` } };
  },
  (roll) => {
    const call = one(goodCalls, roll);
    return { ...call, headers: { ...call.headers, "content-type": one(types, roll) } };
  },
  (roll) => ({ ...fromFedEx("{}"), body: bytesOf(roll(200), roll) }),
  (roll) => {
    const call = one(goodCalls, roll);
    if (roll(50) > 0) return { ...call, body: "[]", headers: { "content-type": "application/json" } };
    return { ...call, body: Buffer.alloc(1024 ** 2 + 1 + roll(1000), " ") };
  },
];

/** A call that nobody may take: one of many kinds of changes to one of many kinds of calls. */
export function badCall(roll: Dice, number: number): SentCall {
  return one(makers, roll)(roll, number);
}
