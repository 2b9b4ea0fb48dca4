import { z } from "zod";
import { variantNames } from "../../connectors/fno/goods/schema.ts";
import { mostEvents } from "../../connectors/fno/inventory-visibility.ts";
import type { StockSettings } from "../../connectors/fno/stock-config.ts";
import type { Delivery, Step } from "../../core/delivery.ts";
import { hashOf, type Json } from "../../core/json.ts";
import type { StockCount } from "../../core/model.ts";
import { notDone } from "../../core/steps.ts";
import { compared, type Difference, type StockSeen } from "./stock-seen.ts";

const warehouse = z.string();
const event = z.object({
  id: z.string(),
  productId: z.string(),
  dimensionDataSource: z.string(),
  site: z.string(),
  quantities: z.record(z.string(), z.record(z.string(), z.number())),
  modifiedDateTimeUTC: z.string(),
});

/** What is sent for a count, by kind. */
export const stockPayload = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("read"), warehouse, count: z.string(), skus: z.array(z.string()) }),
  z.object({ kind: z.literal("journal"), warehouse, description: z.string() }),
  z.object({
    kind: z.literal("line"),
    warehouse,
    journal: z.string(),
    line: z.number(),
    site: z.string(),
    date: z.string(),
    item: z.string(),
    variant: variantNames,
    counted: z.number(),
  }),
  z.object({
    kind: z.literal("row"),
    warehouse,
    set: z.string(),
    key: z.record(z.string(), z.string()),
    fields: z.record(z.string(), z.json()),
    isThere: z.boolean(),
  }),
  z.object({ kind: z.literal("set"), warehouse, events: z.array(event) }),
]);
export type StockPayload = z.infer<typeof stockPayload>;

/** What the steps of a count are made from. */
export interface StockWork {
  count: StockCount;
  delivery: Delivery;
  /** Those beyond the threshold. */
  differences: readonly Difference[];
  stock: StockSeen;
  settings: StockSettings;
}

/** What is still to write for a count; when that is nothing, what was. Pure. */
export function writesOf(work: StockWork): { steps: Step[]; remark: string } {
  switch (work.settings.mode) {
    case "countingJournal":
      return journalSteps(work);
    case "customEntity":
      return rowSteps(work);
    case "inventoryVisibility":
      return eventSteps(work);
    case "none":
      return { steps: [], remark: "the settings have nothing written" };
  }
}

/** What stands above a journal of mlc's and names its count. Pure. */
export function journalDescription(warehouse: string, count: string): string {
  return `mlc ${warehouse} ${hashOf(count)}`;
}

/** The warehouse, the journal's description and the line that a step's natural key names; undefined for what is no journal's. Pure. */
export function ofJournal(
  naturalKey: string,
): { warehouse: string; description: string; line: number | undefined } | undefined {
  const [, description = "", warehouse, line] = /^(mlc (.+) [\w-]+)(?:#(\d+))?$/.exec(naturalKey) ?? [];
  return warehouse === undefined ? undefined : { warehouse, description, line: line ? Number(line) : undefined };
}

/** One journal for a count, with a line for each difference; posting it is a person's business. */
function journalSteps({ count, delivery, differences: all }: StockWork): { steps: Step[]; remark: string } {
  const differences = all.filter(({ here }) => !here.isShared);
  const leftOut = all.length - differences.length;
  const shared = leftOut === 0 ? "" : `; ${leftOut} SKUs that stand for several variants were left out`;
  if (differences.length === 0) return { steps: [], remark: `no difference${shared}` };
  const { warehouse } = count;
  const description = journalDescription(warehouse, count.id);
  const journal = delivery.steps.journal?.target;
  if (journal === undefined) {
    const payload = { kind: "journal", warehouse, description };
    return {
      steps: [{ name: "journal", action: "create", naturalKey: description, payload, repeatable: false }],
      remark: "",
    };
  }
  const steps = differences.map(({ position, there, here }): Step => {
    const { item, variant, site } = here;
    const payload = { kind: "line", warehouse, journal, line: position, site, date: dayOf(count), item, variant };
    return {
      name: `line:${position}`,
      action: "create",
      naturalKey: `${description}#${position}`,
      payload: { ...payload, counted: there.onHand },
      repeatable: false,
    };
  });
  const lines = `${steps.length} line${steps.length === 1 ? "" : "s"}`;
  const left = steps.filter(({ name }) => delivery.steps[name] === undefined);
  return { steps: left, remark: `counting journal ${journal} with ${lines} waits to be posted in F&O${shared}` };
}

/** A row of the customer's own set for each SKU that F&O knows and whose row differs. */
function rowSteps({ count, delivery, stock, settings }: StockWork): { steps: Step[]; remark: string } {
  const { entity = "", map, key: keyNames } = settings.customEntity;
  const all = compared(count.levels, stock).map(({ there, here }): { step: Step; isSame: boolean } => {
    const values: Record<string, Json> = {
      sku: there.sku,
      item: here.item,
      warehouse: stock.warehouse,
      fulfillmentCenter: count.location,
      onHand: there.onHand,
      committed: there.committed,
      available: there.available,
      countedAt: `${dayOf(count)}T12:00:00Z`,
    };
    const named = Object.entries(map).map(([name, field]) => [name, field ?? name] as const);
    const isKey = (name: string) => keyNames.some((one) => one === name);
    const key = Object.fromEntries(
      named.filter(([name]) => isKey(name)).map(([name, field]) => [field, String(values[name])]),
    );
    const fields = Object.fromEntries(
      named.filter(([name]) => !isKey(name)).map(([name, field]) => [field, values[name] ?? null]),
    );
    const row = stock.rows?.find((one) => Object.entries(key).every(([field, value]) => one[field] === value));
    // The day alone is no news.
    const told = named.filter(([name]) => !isKey(name) && name !== "countedAt");
    const isSame = row !== undefined && told.every(([, field]) => row[field] === fields[field]);
    const name = `row:${there.sku}`;
    const payload = { kind: "row", warehouse: count.warehouse, set: entity, key, fields, isThere: row !== undefined };
    const action = row ? "update" : "create";
    const step = {
      name,
      action,
      naturalKey: `${count.id}#${name}`,
      payload,
      owned: fields,
      repeatable: row !== undefined,
    } as const;
    return { step, isSame };
  });
  const steps = all.filter(({ isSame }) => !isSame).map(({ step }) => step);
  return { steps: notDone(steps, delivery), remark: `${steps.length} of ${all.length} rows differed` };
}

/** What the location holds of each item, in groups as large as the service takes; an item with variants has names there that nobody confirmed. */
function eventSteps({ count, delivery, stock, settings }: StockWork): { steps: Step[]; remark: string } {
  const { dataSource, measures } = settings.inventoryVisibility;
  const all = compared(count.levels, stock);
  const plain = all.filter(({ here }) => Object.values(here.variant).every((id) => id === ""));
  const events = plain.map(({ there, here }) => ({
    id: `${dataSource}-${hashOf([count.id, there.sku])}`,
    productId: here.item,
    dimensionDataSource: dataSource,
    site: here.site,
    quantities: { [dataSource]: { [measures.onHand]: there.onHand, [measures.available]: there.available } },
    modifiedDateTimeUTC: `${count.countedAt}`,
  }));
  const steps: Step[] = [];
  for (let from = 0; from < events.length; from += mostEvents) {
    const name = `set:${from / mostEvents + 1}`;
    const payload = { kind: "set", warehouse: count.warehouse, events: events.slice(from, from + mostEvents) };
    steps.push({ name, action: "update", naturalKey: `${count.id}#${name}`, payload, owned: {}, repeatable: true });
  }
  const left = all.length - plain.length;
  const remark = `${events.length} items${left === 0 ? "" : `; ${left} with variants were left out`}`;
  return { steps: steps.filter(({ name }) => delivery.steps[name] === undefined), remark };
}

function dayOf({ countedAt }: Pick<StockCount, "countedAt">): string {
  return countedAt.slice(0, 10);
}
