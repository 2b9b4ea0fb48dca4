import { bodyId, idAt, isSameSecret, jsonFrom, memberAt, refused, type VendorCall, type Verdict } from "./call.ts";

/** What proves calls of V1, which signs nothing (ShipStation, 6). */
export interface ShipStationCalls {
  /** Stands in the address. */
  token: string;
  /** The account's own address, from which `resource_url` may come beside ShipStation's hosts. */
  apiUrl: string;
}

const topics = [
  "ORDER_NOTIFY",
  "ITEM_ORDER_NOTIFY",
  "SHIP_NOTIFY",
  "ITEM_SHIP_NOTIFY",
  "FULFILLMENT_SHIPPED",
  "FULFILLMENT_REJECTED",
];

/** Verifies a call of ShipStation V1. Pure. */
export function shipStationVerdict(call: VendorCall, { token, apiUrl }: ShipStationCalls): Verdict {
  if (!isSameSecret(call.token ?? "", token)) return refused(401, "the token is another one");
  const json = jsonFrom(call.body);
  const topic = idAt(json?.value, ["resource_type"]);
  if (!json || topic === undefined) return refused(400, "no resource_type");
  if (!topics.includes(topic)) return { ignored: "a topic that mlc does not know" };
  const url = resourceUrl(memberAt(json.value, ["resource_url"]), /^ssapi\d*\.shipstation\.com$/, apiUrl);
  if (url === undefined) return refused(400, "resource_url leads elsewhere");
  const records = [{ kind: "resourceUrl", id: url } as const];
  return { event: { id: bodyId(call.body), topic, records, body: json.text } };
}

/**
 * An address that may be fetched with the account's credentials, as it is then fetched: on the vendor's hosts over https, or
 * on the account's own address. Pure.
 */
export function resourceUrl(given: unknown, hosts: RegExp, apiUrl: string): string | undefined {
  if (typeof given !== "string" || given.length > 2048 || !URL.canParse(given)) return undefined;
  const url = new URL(given);
  if (url.username !== "" || url.password !== "" || url.hash !== "") return undefined;
  const isTheirs = url.protocol === "https:" && url.port === "" && hosts.test(url.hostname);
  return isTheirs || url.origin === new URL(apiUrl).origin ? url.href : undefined;
}
