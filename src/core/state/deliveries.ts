import type { Delivery, StepState } from "../delivery.ts";
import type { Hash } from "../json.ts";

/** So many that were touched last stand as objects; a batch is read and changed several times. */
const mostRecent = 1_024;
const wholeHash = /^[0-9a-f]{16}$/;

/** A step as text has it; the hashes of its fields are in one piece, after the number of the names they belong to. */
type PackedStep = [
  name: string,
  at: string,
  naturalKey: string,
  fields: StepState["fields"] | string,
  target?: string | null,
  recorded?: true,
];

/** A delivery as text has it: without the names of its members, which would be a fifth of it. */
type Packed = [
  closed: 0 | 1,
  versions: Delivery["versions"],
  steps: PackedStep[],
  memo: Delivery["memo"],
  at: string,
  document: string,
  ref: Delivery["ref"],
];

/** The names of fields that steps have, each list once; what is packed speaks of them by number, so that none is ever dropped. */
export class FieldNames {
  readonly #lists: string[][];
  readonly #numbers = new Map<string, number>();

  constructor(lists: readonly string[][] = []) {
    this.#lists = [...lists];
    for (const [number, names] of lists.entries()) this.#numbers.set(JSON.stringify(names), number);
  }

  get lists(): readonly string[][] {
    return this.#lists;
  }

  pack(fields: Readonly<Record<string, Hash>>): string | undefined {
    const names = Object.keys(fields);
    const hashes = Object.values(fields);
    if (!hashes.every((hash) => wholeHash.test(hash))) return undefined;
    const list = JSON.stringify(names);
    let number = this.#numbers.get(list);
    if (number === undefined) {
      number = this.#lists.push(names) - 1;
      this.#numbers.set(list, number);
    }
    return `${number} ${Buffer.from(hashes.join(""), "hex").toString("base64")}`;
  }

  unpack(packed: string): Record<string, Hash> {
    const [number = "", hashes = ""] = packed.split(" ");
    const text = Buffer.from(hashes, "base64").toString("hex");
    const names = this.#lists[Number(number)] ?? [];
    return Object.fromEntries(names.map((name, at) => [name, text.slice(at * 16, at * 16 + 16)]));
  }
}

/**
 * Deliveries by key. All but the last touched ones are kept as text, which takes a quarter of the memory of objects and goes
 * into a snapshot as it is.
 */
export class Deliveries {
  readonly names: FieldNames;
  readonly #recent = new Map<string, Delivery>();
  readonly #texts: Map<string, string>;

  constructor(names = new FieldNames(), texts = new Map<string, string>()) {
    this.names = names;
    this.#texts = texts;
  }

  get size(): number {
    return this.#recent.size + this.#texts.size;
  }

  get(key: string): Delivery | undefined {
    const recent = this.#recent.get(key);
    if (recent) return recent;
    const text = this.#texts.get(key);
    return text === undefined ? undefined : this.#unpacked(text);
  }

  has(key: string): boolean {
    return this.#recent.has(key) || this.#texts.has(key);
  }

  set(key: string, delivery: Delivery): void {
    this.#texts.delete(key);
    this.#recent.set(key, delivery);
    if (this.#recent.size > mostRecent) this.#packAll();
  }

  delete(key: string): void {
    this.#recent.delete(key);
    this.#texts.delete(key);
  }

  /** Those whose key is wanted, each read out of its text on the way. */
  *entries(isWanted: (key: string) => boolean = () => true): Generator<[string, Delivery]> {
    for (const [key, delivery] of this.#recent) if (isWanted(key)) yield [key, delivery];
    for (const [key, text] of this.#texts) if (isWanted(key)) yield [key, this.#unpacked(text)];
  }

  /** Those of which all is done and the source will change no more. */
  *closed(): Generator<[string, Delivery]> {
    for (const [key, delivery] of this.#recent) if (delivery.closed) yield [key, delivery];
    for (const [key, text] of this.#texts) {
      if (text.startsWith("[1")) yield [key, this.#unpacked(text)];
    }
  }

  /** All as text; one that was not touched since is the very same text. */
  texts(): ReadonlyMap<string, string> {
    this.#packAll();
    return this.#texts;
  }

  #packAll(): void {
    for (const [key, delivery] of this.#recent) this.#texts.set(key, this.#packed(delivery));
    this.#recent.clear();
  }

  #packed(delivery: Delivery): string {
    const { closed, versions, memo, at, document, ref } = delivery;
    const steps = Object.entries(delivery.steps).map(([name, step]): PackedStep => {
      const fields = this.names.pack(step.fields) ?? step.fields;
      const whole: PackedStep = [name, step.at, step.naturalKey, fields];
      if (step.target !== undefined || step.recorded) whole.push(step.target ?? null);
      if (step.recorded) whole.push(step.recorded);
      return whole;
    });
    const text = JSON.stringify([closed ? 1 : 0, versions, steps, memo, at, document, ref] satisfies Packed);
    // By way of bytes: a text that was put together of pieces is kept with a node of 32 bytes above it.
    return Buffer.from(text).toString();
  }

  #unpacked(text: string): Delivery {
    const [closed, versions, packed, memo, at, document, ref] = JSON.parse(text) as Packed;
    // Not by assignment, since a name can be any text.
    const steps = Object.fromEntries(
      packed.map(([name, stepAt, naturalKey, fields, target = null, recorded]): [string, StepState] => [
        name,
        {
          at: stepAt,
          naturalKey,
          fields: typeof fields === "string" ? this.names.unpack(fields) : fields,
          ...(target === null ? {} : { target }),
          ...(recorded ? { recorded } : {}),
        },
      ]),
    );
    return { versions, steps, memo, closed: closed === 1, at, document, ref };
  }
}

/** Deliveries as a file has them, by key: as text, or as version 2 had them. */
export type StoredDeliveries = Record<string, string | Delivery>;

/** Stored deliveries, with the names of fields that their texts speak of. Pure. */
export function storedDeliveries(stored: StoredDeliveries, names: FieldNames): Deliveries {
  const texts = new Map<string, string>();
  const old: [string, Delivery][] = [];
  for (const key of Object.keys(stored)) {
    const delivery = stored[key];
    if (typeof delivery === "string") texts.set(key, delivery);
    else if (delivery !== undefined) old.push([key, delivery]);
  }
  const all = new Deliveries(names, texts);
  for (const [key, delivery] of old) all.set(key, delivery);
  return all;
}
