import { z } from "zod";

/** Field -> reasons, as .NET reports a refused body (ShipStation V1, 1.2); the key has no parameter name yet. */
export type ModelState = Record<string, string[]>;

const text = z.string().nullable().default(null);
const amount = z.number().nullable().default(null);
const flag = z.boolean().nullable().default(null);

const address = z.object({
  name: text,
  company: text,
  street1: text,
  street2: text,
  street3: text,
  city: text,
  state: text,
  postalCode: text,
  country: text,
  phone: text,
  residential: flag,
});

const weight = z.object({ value: amount, units: z.enum(["pounds", "ounces", "grams"]) });

const item = z.object({
  lineItemKey: text,
  sku: text,
  name: text,
  imageUrl: text,
  weight: weight.nullable().default(null),
  quantity: z.int().default(0),
  unitPrice: amount,
  taxAmount: amount,
  shippingAmount: amount,
  warehouseLocation: text,
  options: z
    .array(z.object({ name: text, value: text }))
    .nullable()
    .default(null),
  productId: z.int().nullable().default(null),
  fulfillmentSku: text,
  adjustment: z.boolean().default(false),
  upc: text,
});

const customsItem = z.object({
  customsItemId: z.int().nullable().default(null),
  description: text,
  quantity: amount,
  value: amount,
  harmonizedTariffCode: text,
  countryOfOrigin: text,
});

const advancedOptions = z.object({
  warehouseId: z.int().nullable().default(null),
  nonMachinable: z.boolean().default(false),
  saturdayDelivery: z.boolean().default(false),
  containsAlcohol: z.boolean().default(false),
  storeId: z.int().nullable().default(null),
  customField1: text,
  customField2: text,
  customField3: text,
  source: text,
  billToParty: z.enum(["my_account", "my_other_account", "recipient", "third_party"]).nullable().default(null),
  billToAccount: text,
  billToPostalCode: text,
  billToCountryCode: text,
  billToMyOtherAccount: text,
});

const order = z.object({
  orderId: z.int().nullable().default(null),
  orderNumber: text,
  orderKey: text,
  orderDate: text,
  paymentDate: text,
  shipByDate: text,
  orderStatus: text,
  customerUsername: text,
  customerEmail: text,
  billTo: address.nullable().default(null),
  shipTo: address.nullable().default(null),
  items: z.array(item).nullable().default(null),
  amountPaid: amount,
  taxAmount: amount,
  shippingAmount: amount,
  customerNotes: text,
  internalNotes: text,
  gift: z.boolean().nullable().default(null),
  giftMessage: text,
  paymentMethod: text,
  requestedShippingService: text,
  carrierCode: text,
  serviceCode: text,
  packageCode: text,
  confirmation: z
    .enum(["none", "delivery", "signature", "adult_signature", "direct_signature"])
    .nullable()
    .default(null),
  shipDate: text,
  weight: weight.nullable().default(null),
  dimensions: z
    .object({ length: amount, width: amount, height: amount, units: z.enum(["inches", "centimeters"]) })
    .nullable()
    .default(null),
  insuranceOptions: z
    .object({ provider: text, insureShipment: z.boolean().default(false), insuredValue: amount })
    .nullable()
    .default(null),
  internationalOptions: z
    .object({
      contents: z.enum(["merchandise", "documents", "gift", "returned_goods", "sample"]).nullable().default(null),
      customsItems: z.array(customsItem).nullable().default(null),
      nonDelivery: z.enum(["return_to_sender", "treat_as_abandoned"]).nullable().default(null),
    })
    .nullable()
    .default(null),
  advancedOptions: advancedOptions.nullable().default(null),
  tagIds: z.array(z.int()).nullable().default(null),
});

/** An order as createorder takes it, with null for what was not sent; unknown members are dropped as .NET drops them. */
export type OrderInput = z.output<typeof order>;

/** An address as an order carries it. */
export type AddressInput = z.output<typeof address>;

/** A line as an order carries it. */
export type ItemInput = z.output<typeof item>;

/** The advanced options that a client can set. */
export type AdvancedInput = z.output<typeof advancedOptions>;

/** Every status of the 2026 spec (ShipStation V1, 2.1). */
export const orderStatuses: readonly string[] = [
  "awaiting_payment",
  "awaiting_shipment",
  "pending_fulfillment",
  "shipped",
  "on_hold",
  "cancelled",
  "rejected_fulfillment",
];

/** Reads one order from JSON, or says in .NET's way which members do not convert (numbers and booleans are strict). */
export function readOrder(body: unknown): { order: OrderInput } | { modelState: ModelState } {
  const parsed = order.safeParse(body);
  if (parsed.success) return { order: parsed.data };
  const modelState: ModelState = {};
  for (const issue of parsed.error.issues) {
    const field = issue.path.map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`)).join("");
    const value = issue.path.reduce<unknown>(memberOf, body);
    const reason = `Error converting value ${JSON.stringify(value) ?? "null"}. Path '${field.slice(1)}'. ${issue.message}`;
    modelState[field.slice(1)] = [reason];
  }
  return { modelState };
}

/** What the rules say against an order that was read: required fields, names, countries, lengths, dates. */
export function checkOrder(order: OrderInput, isDate: (text: string) => boolean): ModelState {
  const modelState: ModelState = {};
  const refuse = (field: string, reason: string) => {
    modelState[field] = [...(modelState[field] ?? []), reason];
  };
  for (const field of ["orderNumber", "orderDate", "orderStatus", "billTo", "shipTo"] as const)
    if (order[field] === null || order[field] === "") refuse(field, `The ${field} field is required.`);
  for (const side of ["billTo", "shipTo"] as const) {
    const { name, country } = order[side] ?? { name: "-", country: null };
    if (!name?.trim()) refuse(`${side}.name`, "The name field must not be empty.");
    if (country !== null && country.length !== 2)
      refuse(`${side}.country`, "The field country must be a string with a length of 2.");
  }
  for (const field of ["orderDate", "paymentDate", "shipByDate", "shipDate"] as const) {
    const value = order[field];
    if (value && !isDate(value)) refuse(field, `The value '${value}' is not valid for ${field}.`);
  }
  if (order.orderNumber && order.orderNumber.length > 50)
    refuse("orderNumber", "The field orderNumber must be a string with a maximum length of 50.");
  if (order.orderStatus && !orderStatuses.includes(order.orderStatus))
    refuse("orderStatus", `The value '${order.orderStatus}' is not valid for orderStatus.`);
  order.items?.forEach(({ name }, index) => {
    if (name === null) refuse(`items[${index}].name`, "The name field is required.");
  });
  return modelState;
}

function memberOf(value: unknown, key: PropertyKey): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
}
