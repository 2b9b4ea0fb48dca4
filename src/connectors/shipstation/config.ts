import { z } from "zod";
import { address, listOf, receiverAddress } from "../../core/settings.ts";

const id = z.coerce.number().int().positive();

/** The settings of a ShipStation account. */
export const shipStationSettings = z.strictObject({
  apiUrl: address.default("https://ssapi.shipstation.com"),
  apiUrlV2: address.default("https://api.shipstation.com"),
  /** The manual store in which orders are created; absent: the account's first manual store. */
  storeId: id.optional(),
  /** The stores that are read; absent: all. */
  stores: listOf(id).optional(),
  /** Where ShipStation calls mlc, without its token; written by `mlc webhooks create`. */
  webhooks: z.strictObject({ url: receiverAddress("/webhooks/shipstation").optional() }).optional(),
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
  storeByLegalEntity: z.record(z.string().toLowerCase(), id).default({}),
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
