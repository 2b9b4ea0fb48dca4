import { z } from "zod";
import { documentsIn } from "./sale-memo.ts";

/** Where tracking may go (BC, 5). */
export const trackingRoute = z.enum(["customApi", "page42", "comment", "attachment"]);

/** Where tracking may go. */
export type TrackingRoute = z.infer<typeof trackingRoute>;

/** As the memo of a sale has it. */
const document = z.json().transform((value, context) => {
  const [found] = documentsIn({ documents: [value] });
  if (found) return found;
  context.addIssue({ code: "custom", message: "is no document of a sale" });
  return z.NEVER;
});
const fields = z.strictObject({
  number: z.string(),
  orderNumber: z.string(),
  externalDocumentNumber: z.string(),
  shippingAgentCode: z.string(),
  shippingAgentServiceCode: z.string(),
  packageTrackingNo: z.string(),
});

/** What the routes need to know of the store's rules. */
const where = z.strictObject({
  routes: z.array(trackingRoute),
  customApi: z.strictObject({ path: z.string().optional(), fields }),
  page42: z.strictObject({ service: z.string() }),
});
export type Where = z.infer<typeof where>;

const heldRow = z.looseObject({ "@odata.etag": z.string() });
const heldText = { agent: z.string(), service: z.string(), tracking: z.string() };

/** A route that is open, with what is written to. */
export const openRoute = z.discriminatedUnion("route", [
  z.strictObject({
    route: z.literal("customApi"),
    number: z.string(),
    row: heldRow.extend({ id: z.string() }),
    held: z.strictObject(heldText),
  }),
  z.strictObject({
    route: z.literal("page42"),
    number: z.string(),
    row: heldRow,
    held: z.strictObject(heldText),
  }),
  z.strictObject({
    route: z.literal("comment"),
    number: z.string(),
    set: z.enum(["salesOrders", "salesInvoices"]),
    id: z.string(),
    comments: z.array(z.string()),
  }),
  z.strictObject({
    route: z.literal("attachment"),
    number: z.string(),
    type: z.enum(["Sales Order", "Sales Invoice"]),
    id: z.string(),
  }),
]);
export type OpenRoute = z.infer<typeof openRoute>;

/** What a look at a document said: the first route that is open, and whether a person or the warehouse may open another. */
export const look = z.strictObject({ open: openRoute.optional(), isUnposted: z.boolean() });
export type Look = z.infer<typeof look>;

/** What is to be written, for whichever route takes it. */
export const content = z.strictObject({
  fields: z.strictObject({
    shippingAgentCode: z.string().optional(),
    shippingAgentServiceCode: z.string().optional(),
    packageTrackingNo: z.string(),
  }),
  comments: z.array(z.string()),
  file: z.strictObject({ name: z.string(), text: z.string() }),
});
export type Content = z.infer<typeof content>;

/** The payload of a step. */
export const payloads = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("look"), document, where }),
  z.strictObject({
    kind: z.literal("write"),
    shipment: z.string(),
    document,
    open: openRoute,
    /** With the routes that come after it. */
    where,
    content,
  }),
]);
export type Payload = z.infer<typeof payloads>;

/** What a write's natural key tells, so that it can be looked up without its payload. */
export interface Named {
  externalNumber: string;
  shipment: string;
  numbers: string[];
  isVoid: boolean;
}

/** The name of a write in BC: the document, the shipment and what is told of it. Pure. */
export function naturalKeyOf({ externalNumber, shipment, numbers, isVoid }: Named): string {
  const told = numbers.map((number) => encodeURIComponent(number)).join(",");
  return `${externalNumber}#${shipment}#${told}${isVoid ? "#void" : ""}`;
}

/** What a natural key tells. Pure. */
export function namedIn(naturalKey: string): Named | undefined {
  const match = /^(.*)#([^#]+)#([^#]*?)(#void)?$/s.exec(naturalKey);
  if (!match) return undefined;
  const [, externalNumber = "", shipment = "", told = "", isVoid] = match;
  const numbers = told === "" ? [] : told.split(",").map((number) => decodeURIComponent(number));
  return { externalNumber, shipment, numbers, isVoid: isVoid !== undefined };
}
