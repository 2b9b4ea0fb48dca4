import { MlcError, NotYetError, RejectedError } from "../errors.ts";
import type { Json } from "../json.ts";
import type { Document } from "../model.ts";
import type { Located, SourceRecord } from "../ports.ts";
import type { RecordName } from "../state/lines.ts";
import type { FlowRun } from "./run.ts";
import { nameOf, setAside, takeBack } from "./unit.ts";

/** A document with the record it came from, without what was read: of a page of orders that is the most. */
export interface Reading<D extends Document> {
  record: RecordName;
  document: D;
}

/** The documents of a record; one that cannot be read is set aside. */
export function translate<D extends Document>(run: FlowRun<D>, record: SourceRecord): Reading<D>[] {
  try {
    const name = nameOf(record);
    return run.context.flow.source.read(record).map((document) => ({ record: name, document }));
  } catch (error) {
    if (error instanceof MlcError && error.disposition !== "setAside") throw error;
    const document = (error instanceof MlcError && error.context.document) || record.id;
    setAside(run, { key: record.id, record, document, personal: [] }, "dead", error);
    return [];
  }
}

/** A reading with the key its delivery is kept by, and the document over there that it belongs to. */
export type Placed<D extends Document> = Reading<D> & { key: string; ref?: Json };

/** Finds for each reading where it belongs; what belongs nowhere yet waits, what is not ours is counted. */
export async function locate<D extends Document>(
  run: FlowRun<D>,
  readings: readonly Reading<D>[],
  isAsked: boolean,
): Promise<Placed<D>[]> {
  const { target } = run.context.flow;
  if (!target.locate) return readings.map((reading) => ({ ...reading, key: target.key(reading.document) }));
  if (readings.length === 0) return [];
  const { store, findOrder } = run.context;
  const places = await target.locate(
    readings.map(({ document }) => document),
    findOrder,
    { holder: (naturalKey) => store.holder(naturalKey), load: (keys) => store.load(keys), isAsked },
  );
  return readings.flatMap((reading) => {
    const place = chosen(run, reading, places.get(reading.document) ?? { at: "notOurs" });
    return place ? [{ ...reading, ...place }] : [];
  });
}

/** Candidates as a person tells them apart: without the company where it is the same, since `--order` wants none either. Pure. */
function toldOf(candidates: readonly string[]): string[] {
  const companies = candidates.map((key) => key.slice(0, key.lastIndexOf("/") + 1));
  const [first = ""] = companies;
  const isSame = companies.every((company) => company === first);
  return candidates.map((key) => (isSame ? key.slice(first.length) : key));
}

/** A person's `--order` is not passed over in silence. */
function notYet<D extends Document>(
  run: FlowRun<D>,
  { number }: D,
  { message, hint }: Located & { at: "notYet" },
): NotYetError {
  const { belongsTo } = run.context.options;
  const said = belongsTo === undefined ? "" : `; --order ${belongsTo} only chooses among several that fit`;
  const { system } = run.context.flow.target;
  return new NotYetError(`${message}${said}`, { system, document: number, ...(hint === undefined ? {} : { hint }) });
}

function chosen<D extends Document>(
  run: FlowRun<D>,
  { record, document }: Reading<D>,
  place: Located,
): { key: string; ref: Json } | undefined {
  const { system } = run.context.flow.target;
  const about = { key: record.id, record, document: document.number, personal: document.personal };
  switch (place.at) {
    case "found":
      return { key: place.key, ref: place.ref };
    case "notOurs":
      run.counts.notOurs += 1;
      takeBack(run, { key: record.id, record, document }, "not ours");
      return undefined;
    case "notYet":
      setAside(run, about, "waiting", notYet(run, document, place));
      return undefined;
    case "ambiguous": {
      const { belongsTo } = run.context.options;
      const picked = place.candidates.filter((key) => key === belongsTo || key.endsWith(`/${belongsTo}`));
      if (picked.length === 1 && picked[0] !== undefined) return { key: picked[0], ref: picked[0] };
      const said = `${place.message ?? "more than one order fits"}: ${toldOf(place.candidates).join(", ")}`;
      const none = belongsTo === undefined ? "" : `; ${belongsTo} is none of them`;
      const error = new RejectedError(`${system} ${document.number}: ${said}${none}`, {
        system,
        document: document.number,
        hint: `Run \`mlc replay ${record.id} --order <number>\` with the right one.`,
      });
      setAside(run, about, "dead", error);
      return undefined;
    }
  }
}
