import { constants, verify } from "node:crypto";
import { bodyId, bytesFrom, idAt, jsonFrom, memberAt, refused, type VendorCall, type Verdict } from "./call.ts";
import type { KeySet } from "./key-set.ts";
import { ledElsewhere, resourceUrl } from "./shipstation.ts";
import { isFresh } from "./standard-webhooks.ts";

/** Where the keys are by which V2 signs (ShipStation, 7.4). */
export const shipStationKeysUrl = "https://api.shipengine.com/jwks";

/** What proves calls of V2. */
export interface ShipStationV2Calls {
  keys: Pick<KeySet, "key" | "isReached">;
  /** The account's own address, from which `resource_url` may come beside ShipStation's. */
  apiUrlV2: string;
}

const signatureHeader = "x-shipengine-rsa-sha256-signature";
const keyHeader = "x-shipengine-rsa-sha256-key-id";

/** Verifies a call of ShipStation V2: RSA-SHA256 over timestamp, dot and body. */
export async function shipStationV2Verdict(call: VendorCall, { keys, apiUrlV2 }: ShipStationV2Calls): Promise<Verdict> {
  const { headers, body, at } = call;
  const [id, signature, timestamp] = [keyHeader, signatureHeader, "x-shipengine-timestamp"].map((name) =>
    headers.get(name),
  );
  if (!id || !signature || !timestamp) return refused(401, "a header of the signature is missing");
  // Nobody may have the keys read for a call that is refused anyway.
  const given = bytesFrom(signature);
  if (!given || given.length < 256) return refused(401, "the signature is none");
  if (id.length > 200 || !isFresh(instantOf(timestamp), at)) return refused(401, "the timestamp is off");
  const key = await keys.key(id);
  if (!key) return keys.isReached ? refused(401, "no such key") : refused(503, "the keys cannot be read");
  const signed = Buffer.concat([Buffer.from(`${timestamp}.`), body]);
  const proof = { key, padding: constants.RSA_PKCS1_PADDING };
  if (!verify("RSA-SHA256", signed, proof, given)) return refused(401, "wrong signature");
  return eventOf(body, apiUrlV2);
}

function eventOf(body: Uint8Array, apiUrlV2: string): Verdict {
  const json = jsonFrom(body);
  const topic = idAt(json?.value, ["resource_type"]);
  if (!json || topic === undefined) return refused(400, "no resource_type");
  const given = memberAt(json.value, ["resource_url"]);
  const url = resourceUrl(given, /^api\.shipstation\.com$/, apiUrlV2);
  if (url === undefined) return ledElsewhere(given);
  return { event: { id: bodyId(body), topic, records: [{ kind: "resourceUrl", id: url }], body: json.text } };
}

/** Unix seconds or ISO, since only implementations tell of it. */
function instantOf(timestamp: string): number {
  if (/^\d{1,11}$/.test(timestamp)) return Number(timestamp) * 1000;
  return /^\d{4}-\d\d-\d\dT[\d:.]{8,18}(Z|[+-]\d\d:\d\d)$/.test(timestamp) ? Date.parse(timestamp) : Number.NaN;
}
