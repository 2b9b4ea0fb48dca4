import { z } from "zod";
import type { Call } from "../../core/delivery.ts";
import type { Json } from "../../core/json.ts";
import { type OdataText, type OdataValue, odata, odataAnd, odataEnum, odataKey, odataName } from "../odata/text.ts";
import type { FnoCalls } from "./calls.ts";
import { fieldsOf } from "./fields.ts";
import * as goods from "./goods/schema.ts";
import { readPath } from "./query.ts";

/** The journals that stock is counted in; only that mode may write to them. */
export const countingSets = ["InventoryCountingJournalHeaders", "InventoryCountingJournalLines"] as const;
const [headers, lines] = countingSets;

/** The fields of a journal that mlc reads or writes. */
export const journalFields = [
  ...fieldsOf(goods.countingJournal),
  ...["dataAreaId", "JournalNameId", "DefaultInventorySiteId", "DefaultWarehouseId"],
];
/** The fields of a counted line that mlc reads or writes. */
export const countedLineFields = [
  ...["dataAreaId", "JournalNumber", "LineNumber", "CountingDate", "ItemNumber"],
  ...fieldsOf(goods.variantNames),
  ...["InventorySiteId", "WarehouseId", "CountedQuantity", "IsCountedQuantityZero"],
];

/** A counting journal's header. */
export interface JournalDraft {
  journalName: string;
  description: string;
  site: string;
  warehouse: string;
}

/** One thing that was counted. */
export interface CountedLine {
  journal: string;
  line: number;
  site: string;
  warehouse: string;
  /** The day it was counted. */
  date: string;
  item: string;
  variant: z.infer<typeof goods.variantNames>;
  counted: number;
  reasonCode?: string | undefined;
}

const hint = "Mend what F&O names, then run `mlc replay`.";

/** Stock in F&O: what its warehouses hold, and the counting journals that mlc may fill but never posts. */
export class FnoStock {
  readonly #calls: FnoCalls;

  constructor(calls: FnoCalls) {
    this.#calls = calls;
  }

  /** What a warehouse holds, by item and variant; undefined when the set is not published. */
  async onHand(legalEntity: string, warehouse: string): Promise<{ rows: goods.OnHand[]; calls: Call[] } | undefined> {
    const filter = odata`dataAreaId eq ${legalEntity} and InventoryWarehouseId eq ${warehouse}`;
    const path = readPath("WarehousesOnHandV2", { filter, select: fieldsOf(goods.onHand) });
    return this.#calls.rows([path], goods.onHand, { pageSize: 2_000 });
  }

  /** Counting journals of a warehouse that nobody posted yet. */
  async openJournals(legalEntity: string, warehouse: string): Promise<goods.CountingJournal[]> {
    const no = odataEnum("Microsoft.Dynamics.DataEntities.NoYes", "No");
    return this.#journals(
      odata`dataAreaId eq ${legalEntity} and DefaultWarehouseId eq ${warehouse} and IsPosted eq ${no}`,
    );
  }

  /** Counting journals with a description. */
  journalsOf(legalEntity: string, description: string): Promise<goods.CountingJournal[]> {
    return this.#journals(odata`dataAreaId eq ${legalEntity} and Description eq ${description}`);
  }

  async #journals(filter: OdataText): Promise<goods.CountingJournal[]> {
    const path = readPath(headers, { filter, select: fieldsOf(goods.countingJournal) });
    return (await this.#calls.rows([path], goods.countingJournal))?.rows ?? [];
  }

  /** Makes a counting journal; answers its number, which F&O gives. */
  async addJournal(legalEntity: string, draft: JournalDraft): Promise<{ number: string; calls: Call[] }> {
    const json = {
      dataAreaId: legalEntity,
      JournalNameId: draft.journalName,
      Description: draft.description,
      DefaultInventorySiteId: draft.site,
      DefaultWarehouseId: draft.warehouse,
    };
    const about = { what: "make the counting journal", document: draft.description, hint };
    const { body, calls } = await this.#calls.write({ method: "POST", set: headers, json, about });
    const { data } = goods.countingJournal.pick({ JournalNumber: true }).safeParse(body);
    if (data) return { number: data.JournalNumber, calls };
    const [found] = await this.journalsOf(legalEntity, draft.description);
    return { number: found?.JournalNumber ?? draft.description, calls };
  }

  async addLine(legalEntity: string, counted: CountedLine): Promise<Call[]> {
    const json = {
      dataAreaId: legalEntity,
      JournalNumber: counted.journal,
      LineNumber: counted.line,
      CountingDate: `${counted.date}T12:00:00Z`,
      ItemNumber: counted.item,
      ...counted.variant,
      InventorySiteId: counted.site,
      WarehouseId: counted.warehouse,
      CountedQuantity: counted.counted,
      IsCountedQuantityZero: counted.counted === 0 ? "Yes" : "No",
      ...(counted.reasonCode === undefined ? {} : { CountingReasonCode: counted.reasonCode }),
    };
    const about = { what: `count item ${counted.item}`, document: counted.journal, hint };
    return (await this.#calls.write({ method: "POST", set: lines, json, about })).calls;
  }

  /** The line numbers that a journal has. */
  async lineNumbers(legalEntity: string, journal: string): Promise<Set<number>> {
    const filter = odata`dataAreaId eq ${legalEntity} and JournalNumber eq ${journal}`;
    const path = readPath(lines, { filter, select: fieldsOf(goods.countingLine) });
    const found = await this.#calls.rows([path], goods.countingLine);
    return new Set(found?.rows.map(({ LineNumber }) => LineNumber));
  }

  /** Rows of the customer's own set whose fields have these values, with the fields asked for. */
  async ownRows(
    set: string,
    where: Readonly<Record<string, OdataValue>>,
    select: readonly string[],
  ): Promise<{ rows: Record<string, unknown>[]; calls: Call[] }> {
    const filter = odataAnd(Object.entries(where).map(([field, value]) => odata`${odataName(field)} eq ${value}`));
    const found = await this.#calls.rows([readPath(set, { filter, select })], z.record(z.string(), z.unknown()));
    return found ?? { rows: [], calls: [] };
  }

  /** Writes a row of the customer's own set: a new one, or the fields of one that is there. Repeatable where it is there. */
  async putOwnRow(
    set: string,
    {
      key,
      fields,
      isThere,
    }: { key: Record<string, OdataValue & Json>; fields: Record<string, Json>; isThere: boolean },
  ): Promise<Call[]> {
    const about = { what: `write ${Object.keys(fields).join(", ")}`, document: Object.values(key).join("/"), hint };
    const write = isThere
      ? ({ method: "PATCH", set, key: odataKey(key), json: fields, about } as const)
      : ({ method: "POST", set, json: { ...key, ...fields }, about } as const);
    return (await this.#calls.write(write)).calls;
  }
}
