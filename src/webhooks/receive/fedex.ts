import { createHmac } from "node:crypto";
import type { Named } from "../../core/ports.ts";
import {
  bodyId,
  bytesFrom,
  distinct,
  idAt,
  isSameDigest,
  jsonFrom,
  listAt,
  refused,
  type VendorCall,
  type Verdict,
} from "./call.ts";

/** What proves FedEx's calls (FedEx, 5). */
export interface FedExCalls {
  /** The security token that was entered in the portal. */
  secret: string;
}

/** Verifies a push of FedEx: base64 of the body's HMAC-SHA256. Pure. */
export function fedexVerdict({ headers, body }: VendorCall, { secret }: FedExCalls): Verdict {
  const given = bytesFrom(headers.get("fdx-signature") ?? "");
  if (!given || secret === "") return refused(401, "no signature");
  const wanted = createHmac("sha256", secret).update(body).digest();
  if (!isSameDigest(given, wanted)) return refused(401, "wrong signature");
  const json = jsonFrom(body);
  if (!json) return refused(400, "no JSON");
  const records = distinct(parcelsIn(json.value));
  return { event: { id: bodyId(body), topic: "tracking", records, body: json.text } };
}

function parcelsIn(body: object): Named[] {
  const complete = listAt(body, ["output", "completeTrackResults"]);
  const results = [...complete.flatMap((one) => listAt(one, ["trackResults"])), ...listAt(body, ["trackResults"])];
  const ids = [
    ...complete.map((one) => idAt(one, ["trackingNumber"])),
    ...results.map((one) => idAt(one, ["trackingNumberInfo", "trackingNumber"])),
  ];
  return ids.flatMap((id) => (id === undefined ? [] : [{ kind: "trackingNumber", id }]));
}
