import { z } from "zod";
import { flag, listOf, timeSpan, webAddress } from "../../core/settings.ts";
import { agentTable } from "../agents.ts";

const text = z.string().trim().min(1);

/** What an address is told that is not that of OData V4. */
const olderProtocol =
  "is OData V3, and Dynamics NAV 2016 speaks no other: mlc needs NAV 2017 or 2018, whose address ends in /ODataV4";

/** The address of OData V4, of the server or of the gateway before it, without a slash at its end. */
const baseUrl = webAddress
  .overwrite((typed) => typed.trim().replace(/\/+$/, ""))
  .refine((typed) => !/\/OData$/i.test(typed), olderProtocol)
  .refine((typed) => {
    const url = URL.parse(typed);
    return !url?.username && !url?.password && !url?.search && !url?.hash && !/\/(WS|Company\(.*)$/i.test(typed);
  }, "must be the address of OData V4 alone, like https://nav.contoso.example:7048/DynamicsNAV110/ODataV4");

const noWindows =
  "cannot be Windows authentication: make a second server instance with the credential type NavUserPassword, and use basic there with a web service access key";

const auth = z.enum(["basic", "oauth"], {
  error: ({ input }) =>
    typeof input === "string" && /^(windows|ntlm|negotiate|kerberos)$/i.test(input) ? noWindows : undefined,
});

const host = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[\w.-]+(:\d+)?$/, "must be a host like nav01:7048");

/** Words of NAV's own sentences in the service's language, beside the English ones that mlc knows (NAV, 9). */
const sentences = listOf(z.string().trim().min(3)).default([]);

/** The settings of a company in Dynamics NAV. */
export const navSettings = z.strictObject({
  baseUrl,
  /** As NAV spells it: case counts (NAV, 1). */
  company: text,
  /** On a server with several tenants (NAV, 1). */
  tenant: text.optional(),
  /** Absent: oauth where there is a token URL, else basic. */
  auth: auth.optional(),
  /** Where the gateway before NAV gives tokens: NAV itself has no client credentials (NAV, 2.3). */
  tokenUrl: webAddress.optional(),
  scope: text.optional(),
  audience: text.optional(),
  clientId: text.optional(),
  /** How the client id and secret go to the token URL: in the form, or as Basic authentication. */
  clientAuth: z.enum(["form", "basic"]).default("form"),
  username: text.optional(),
  /** Hosts that page links may name besides the base URL's: the server's behind a gateway. */
  pageHosts: listOf(host).default([]),
  /** What options read as, where the service's language is not English (NAV, 3.3). */
  options: z
    .strictObject({
      open: text.default("Open"),
      released: text.default("Released"),
      pendingApproval: text.default("Pending Approval"),
      pendingPrepayment: text.default("Pending Prepayment"),
    })
    .prefault({}),
  messages: z
    .strictObject({
      released: sentences,
      conflict: sentences,
      locked: sentences,
      missing: sentences,
      exists: sentences,
      permission: sentences,
    })
    .prefault({}),
});

/** The settings of a company in Dynamics NAV, parsed. */
export type NavSettings = z.infer<typeof navSettings>;

/** How mlc proves who it is: as it is set, else as the other settings say. Pure. */
export function authKind({ auth: kind, tokenUrl }: Pick<NavSettings, "auth" | "tokenUrl">): "oauth" | "basic" {
  return kind ?? (tokenUrl === undefined ? "basic" : "oauth");
}

/** A name as OData has it: of a service, a field or a function. */
const name = z.string().regex(/^[\p{L}_][\p{L}\p{N}_]*$/u, "is not an OData name");
const days = z.coerce.number().int();

const shipments = z.strictObject({
  enabled: flag.default(true),
  every: timeSpan.default("15m"),
  startDate: z.iso.date("is not a date like 2026-11-21").optional(),
  /** How many days a first run looks back. */
  lookBack: days.positive().default(30),
});

/** The names under which pages are published; each customer chooses their own (NAV, 3.1). */
const services = z.strictObject({
  /** Page 42. */
  salesOrder: name.default("SalesOrder"),
  /** Page 46; absent: the order's name with `SalesLines` after it (NAV, 3.2). */
  salesOrderLines: name.optional(),
  /** Page 130, not 142, which has no order number (NAV, 4.3). */
  postedSalesShipment: name.default("PostedSalesShipment"),
  /** Page 131; absent: the shipment's name with `SalesShipmLines` after it. */
  postedSalesShipmentLines: name.optional(),
  /** Page 428. */
  shippingAgents: name.default("ShippingAgents"),
  /** Page 5790. */
  shippingAgentServices: name.default("ShippingAgentServices"),
  /** Sales comments, page 67, where they are published at all (NAV, 5.2). */
  salesComments: name.default("SalesComments"),
});

const comments = z.strictObject({
  /**
   * Where a text goes that has no field: a sales comment, a text line of the order while it is open, or the audit alone; auto: the
   * first of them that there is.
   */
  route: z.enum(["auto", "sheet", "line", "audit"]).default("auto"),
  /** The comments' own names: no list of them was found in public (NAV, Unconfirmed). */
  fields: z
    .strictObject({
      documentType: name.default("Document_Type"),
      number: name.default("No"),
      documentLine: name.default("Document_Line_No"),
      line: name.default("Line_No"),
      date: name.default("Date"),
      text: name.default("Comment"),
    })
    .prefault({}),
  /** What a comment's document type reads as, on an order and on a posted shipment. */
  types: z.strictObject({ order: text.default("Order"), shipment: text.default("Shipment") }).prefault({}),
  maxLength: z.coerce.number().int().min(40).max(250).default(80),
  /** What the type of a text line is sent as: an empty option is a blank (NAV, 3.2). */
  lineType: z.string().default(" "),
});

const posting = z.strictObject({
  /** A partner's function on page 42 that posts a shipment, a V4 action of NAV 2018 (NAV, 3.1); absent: people post. */
  action: name.optional(),
  /** Its parameters' names. */
  parameters: z
    .strictObject({ externalId: name.default("externalShipmentId"), postingDate: name.default("postingDate") })
    .prefault({}),
});

const value = z.preprocess(
  (typed) => (typed === "true" ? true : typed === "false" ? false : typed),
  z.union([z.boolean(), z.string().min(1)]),
);

/** NAV's side of a pair's settings, every one with a default or optional. */
export const navPairSettings = z.strictObject({
  flows: z.strictObject({ shipments: shipments.prefault({}) }).prefault({}),
  services: services.prefault({}),
  match: z
    .strictObject({
      /** The order's field that holds the shipper's order number. */
      externalField: name.default("External_Document_No"),
      /** How many days an order's date may be off where only the customer's name agrees. */
      days: days.min(0).max(60).default(3),
    })
    .prefault({}),
  /** How long a shipment waits for its order. */
  waiting: z.strictObject({ maxDays: days.positive().default(14) }).prefault({}),
  shippingAgents: agentTable.default({}),
  /** Where the ship date goes, the first that there is: NAV refuses the field on some orders. */
  shipDate: listOf(z.enum(["header", "posting", "comment"])).default(["header", "posting", "comment"]),
  posting: posting.prefault({}),
  /** A partner's own field that says that an order is shipped. */
  shippedField: z
    .strictObject({
      page: z.enum(["salesOrder", "postedSalesShipment"]).default("postedSalesShipment"),
      name,
      value: value.default(true),
      /** What it holds once nothing of ours travels any more; absent: false, or no text. */
      otherwise: z.union([value, z.literal("")]).optional(),
    })
    .optional(),
  comments: comments.prefault({}),
});

/** NAV's side of a pair's settings, parsed. */
export type NavPairSettings = z.infer<typeof navPairSettings>;

/** A partner's own field that says that something is shipped. */
export type ShippedField = NonNullable<NavPairSettings["shippedField"]>;
