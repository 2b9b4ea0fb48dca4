import { z } from "zod";

/** Absent, null and empty are one. */
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? "");

/** A channel: a connection of an application, with the scopes in which it may be used (2). */
export const channel = z.object({
  id: z.number().int(),
  name: text,
  application_name: text,
  scopes: z
    .array(z.string())
    .nullish()
    .transform((scopes) => scopes ?? []),
});
export type Channel = z.infer<typeof channel>;

/** A shipping method of the account (5.8). */
export const shippingMethod = z.object({
  id: z.number().int(),
  name: text,
  active: z.boolean().nullish(),
  default: z.boolean().nullish(),
  service_level: z.object({ name: text }).nullish(),
});
export type ShippingMethod = z.infer<typeof shippingMethod>;

/** A building of ShipBob's network (7). */
export const location = z.object({
  id: z.number().int(),
  name: text,
  is_active: z.boolean().nullish(),
  is_shipping_enabled: z.boolean().nullish(),
  access_granted: z.boolean().nullish(),
});
export type Location = z.infer<typeof location>;

/** A fulfillment center that takes goods in (7). */
export const fulfillmentCenter = z.object({ id: z.number().int(), name: text });
export type FulfillmentCenter = z.infer<typeof fulfillmentCenter>;
