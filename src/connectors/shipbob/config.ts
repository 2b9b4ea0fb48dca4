import { z } from "zod";
import { ConfigError } from "../../core/errors.ts";
import { address, flag, listOf, receiverAddress, timeSpan } from "../../core/settings.ts";
import { narrower } from "../../core/warehouse.ts";

const id = z.coerce.number().int().positive();

/** For all that mlc does there; without the last no refresh token comes, and without the one before it no nonce (3). */
const usualScopes = [
  ...["channels_read", "orders_read", "orders_write", "products_read", "products_write", "inventory_read"],
  ...["locations_read", "tracking_read", "billing_read", "webhooks_read", "webhooks_write", "openid", "offline_access"],
];

/** The settings of a ShipBob account. */
export const shipBobSettings = z.strictObject({
  apiUrl: address.default("https://api.shipbob.com"),
  /** Gives tokens where the account is joined by OAuth. */
  authUrl: address.default("https://auth.shipbob.com"),
  /** The first part of every path (2). */
  version: z
    .string()
    .regex(/^20\d\d-\d\d$/, "is not a version like 2026-01")
    .default("2026-01"),
  /** The channel in which orders are made and read; an application may write only to its own (2). */
  channelId: id,
  /** Of the application at ShipBob, for OAuth; a personal access token wants none. */
  clientId: z.string().min(1).optional(),
  /** What a sign-in in the browser asks for; the application must have been given them. */
  scopes: listOf(z.string().min(1)).default(usualScopes),
  /** Where the browser brings a sign-in back to: this port of this machine, as registered for the application. */
  redirectPort: z.coerce.number().int().min(1024).max(65_535).default(53_682),
  /** Where ShipBob calls mlc; written by `mlc webhooks create`. */
  webhooks: z.strictObject({ url: receiverAddress("/webhooks/shipbob").optional() }).optional(),
});

/** The settings that an account can be asked with: a person chooses among the channels that it tells. */
export const shipBobAccount = shipBobSettings.partial({ channelId: true });

/** The settings of an account whose channel may not be chosen yet, parsed. */
export type ShipBobAccountSettings = z.infer<typeof shipBobAccount>;

/** The settings of a ShipBob account, parsed. */

const texts = listOf(z.string().min(1));

/** The flow of products, which has no part in F&O's own settings. */
const productsFlow = z.strictObject({
  enabled: flag.default(true),
  every: timeSpan.default("1d"),
  /** Categories of the ERP whose products go to the catalogue, as `name` or `hierarchy/name`; an empty list takes all. */
  categories: texts.default([]),
  /** Lifecycle states in which a product is not sold any more: it is made inactive there; an empty list makes none so. */
  inactiveStates: texts.default([]),
  /** What customs are told of a product's worth: nothing, or the ERP's sales price; ShipBob asks for no currency. */
  customsValue: z.enum(["none", "salesPrice"]).default("none"),
});

/** ShipBob's side of a pair's flows. */
export const shipBobFlows = { products: productsFlow.prefault({}) };

/** ShipBob's side of any pair's settings, every one with a default or optional. */
export const shipBobPairSettings = z.strictObject({
  /** ShipBob's location id → the ERP's warehouse, with its company (`usmf/24`) where several have one of that name; an empty table takes every warehouse, and ShipBob chooses the centre. */
  fulfillmentCenters: z.record(z.string().regex(/^\d+$/, "is not a location id"), z.string().min(1)).default({}),
  /** The ERP's delivery mode → a shipping method of the channel, by its name. */
  shippingMethods: z.record(z.string(), z.string().min(1)).default({}),
  /** Of orders whose delivery mode has no row; absent: the account's default method. */
  shippingMethod: z.string().min(1).optional(),
  orderType: z.enum(["DTC", "DropShip", "B2B"]).default("DTC"),
  /** What becomes of an edit of an order that was sent: told, or the order is cancelled there and made anew. */
  onChange: z.enum(["report", "replace"]).default("report"),
  /** Flags each shipment there whose tracking was written; every integration of the account sees the flag (5.6). */
  markTrackingUploaded: flag.default(false),
  /** Release statuses in which an order is sent, of F&O's set `SalesTableBiEntities`; an empty list asks for none. */
  releaseStatus: texts.default([]),
  /** The unit of the ERP's product sizes; absent: the system unit of length. */
  lengthUnit: z.enum(["mm", "cm", "m", "in", "ft"]).optional(),
});

/** ShipBob's side of a pair's settings, parsed. */
export type ShipBobPairSettings = z.infer<typeof shipBobPairSettings>;

/**
 * The warehouses whose orders a pair takes, as a filter: those that have a centre, and of these those that the pair's own
 * filter names; an empty list takes all. Throws ConfigError where the two have nothing in common. Pure.
 */
export function warehousesWithCenters(
  warehouses: readonly string[],
  { fulfillmentCenters }: Pick<ShipBobPairSettings, "fulfillmentCenters">,
): string[] {
  const served = [...new Set(Object.values(fulfillmentCenters))];
  if (served.length === 0 || warehouses.length === 0) return [...warehouses, ...served];
  const both = warehouses.flatMap((warehouse) => served.flatMap((one) => narrower(warehouse, one) ?? []));
  if (both.length > 0) return both;
  const [named, there] = [warehouses.join(", "), served.join(", ")];
  throw new ConfigError(
    `No order can go to ShipBob: its centres are of the warehouses ${there}, the filter names ${named}`,
    {
      system: "shipbob",
      field: "flows.orders.filter.warehouses",
      hint: "Set fulfillmentCenters or flows.orders.filter.warehouses so that they have a warehouse in common.",
    },
  );
}
