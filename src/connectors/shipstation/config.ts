import { z } from "zod";

const loopback = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** A vendor's address: scheme and host, https but on loopback. */
const address = z.string().transform((text, context) => {
  const url = URL.parse(text.trim());
  const refuse = (message: string) => {
    context.addIssue({ code: "custom", message });
    return z.NEVER;
  };
  if (!url) return refuse("is not an address like https://ssapi.shipstation.com");
  if (url.protocol !== "https:" && !(url.protocol === "http:" && loopback.has(url.hostname)))
    return refuse("must begin with https:// (plain http is for loopback hosts only)");
  if (url.username || url.password || url.search || url.hash) return refuse("must be scheme and host alone");
  return url.origin + url.pathname.replace(/\/+$/, "");
});

const id = z.coerce.number().int().positive();

/** A list as typed on the command line: JSON or commas. */
const idList = z.preprocess((value) => {
  if (typeof value === "number") return [value];
  if (typeof value !== "string") return value;
  return value
    .replace(/^\s*\[|\]\s*$/g, "")
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}, z.array(id));

/** The settings of a ShipStation account. */
export const shipStationSettings = z.strictObject({
  apiUrl: address.default("https://ssapi.shipstation.com"),
  apiUrlV2: address.default("https://api.shipstation.com"),
  /** The manual store in which orders are created; absent: the account's first manual store. */
  storeId: id.optional(),
  /** The stores that are read; absent: all. */
  stores: idList.optional(),
});

/** The settings of a ShipStation account, parsed. */
export type ShipStationSettings = z.infer<typeof shipStationSettings>;

const regularExpression = z.string().refine((pattern) => {
  try {
    return new RegExp(pattern) instanceof RegExp;
  } catch {
    return false;
  }
}, "is not a regular expression");

/** ShipStation's side of any pair's settings. */
export const shipStationPairSettings = z.strictObject({
  /** Where orders of a legal entity are created, before `storeId`. */
  storeByLegalEntity: z.record(z.string(), id).default({}),
  /** The ERP's warehouse → ShipStation's ship-from warehouse. */
  warehouses: z.record(z.string(), id).default({}),
  /** The ERP's delivery mode → the carrier and service that are set; a mode without a row sets none. */
  deliveryModes: z
    .record(
      z.string(),
      z.strictObject({
        carrierCode: z.string().min(1),
        serviceCode: z.string().min(1).optional(),
        packageCode: z.string().min(1).optional(),
      }),
    )
    .default({}),
  /** The status orders are created with. */
  orderStatus: z.enum(["awaiting_payment", "awaiting_shipment", "on_hold"]).default("awaiting_shipment"),
  /** Which order keys are ours although mlc did not make them; absent: those `keyTemplate` could have made. */
  numberPattern: regularExpression.optional(),
});

/** ShipStation's side of a pair's settings, parsed. */
export type ShipStationPairSettings = z.infer<typeof shipStationPairSettings>;
