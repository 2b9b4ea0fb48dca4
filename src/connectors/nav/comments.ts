import { z } from "zod";
import type { Call } from "../../core/delivery.ts";
import { NotYetError } from "../../core/errors.ts";
import type { CivilDate } from "../../core/model.ts";
import type { Given } from "../odata/rows.ts";
import { odata, odataName } from "../odata/text.ts";
import { type NavCalls, readRow } from "./calls.ts";
import { type OrderKey, salesOrderLine } from "./schema.ts";
import type { NavWrites } from "./writes.ts";

/** What a comment is on. */
export interface Commented {
  kind: "order" | "shipment";
  number: string;
}

/** A line of text under its number. */
export interface TextLine {
  line: number;
  text: string;
}

const row = z.record(z.string(), z.unknown());

/** Texts that have no field: sales comments, or text lines of an order (NAV, 5.2). */
export class NavComments {
  readonly #calls: NavCalls;
  readonly #writes: NavWrites;

  constructor(calls: NavCalls, writes: NavWrites) {
    this.#calls = calls;
    this.#writes = writes;
  }

  /** Whether sales comments are published at all, with the fields that the settings name. */
  async hasSheet(): Promise<boolean> {
    return (await this.#calls.lacksOf("salesComments")) === undefined;
  }

  /** The comments on a document, not those on its lines. May be repeated. */
  async on({ kind, number }: Commented): Promise<Given<TextLine[]>> {
    const { fields, types } = this.#calls.pair.comments;
    const of = odata`${odataName(fields.documentType)} eq ${types[kind]} and ${odataName(fields.number)} eq ${number}`;
    const filter = odata`${of} and ${odataName(fields.documentLine)} eq ${0}`;
    const { value, calls } = await this.#calls.read("salesComments", { filter, schema: row });
    const read = z.object({ [fields.line]: z.number(), [fields.text]: z.string().default("") });
    const lines = value.map((one) => readRow(one, read, "salesComments"));
    return { value: lines.map((one) => textLine(one[fields.line], one[fields.text])), calls };
  }

  /**
   * Adds a comment under a line number that was free. May be called again after a lost answer: a line that is there with this text
   * is done. Throws NotYetError where another took the number.
   */
  async add(of: Commented, { line, text }: TextLine, date: CivilDate | undefined): Promise<readonly Call[]> {
    const { fields, types } = this.#calls.pair.comments;
    const there = await this.on(of);
    const held = there.value.find((one) => one.line === line);
    if (held) return settled(held.text, text, { document: of.number, calls: there.calls });
    const hasDate = (await this.#calls.fields("salesComments")).includes(fields.date);
    const json = {
      [fields.documentType]: types[of.kind],
      [fields.number]: of.number,
      [fields.documentLine]: 0,
      [fields.line]: line,
      ...(hasDate && date !== undefined ? { [fields.date]: date } : {}),
      [fields.text]: text,
    };
    const made = await this.#writes.insert("salesComments", json, { what: "add a comment", document: of.number });
    return [...there.calls, ...made];
  }

  /** The same as a text line of an order, which a released one refuses (NotYetError). */
  async addToOrder({ Document_Type, No }: OrderKey, { line, text }: TextLine): Promise<readonly Call[]> {
    const key = { Document_Type, Document_No: No, Line_No: line };
    const held = await this.#calls.one("salesOrderLines", key, salesOrderLine);
    if (held) return settled(held.value.Description, text, { document: No, calls: held.calls });
    // A line without a type is text alone.
    const json = { ...key, Type: this.#calls.pair.comments.lineType, Description: text };
    return this.#writes.insert("salesOrderLines", json, { what: "add a text line", document: No });
  }
}

function textLine(line: string | number | undefined, text: string | number | undefined): TextLine {
  return { line: Number(line), text: String(text ?? "") };
}

/** The line of that number is there: an earlier attempt made it, or somebody else was quicker. */
function settled(held: string, text: string, about: { document: string; calls: readonly Call[] }): readonly Call[] {
  if (held.trim() === text.trim()) return about.calls;
  throw new NotYetError(`Dynamics NAV ${about.document}: another text has taken the line meanwhile`, {
    system: "nav",
    ...about,
  });
}
