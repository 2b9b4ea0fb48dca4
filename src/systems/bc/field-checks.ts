import type { BcClient } from "../../connectors/bc/client.ts";
import type { BcPairSettings } from "../../connectors/bc/config.ts";
import type { BcRules } from "../../connectors/bc/rules.ts";
import * as schema from "../../connectors/bc/schema.ts";
import type { Check } from "../../core/system.ts";

/** A set of API v2.0 with the fields that mlc reads or writes in it. */
interface Wanted {
  set: string;
  fields: readonly string[];
}

const { fieldsOf } = schema;
/** Lines hang on their document by navigation, which is no field. */
const plain = (...shapes: Parameters<typeof fieldsOf>[0][]) => [
  ...new Set(shapes.flatMap(fieldsOf).filter((name) => !name.endsWith("Lines"))),
];

/** Whether API v2.0 of this company has every field that the pair uses: older versions have fewer (BC, 9). */
export async function fieldChecks(
  client: BcClient,
  settings: BcPairSettings,
  rules: readonly BcRules[],
): Promise<Check[]> {
  const wanted = wantedOf(settings, rules);
  const published = await client.metadata(wanted.map(({ set }) => set));
  return wanted.map((one) => checkOf(one, published.get(one.set)));
}

function wantedOf({ flows }: BcPairSettings, rules: readonly BcRules[]): Wanted[] {
  const { sales, shipments, products, customers } = flows;
  const books = sales.enabled || shipments.enabled;
  const uses = (has: (one: BcRules) => boolean) => books && rules.some(has);
  const all: (Wanted & { isUsed: boolean })[] = [
    { set: "items", fields: plain(schema.item), isUsed: sales.enabled || products.enabled },
    { set: "itemVariants", fields: plain(schema.itemVariant), isUsed: sales.enabled },
    { set: "customers", fields: plain(schema.customer), isUsed: sales.enabled || customers.enabled },
    { set: "locations", fields: ["id", "code"], isUsed: uses(({ lines }) => lines.location !== undefined) },
    ...documents(uses),
    {
      set: "documentAttachments",
      fields: [...plain(schema.documentAttachment), "parentType", "parentId", "attachmentContent"],
      isUsed: shipments.enabled && uses(({ tracking }) => tracking.routes.includes("attachment")),
    },
  ];
  return all.filter(({ isUsed }) => isUsed);
}

function documents(uses: (has: (one: BcRules) => boolean) => boolean) {
  const orders = uses(({ booking }) => booking !== "invoice");
  // An order that is posted is looked for among the invoices.
  const invoices = uses(({ booking }) => booking !== "order");
  return [
    { set: "salesOrders", fields: plain(schema.salesOrder, schema.salesOrderBody), isUsed: orders },
    { set: "salesOrderLines", fields: [...plain(schema.salesOrderLine), ...lineFields], isUsed: orders },
    { set: "salesInvoices", fields: plain(schema.salesInvoice, schema.salesInvoiceBody), isUsed: invoices },
    { set: "salesInvoiceLines", fields: [...plain(schema.salesInvoiceLine), ...lineFields], isUsed: invoices },
    { set: "salesShipments", fields: plain(schema.salesShipment), isUsed: orders },
  ];
}

/** What mlc writes in a line beside what it reads of it. */
const lineFields = ["itemVariantId", "locationId", "taxCode"];

function checkOf({ set, fields }: Wanted, properties: ReadonlySet<string> | undefined): Check {
  const name = `Business Central ${set}`;
  const missing = properties ? fields.filter((field) => !properties.has(field)) : [];
  if (properties && missing.length === 0) return { name, state: "ok", message: `${fields.length} fields are there` };
  if (set === "documentAttachments") {
    const fix = "Take attachment out of tracking.routes, or update Business Central.";
    return { name, state: "failed", message: "the company takes no files on documents", fix };
  }
  const message = properties ? `has no ${missing.join(", ")}` : "is not published";
  return { name, state: "failed", message, fix: "Update Business Central: its API v2.0 lacks what mlc uses." };
}
