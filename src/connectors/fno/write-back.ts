import { z } from "zod";
import type { Call } from "../../core/delivery.ts";
import type { Answer } from "../../core/http/types.ts";
import type { Json } from "../../core/json.ts";
import { choices } from "../odata/query.ts";
import { type OdataText, odata, odataKey } from "../odata/text.ts";
import type { FnoCalls, Rows } from "./calls.ts";
import { fnoError } from "./errors.ts";
import { fieldsOf } from "./fields.ts";
import { readPath } from "./query.ts";
import * as schema from "./schema.ts";

/** An order's names in F&O. */
export interface OrderName {
  legalEntity: string;
  number: string;
}

/** A note to be attached to an order. */
export interface Note {
  description: string;
  text: string;
  typeCode: string;
  restriction: "Internal" | "External";
}

/** A tracking row's key and what it carries. */
export interface TrackingEntry {
  slip: string;
  date: string;
  trackingNumber: string;
}

/** The codes of document types are set up in each environment and may be localised (F&O, 4.1). */
const noteHint =
  "Mend what F&O names (a document type is set by writeBack.attachmentNote.typeCode), then run `mlc replay`.";
/** Whether rows can be added and deleted over OData is said by the metadata only (F&O, 9.6). */
const rowHint =
  "Mend what F&O names, then run `mlc replay`; where F&O takes no tracking rows, set writeBack.packingSlipTracking to false.";

/** All that mlc writes into F&O, and what it reads to do so. */
export class FnoWriteBack {
  readonly #calls: FnoCalls;
  readonly #headerSet: () => Promise<string>;

  constructor(calls: FnoCalls, headerSet: () => Promise<string>) {
    this.#calls = calls;
    this.#headerSet = headerSet;
  }

  /** Sets fields of an order's header. Repeatable: an answer that was lost is settled by reading them. */
  async patchOrder(order: OrderName, fields: Readonly<Record<string, Json>>, entity?: string): Promise<Call[]> {
    const set = entity ?? (await this.#headerSet());
    const about = { what: `set ${Object.keys(fields).join(", ")}`, document: order.number };
    const isDisputed = ({ status }: Answer) => status === 409 || status === 412;
    const write = { method: "PATCH", set, key: orderKey(order), json: fields, about } as const;
    const answer = await this.#calls.write(write, isDisputed);
    if (!isDisputed(answer) || (await this.orderHolds(order, fields, set))) return answer.calls;
    throw fnoError(answer, { ...about, isWrite: true, repeatable: true });
  }

  /** Whether an order's header has these values. */
  async orderHolds(order: OrderName, fields: Readonly<Record<string, Json>>, entity?: string): Promise<boolean> {
    const set = `${entity ?? (await this.#headerSet())}${orderKey(order)}`;
    const about = { what: "read the header", document: order.number };
    const found = await this.#calls.one(readPath(set, { select: Object.keys(fields) }), about);
    const held = z.record(z.string(), z.unknown()).safeParse(found?.body).data ?? {};
    return Object.entries(fields).every(([name, value]) => isSame(held[name], value));
  }

  /** Attaches a note to an order; answers its id. */
  async addNote({ legalEntity, number }: OrderName, note: Note): Promise<{ id: string; calls: Call[] }> {
    const json = {
      dataAreaId: legalEntity,
      SalesOrderNumber: number,
      DocumentAttachmentTypeCode: note.typeCode,
      AttachmentDescription: note.description,
      Notes: note.text,
      AccessRestriction: note.restriction,
    };
    const set = "SalesOrderHeaderDocumentAttachmentsV2";
    const about = { what: "attach the note", document: number, hint: noteHint };
    const { body, calls } = await this.#calls.write({ method: "POST", set, json, about });
    return { id: schema.attachment.safeParse(body).data?.DocumentId ?? note.description, calls };
  }

  /** The ids of notes by order number and description. */
  async notes(
    legalEntity: string,
    wanted: readonly { number: string; description: string }[],
  ): Promise<{ number: string; description: string; id: string }[]> {
    const clauses = wanted.map(
      ({ number, description }) => odata`(SalesOrderNumber eq ${number} and AttachmentDescription eq ${description})`,
    );
    const select = fieldsOf(schema.attachment);
    const pathOf = (any: OdataText) =>
      readPath("SalesOrderHeaderDocumentAttachmentsV2", {
        select,
        filter: odata`dataAreaId eq ${legalEntity} and ${any}`,
      });
    const found = await this.#calls.rows(choices(this.#calls.host, clauses, pathOf), schema.attachment);
    return (found?.rows ?? []).map((row) => ({
      number: row.SalesOrderNumber,
      description: row.AttachmentDescription,
      id: row.DocumentId,
    }));
  }

  /** Posted packing slips of orders; undefined when the set is not published. */
  packingSlips(
    legalEntity: string,
    numbers: readonly string[],
  ): Promise<Rows<z.infer<typeof schema.packingSlip>> | undefined> {
    const row = schema.packingSlip;
    const options = { select: fieldsOf(row) };
    const choice = { set: "CustPackingSlipJourBiEntities", field: "SalesId", values: numbers, options, row };
    return this.#calls.chosen(legalEntity, choice);
  }

  /** Tracking rows of orders; undefined when the set is not published. */
  trackingRows(legalEntity: string, numbers: readonly string[]): Promise<Rows<schema.TrackingRow> | undefined> {
    const row = schema.trackingRow;
    const options = { select: fieldsOf(row) };
    const choice = { set: "PackingSlipTrackingInformation", field: "SalesOrderNumber", values: numbers, options, row };
    return this.#calls.chosen(legalEntity, choice);
  }

  /** Adds a tracking row to a posted packing slip. */
  async addTrackingRow({ legalEntity, number }: OrderName, entry: TrackingEntry, url: string): Promise<Call[]> {
    const json = {
      dataAreaId: legalEntity,
      SalesOrderNumber: number,
      PackingSlipNumber: entry.slip,
      DeliveryDate: entry.date,
      TrackingNumber: entry.trackingNumber,
      TrackingURL: url,
    };
    const about = { what: `add tracking number ${entry.trackingNumber}`, document: number, hint: rowHint };
    return (await this.#calls.write({ method: "POST", set: "PackingSlipTrackingInformation", json, about })).calls;
  }

  /** Deletes a tracking row; one that is gone already is well. */
  async removeTrackingRow({ legalEntity, number }: OrderName, entry: TrackingEntry): Promise<Call[]> {
    const key = odataKey({
      dataAreaId: legalEntity,
      SalesOrderNumber: number,
      PackingSlipNumber: entry.slip,
      DeliveryDate: new Date(entry.date),
      TrackingNumber: entry.trackingNumber,
    });
    const about = { what: `remove tracking number ${entry.trackingNumber}`, document: number, hint: rowHint };
    const write = { method: "DELETE", set: "PackingSlipTrackingInformation", key, about } as const;
    return (await this.#calls.write(write, ({ status }) => status === 404)).calls;
  }
}

const orderKey = ({ legalEntity, number }: OrderName) =>
  odataKey({ dataAreaId: legalEntity, SalesOrderNumber: number });

/** F&O may write an instant in another form than it was sent. */
function isSame(held: unknown, wanted: Json): boolean {
  if (held === wanted || typeof held !== "string" || typeof wanted !== "string") return held === wanted;
  return /^\d{4}-\d\d-\d\dT/.test(wanted) && Date.parse(held) === Date.parse(wanted);
}
