import {
  bodyId,
  idAt,
  isSameSecret,
  jsonFrom,
  memberAt,
  type Refusal,
  refused,
  type VendorCall,
  type Verdict,
} from "./call.ts";

/** What proves calls of V1, which signs nothing (ShipStation, 6). */
export interface ShipStationCalls {
  /** Stands in the address. */
  token: string;
  /** The account's own address, from which `resource_url` may come beside ShipStation's hosts. */
  apiUrl: string;
}

/** What V1 may tell of, of which all is taken (V1, 6). */
export const shipStationTopics: readonly string[] = [
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
  if (!shipStationTopics.includes(topic)) return { ignored: "a topic that mlc does not know" };
  const given = memberAt(json.value, ["resource_url"]);
  const url = resourceUrl(given, /^ssapi\d*\.shipstation\.com$/, apiUrl);
  if (url === undefined) return ledElsewhere(given);
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

/** The refusal of an address that `resourceUrl` did not take; of the address it has scheme and host alone. Pure. */
export function ledElsewhere(given: unknown): { refused: Refusal } {
  const url = typeof given === "string" && URL.canParse(given) ? new URL(given) : undefined;
  const elsewhere = url ? `${url.protocol}//${url.host}`.slice(0, 300) : "no address";
  return { refused: { status: 400, reason: "resource_url leads elsewhere", elsewhere } };
}
