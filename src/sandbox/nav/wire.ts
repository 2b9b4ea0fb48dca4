/** Records as JSON or Atom (Dynamics NAV, 1 and 4). */

import type { Company } from "./company.ts";
import type { Query, Speech } from "./query.ts";
import { etagOf, type Row } from "./tables.ts";
import type { EntitySet, Values, Wire } from "./types.ts";
import { shown } from "./values.ts";

/** What a record is shown for. */
export interface Showing {
  company: Company;
  speech: Speech;
}

/** What is computed when an item is read: its stock at the filtered locations, and what orders still ask for. */
function flowFields({ tables }: Company, { table, values }: Row, filters: Query["flowFilters"]): Values {
  if (table !== "items") return {};
  const location = filters.get("Location_Filter");
  const sum = (rows: Row[], name: string) => rows.reduce((total, row) => total + Number(row.values[name] ?? 0), 0);
  const stock = tables
    .rows("stock")
    .filter((row) => row.values.Item_No === values.No)
    .filter((row) => location === undefined || row.values.Location_Code === location);
  const lines = tables.rows("salesLines").filter((row) => row.values.Type === "Item" && row.values.No === values.No);
  const ordered = sum(lines, "Quantity") - sum(lines, "Quantity_Shipped");
  return { Inventory: sum(stock, "Quantity"), Qty_on_Sales_Order: ordered };
}

function fields(
  { company, speech }: Showing,
  set: EntitySet,
  row: Row,
  query: Pick<Query, "select" | "flowFilters">,
): Wire {
  const values = { ...row.values, ...flowFields(company, row, query.flowFilters) };
  const tag = speech.isV3 ? {} : { "@odata.etag": etagOf(row) };
  const wire: Wire = { ...tag };
  for (const [name, property] of Object.entries(set.page.properties)) {
    if (query.select && !query.select.includes(name)) continue;
    wire[name] =
      property.kind === "flowFilter" ? (query.flowFilters.get(name) ?? "") : shown(values, name, property, speech);
  }
  return speech.isV3 ? { ...wire, ETag: etagOf(row) } : wire;
}

/** The lines that belong to a document. */
export function linesOf(company: Company, lines: EntitySet, row: Row): Row[] {
  return company.tables.linesOf(lines.page.table, row.values.No);
}

/** A record as a query wants it, with the lines it expands. */
export function show(showing: Showing, set: EntitySet, row: Row, query: Query): Wire {
  const wire = fields(showing, set, row, query);
  const { lines } = set;
  if (!lines || !query.expand.has(lines.name)) return wire;
  const select = query.expand.get(lines.name);
  wire[lines.name] = linesOf(showing.company, lines, row).map((line) =>
    fields(showing, lines, line, { select, flowFilters: query.flowFilters }),
  );
  return wire;
}

const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

/** Records as the Atom feed that V3 sends unless it is asked for JSON; nested lines are left out. */
export function atomOf(records: readonly Wire[], title: string): string {
  const entries = records.map((record) => {
    const content = Object.entries(record)
      .filter(([, value]) => typeof value !== "object")
      .map(([name, value]) => `<d:${name}>${escaped(String(value))}</d:${name}>`);
    return `<entry><content type="application/xml"><m:properties>${content.join("")}</m:properties></content></entry>`;
  });
  const spaces =
    'xmlns="http://www.w3.org/2005/Atom" xmlns:d="http://schemas.microsoft.com/ado/2007/08/dataservices" xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata"';
  return `<?xml version="1.0" encoding="utf-8"?><feed ${spaces}><title type="text">${title}</title>${entries.join("")}</feed>`;
}
