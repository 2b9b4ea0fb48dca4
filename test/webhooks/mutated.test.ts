import fc from "fast-check";
import { expect, it } from "vitest";
import { callers, goodCalls, judged, keyRequests, now, type SentCall } from "./callers.ts";

const bytes = fc.uint8Array({ maxLength: 40 });
const place = fc.nat(10_000);

type Mutation = (call: SentCall) => SentCall | undefined;

const withBody = (call: SentCall, body: Uint8Array) => ({ ...call, body });

const bodyChanges: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(place, fc.integer({ min: 1, max: 255 })).map(
    ([at, by]): Mutation =>
      (call) => {
        const body = Buffer.from(call.body);
        body[at % body.length] = (body[at % body.length] ?? 0) ^ by;
        return withBody(call, body);
      },
  ),
  place.map(
    (at): Mutation =>
      (call) =>
        withBody(call, Buffer.from(call.body).subarray(0, at % call.body.length)),
  ),
  bytes
    .filter(({ length }) => length > 0)
    .map(
      (end): Mutation =>
        (call) =>
          withBody(call, Buffer.concat([Buffer.from(call.body), end])),
    ),
  fc.integer({ min: 1, max: 4_000 }).map(
    (depth): Mutation =>
      (call) =>
        withBody(call, Buffer.from("[".repeat(depth) + "]".repeat(depth))),
  ),
  fc.integer({ min: 1, max: 4_000 }).map(
    (depth): Mutation =>
      (call) =>
        withBody(call, Buffer.from(`${'{"value":'.repeat(depth)}1${"}".repeat(depth)}`)),
  ),
  fc.json().map(
    (text): Mutation =>
      (call) =>
        withBody(call, Buffer.from(text)),
  ),
  bytes.map(
    (body): Mutation =>
      (call) =>
        withBody(call, body),
  ),
);

const proofs = /signature|webhook-id|timestamp|key-id/;

const headerChanges: fc.Arbitrary<Mutation> = fc
  .tuple(place, fc.string({ maxLength: 60 }), place, fc.constantFrom("replace", "drop", "flip", "cut"))
  .map(
    ([which, text, at, how]): Mutation =>
      (call) => {
        const names = Object.keys(call.headers).filter((name) => proofs.test(name));
        const name = names[which % Math.max(1, names.length)];
        const value = name === undefined ? "" : (call.headers[name] ?? "");
        if (name === undefined) return { ...call, ...(call.token === undefined ? {} : { token: text }) };
        const headers = { ...call.headers };
        const spot = at % value.length;
        if (how === "drop") delete headers[name];
        else if (how === "replace") headers[name] = text;
        else if (how === "cut") headers[name] = value.slice(0, spot);
        else headers[name] = `${value.slice(0, spot)}${value[spot] === "A" ? "B" : "A"}${value.slice(spot + 1)}`;
        return { ...call, headers };
      },
  );

const isSendable = (call: SentCall) =>
  Object.values(call.headers).every((value) => !/[^\t\x20-\x7e\x80-\xff]/.test(value));

/** Calls whose body is proved: those of the others say nothing that could be changed without their token. */
const isSigned = ({ route }: SentCall) => ["shipstation-v2", "shipbob", "fedex"].includes(route);

const taken = async (call: SentCall, at = now) => {
  const verdict = await judged(call, known, at);
  return verdict !== undefined && !("refused" in verdict);
};
let known = callers();

it("no signed call is taken after any change of its body or its proof", async () => {
  keyRequests.length = 0;
  known = callers();
  const calls = goodCalls.filter(isSigned);
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...calls), fc.oneof(bodyChanges, headerChanges), async (call, mutation) => {
      const sent = mutation(call);
      if (!sent || !isSendable(sent) || isSame(sent, call)) return;
      expect(await taken(sent)).toBe(false);
    }),
    { numRuns: 10_000 },
  );
  // Whatever key ids were asked for.
  expect(keyRequests).toHaveLength(1);
}, 60_000);

it("no call with another token or state is taken, and none crashes whatever its body", async () => {
  const calls = goodCalls.filter((call) => !isSigned(call));
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...calls), bodyChanges, fc.string(), async (call, mutation, token) => {
      const sent = mutation(call) ?? call;
      await judged(sent, known);
      if (call.token === undefined) return;
      expect(await taken({ ...sent, token })).toBe(false);
    }),
    { numRuns: 5_000 },
  );
}, 60_000);

it("no signed call is taken at another time of the day", async () => {
  const calls = goodCalls.filter(({ route }) => route === "shipbob" || route === "shipstation-v2");
  const offsets = fc.oneof(fc.integer({ min: 301_000, max: 1e12 }), fc.integer({ min: -1e12, max: -301_000 }));
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...calls), offsets, async (call, offset) => {
      expect(await taken(call, new Date(now.getTime() + offset))).toBe(false);
    }),
  );
});

function isSame(one: SentCall, other: SentCall): boolean {
  const plain = ({ headers, body, token }: SentCall) =>
    JSON.stringify([
      Object.entries(headers).map(([name, value]) => [name, value.trim().replace(/=+$/, "")]),
      Buffer.from(body).toString("latin1"),
      token,
    ]);
  return plain(one) === plain(other);
}
