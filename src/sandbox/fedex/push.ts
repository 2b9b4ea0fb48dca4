/** Advanced Integrated Visibility: what FedEx sends to a webhook (FedEx, 5). */

import { createHmac } from "node:crypto";
import type { Account } from "./account.ts";
import { showTracked } from "./show-track.ts";

/** Where the webhook leads, and the token that its owner chose. */
export interface Webhook {
  url: string;
  securityToken: string;
}

/** A push of a parcel's state: the shape of Track, signed over the exact bytes of the body. */
export function pushOf(account: Account, trackingNumber: string, { url, securityToken }: Webhook): Request {
  const trackResults = [showTracked(account, account.piece(trackingNumber), true)];
  const body = JSON.stringify({ output: { completeTrackResults: [{ trackingNumber, trackResults }] } });
  const signature = createHmac("sha256", securityToken).update(body).digest("base64");
  return new Request(url, {
    method: "POST",
    headers: { "content-type": "application/json", "fdx-signature": signature },
    body,
  });
}
