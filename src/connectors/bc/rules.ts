import { z } from "zod";
import { flag, listOf } from "../../core/settings.ts";
import { agentTable, code } from "../agents.ts";

/** A set of a custom API: `publisher/group/version/entitySet` (BC, 1.1). */
export const customPath = z
  .string()
  .regex(/^[\w-]+\/[\w-]+\/(v\d+\.\d+|beta)\/[A-Za-z]\w*$/, "must be like contoso/shipping/v1.0/shipmentTracking");
/** The name of a field, set or service of BC's. */
export const name = z.string().regex(/^[A-Za-z_]\w*$/, "is not a name");

/** What a custom API carries and finds a shipment by, in mlc's names (BC, 5). */
const trackingField = z.enum([
  "number",
  "orderNumber",
  "externalDocumentNumber",
  "shippingAgentCode",
  "shippingAgentServiceCode",
  "packageTrackingNo",
]);

const routes = listOf(z.enum(["customApi", "page42", "comment", "attachment"]));

const fields = {
  /** A posted invoice, an order that is left open, or an order that is shipped and invoiced. */
  booking: z.enum(["invoice", "order", "orderPosted"]),
  /** When an order is booked: once it is shipped, or on arrival, to be completed by its shipment. */
  bookOn: z.enum(["shipped", "new"]),
  /** The document's posting date: the day on which BC has it, or the ship date. */
  postingDate: z.enum(["today", "shipDate"]),
  /** What a store sells in: the shipper's orders do not say it. ISO 4217. */
  currency: z
    .string()
    .trim()
    .toUpperCase()
    .regex(/^[A-Z]{3}$/, "is not a currency like USD"),
};

const customerFields = {
  /** The customer that orders are booked on. */
  account: code(20).optional(),
  /** Looks for the customer by the order's e-mail address first; absent: only where there is no `account`. */
  byEmail: flag.optional(),
};

const lineFields = {
  /** The G/L account of what the buyer paid for shipping; without it such an order needs a person. */
  shippingAccount: code(20).optional(),
  /** The G/L account of discount lines; absent: they are the document's invoice discount. */
  discountAccount: code(20).optional(),
  /** The G/L account of the tax that was collected, with `tax` = `account`. */
  taxAccount: code(20).optional(),
  /** The location that goods leave from; absent: as BC chooses. */
  location: code(10).optional(),
};
/** erp: BC reckons it itself · included: prices are sent with it · account: it is a line on `taxAccount`. */
const tax = z.enum(["erp", "included", "account"]);

/** Text[30] up to about version 26, Text[50] from 27 on (BC, 5). */
const trackingLength = z.coerce.number().int().min(10).max(50);
/** How shipping agents are read, to check the codes: API v2.0 has no set for them (BC, 2.8). */
const agentSets = { agentsService: name.optional(), agentsPath: customPath.optional() };

/** How a store's orders are booked, every setting with a default or optional. */
export const rules = z.strictObject({
  booking: fields.booking.default("invoice"),
  bookOn: fields.bookOn.default("shipped"),
  postingDate: fields.postingDate.default("today"),
  currency: fields.currency.default("USD"),
  customers: z
    .strictObject({
      ...customerFields,
      /** Makes a customer where none is found. */
      create: flag.default(false),
    })
    .prefault({}),
  lines: z
    .strictObject({ ...lineFields, tax: tax.default("erp") })
    .refine(({ tax: handling, taxAccount }) => handling !== "account" || taxAccount !== undefined, {
      path: ["taxAccount"],
      message: "must be set where tax is account",
    })
    .prefault({}),
  tracking: z
    .strictObject({
      /** Where tracking number, carrier and service go: the first of them that the document allows. */
      routes: routes.default(["comment", "attachment"]),
      maxLength: trackingLength.default(30),
      /** A page of the customer's own with these fields (BC, 5). */
      customApi: z
        .strictObject({
          path: customPath.optional(),
          fields: z
            .strictObject({
              number: name.default("number"),
              orderNumber: name.default("orderNumber"),
              externalDocumentNumber: name.default("externalDocumentNumber"),
              shippingAgentCode: name.default("shippingAgentCode"),
              shippingAgentServiceCode: name.default("shippingAgentServiceCode"),
              packageTrackingNo: name.default("packageTrackingNo"),
            })
            .prefault({}),
        })
        .prefault({}),
      /** The name under which page 42 is published as an OData service. */
      page42: z.strictObject({ service: name.default("SalesOrder") }).prefault({}),
      ...agentSets,
    })
    .refine(({ routes: all, customApi }) => !all.includes("customApi") || customApi.path !== undefined, {
      path: ["customApi", "path"],
      message: "must be set where routes have customApi",
    })
    .prefault({}),
  /** `<carrier>` or `<carrier>/<service>` in mlc's codes → BC's shipping agent and its service. */
  shippingAgents: agentTable.default({}),
});

/** How a store's orders are booked. */
export type BcRules = z.infer<typeof rules>;

/** What is different for one store; what it leaves out is the pair's. */
export const storeRules = z.strictObject({
  booking: fields.booking.optional(),
  bookOn: fields.bookOn.optional(),
  postingDate: fields.postingDate.optional(),
  currency: fields.currency.optional(),
  customers: z.strictObject({ ...customerFields, create: flag.optional() }).optional(),
  lines: z.strictObject({ ...lineFields, tax: tax.optional() }).optional(),
  tracking: z
    .strictObject({
      routes: routes.optional(),
      maxLength: trackingLength.optional(),
      customApi: z
        .strictObject({ path: customPath.optional(), fields: z.partialRecord(trackingField, name).optional() })
        .optional(),
      page42: z.strictObject({ service: name }).optional(),
      ...agentSets,
    })
    .optional(),
  shippingAgents: agentTable.optional(),
});
