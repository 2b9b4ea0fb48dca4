import { z } from "zod";
import type { FnoClient } from "../../connectors/fno/client.ts";
import { variantNames } from "../../connectors/fno/goods/schema.ts";
import type { InventoryVisibility } from "../../connectors/fno/inventory-visibility.ts";
import type { StockSettings } from "../../connectors/fno/stock-config.ts";
import type { Delivery, Found, Lookup, Step, StepResult } from "../../core/delivery.ts";
import { MlcError } from "../../core/errors.ts";
import type { Json } from "../../core/json.ts";
import type { StockCount } from "../../core/model.ts";
import type { Target } from "../../core/ports.ts";
import { recorded } from "../../core/steps.ts";
import { sendInGroups } from "../in-groups.ts";
import type { FnoStockReader } from "./stock-reader.ts";
import { differing, type StockSeen, stockSeen } from "./stock-seen.ts";
import { journalDescription, ofJournal, type StockPayload, stockPayload, writesOf } from "./stock-steps.ts";

/** Name of the step that ends a count: what is written for it once is written for good. */
const counted = "counted";

/** What the target stands on. */
export interface StockTargetParts {
  client: FnoClient;
  reader: FnoStockReader;
  settings: StockSettings;
  /** Only for that mode. */
  visibility?: InventoryVisibility | undefined;
}

/** F&O as the taker of a shipper's counts; each count is compared with what F&O has at that moment, and written once. */
export class FnoStockTarget implements Target<StockCount> {
  readonly system = "fno";
  readonly batch = 40;
  readonly settleMs = 2 * 60_000;
  readonly #parts: StockTargetParts;

  constructor(parts: StockTargetParts) {
    this.#parts = parts;
  }

  key(count: StockCount): string {
    return count.id;
  }

  next(count: StockCount, delivery: Delivery, seen: Record<string, Json>): Step[] {
    if (delivery.steps[counted]) return [];
    const { settings } = this.#parts;
    if (count.isOver) return [overStep(count, delivery)];
    if (seen.stock === undefined) return [readStep(count)];
    const stock = stockSeen.parse(seen.stock);
    const done = (remark: string) => [recorded("skip", counted, `${count.id}#${counted}`, {}, remark)];
    if (stock.openJournal !== undefined)
      return done(`counting journal ${stock.openJournal} of warehouse ${count.warehouse} is not posted yet`);
    const writes = writesOf({ count, delivery, differences: differing(count, stock, settings), stock, settings });
    if (writes.steps.length > 0) return writes.steps;
    return done(writes.remark);
  }

  async send(steps: readonly Step[]): Promise<StepResult[]> {
    const given = steps.map((step) => stockPayload.parse(step.payload));
    // The lines of a journal go one after the other: F&O answers two at a time with an update conflict.
    return sendInGroups(given, {
      system: "fno",
      title: "F&O",
      atOnce: 2,
      groupOf: ({ warehouse }) => warehouse,
      sender: () => (payload) => this.#attempt(payload),
    });
  }

  async find(steps: readonly Lookup[]): Promise<Found[]> {
    const found: Found[] = [];
    for (const { naturalKey } of steps) found.push(await this.#find(naturalKey));
    return found;
  }

  /** Journals and their lines by the names they have for ever; whatever else is written, the next count compares anew. */
  async #find(naturalKey: string): Promise<Found> {
    const named = ofJournal(naturalKey);
    if (!named) return { state: "absent" };
    const { legalEntity } = await this.#parts.reader.placeOf(named.warehouse);
    const { stock } = this.#parts.client;
    const [journal] = await stock.journalsOf(legalEntity, named.description);
    if (!journal) return { state: "absent" };
    const number = journal.JournalNumber;
    if (named.line === undefined) return { state: "present", target: number };
    const isThere = (await stock.lineNumbers(legalEntity, number)).has(named.line);
    return isThere ? { state: "present", target: `${number}/${named.line}` } : { state: "absent" };
  }

  async #attempt(payload: StockPayload): Promise<StepResult> {
    try {
      return await this.#write(payload);
    } catch (error) {
      if (!(error instanceof MlcError)) throw error;
      return { outcome: "failed", error, calls: error.context.calls ?? [] };
    }
  }

  async #write(payload: StockPayload): Promise<StepResult> {
    const { client, reader, settings, visibility } = this.#parts;
    const place = await reader.placeOf(payload.warehouse);
    const { legalEntity } = place;
    switch (payload.kind) {
      case "read":
        return { outcome: "done", calls: [], seen: z.json().parse(await this.#read(payload)) };
      case "journal": {
        const { journalName = "" } = settings.countingJournal;
        const draft = { ...place, journalName, description: payload.description };
        const { number, calls } = await client.stock.addJournal(legalEntity, draft);
        return { outcome: "done", target: number, calls };
      }
      case "line": {
        const { reasonCode } = settings.countingJournal;
        const calls = await client.stock.addLine(legalEntity, { ...payload, warehouse: place.warehouse, reasonCode });
        return { outcome: "done", target: `${payload.journal}/${payload.line}`, calls };
      }
      case "row": {
        const { set, fields, isThere } = payload;
        const key = { dataAreaId: legalEntity, ...payload.key };
        const calls = await client.stock.putOwnRow(set, { key, fields, isThere });
        return { outcome: "done", target: Object.values(payload.key).join("/"), calls };
      }
      case "set": {
        if (!visibility) throw new Error("Inventory Visibility is not open");
        const events = payload.events.map(({ site, ...event }) => ({
          ...event,
          organizationId: legalEntity,
          dimensions: { siteId: site, locationId: place.warehouse },
        }));
        return { outcome: "done", calls: await visibility.setOnHand(events) };
      }
    }
  }

  /** What F&O has of the warehouse that was counted, as far as the mode compares it. */
  async #read({ warehouse, count, skus }: Extract<StockPayload, { kind: "read" }>): Promise<StockSeen> {
    const { client, reader, settings } = this.#parts;
    const place = await reader.placeOf(warehouse);
    const held = await reader.stockIn(warehouse);
    const items = await reader.itemsFor(warehouse);
    const levels: StockSeen["levels"] = [...held].map(([sku, { row, onHand, available, isShared }]) => ({
      sku,
      item: row.ItemNumber,
      variant: variantNames.parse(row),
      site: row.InventorySiteId || place.site,
      onHand,
      available,
      isShared: isShared || items.get(sku)?.isShared === true,
    }));
    const never = skus.filter((sku) => !held.has(sku)).flatMap((sku) => items.get(sku) ?? []);
    for (const item of never) levels.push({ ...item, site: place.site, onHand: 0, available: 0 });
    const seen = { levels, warehouse: place.warehouse };
    if (settings.mode === "customEntity") return { ...seen, rows: await this.#ownRows(place) };
    if (settings.mode !== "countingJournal") return seen;
    const journals = await client.stock.openJournals(place.legalEntity, place.warehouse);
    const own = journalDescription(warehouse, count);
    const other = journals.find(({ Description }) => Description.startsWith("mlc ") && Description !== own);
    return { ...seen, ...(other ? { openJournal: other.JournalNumber } : {}) };
  }

  /** The customer's own rows of the warehouse. */
  async #ownRows({
    legalEntity,
    warehouse,
  }: {
    legalEntity: string;
    warehouse: string;
  }): Promise<NonNullable<StockSeen["rows"]>> {
    const { entity = "", map } = this.#parts.settings.customEntity;
    const where = { dataAreaId: legalEntity, ...(map.warehouse === undefined ? {} : { [map.warehouse]: warehouse }) };
    const { rows } = await this.#parts.client.stock.ownRows(entity, where, Object.values(map));
    return z.array(z.record(z.string(), z.json())).parse(rows);
  }
}

/** Ends a count of which another one has taken the place before it was written whole. */
function overStep({ id }: StockCount, { steps }: Delivery): Step {
  const lines = Object.keys(steps).filter((name) => name.startsWith("line:")).length;
  const journal = steps.journal?.target;
  const left = `counting journal ${journal} has only ${lines} of its lines: post it or delete it in F&O`;
  const remark = journal === undefined ? "the stock changed meanwhile: the next count tells it" : left;
  return recorded("skip", counted, `${id}#${counted}`, {}, remark);
}

function readStep(count: StockCount): Step {
  const payload = {
    kind: "read",
    warehouse: count.warehouse,
    count: count.id,
    skus: count.levels.map(({ sku }) => sku),
  };
  return { name: "stock", action: "read", naturalKey: `${count.id}#stock`, payload, owned: {}, repeatable: true };
}
