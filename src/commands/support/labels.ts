import { UsageError } from "../../core/errors.ts";
import { LabelStore, labelsDirOf } from "../../core/labels.ts";
import { buysLabels, type LabelQuery, labelsOf, type PairLabel } from "../../flows/labels.ts";
import type { Mlc } from "../../mlc.ts";
import { typedInstant } from "./when.ts";
import { inPersonsZone, personsZone, shownTime } from "./zone.ts";

/** What narrows a list of labels. */
export interface LabelFlags {
  pair?: string | undefined;
  since?: string | undefined;
  until?: string | undefined;
  limit?: number | undefined;
  status?: PairLabel["label"]["state"] | undefined;
}

/** A label as `--json` shows it. */
export interface LabelRow {
  pair: string;
  document: string;
  key: string;
  reference: string;
  trackingNumber: string;
  state: PairLabel["label"]["state"];
  boughtAt: string;
  shipDate: string;
  service?: string | undefined;
  charge?: { amount: string; currency: string } | undefined;
  /** `path` is absent where a piece has no label here. */
  pieces: { trackingNumber: string; path?: string }[];
}

/** The labels that the flags let through, oldest first. Throws UsageError. */
export async function labelsListed(mlc: Mlc, flags: LabelFlags): Promise<PairLabel[]> {
  const date = (flag: "since" | "until") => {
    const text = flags[flag];
    if (text === undefined) return {};
    const zone = personsZone(mlc.surroundings.env);
    return { [flag]: typedInstant({ flag, text, zone, now: mlc.clock.now(), isEnd: flag === "until" }) };
  };
  const query: LabelQuery = { pairs: await labelPairs(mlc, flags.pair), ...date("since"), ...date("until") };
  const labels = (await labelsOf(mlc.state, query)).filter(
    ({ label }) => flags.status === undefined || label.state === flags.status,
  );
  return flags.limit === undefined ? labels : labels.slice(-flags.limit);
}

/** The labels that an order or a tracking number names. Throws UsageError when there are none, or orders of two companies. */
export async function labelsNamed(mlc: Mlc, id: string, pair: string | undefined): Promise<PairLabel[]> {
  const labels = await labelsOf(mlc.state, { pairs: await labelPairs(mlc, pair), about: id });
  const orders = [...new Set(labels.map(({ key }) => key))];
  if (orders.length > 1) {
    throw new UsageError(`${id} names labels of more than one order: ${orders.join(", ")}`, {
      hint: `Name one of them, like ${orders[0]}.`,
    });
  }
  if (labels.length > 0) return labels;
  throw new UsageError(`${id} is no order or tracking number of a label that mlc bought`, {
    hint: "Look it up with `mlc labels list`.",
  });
}

/** The pairs whose labels are wanted: those that have bought some, connected or not. */
async function labelPairs(mlc: Mlc, pair: string | undefined): Promise<string[]> {
  if (pair !== undefined && !buysLabels(pair)) {
    throw new UsageError(`${pair} is not a pair that buys labels`, { hint: "Leave --pair out." });
  }
  const stored = await mlc.state.stored();
  const pairs = stored.filter((one) => one.flow === "orders" && buysLabels(one.pair)).map((one) => one.pair);
  return pairs.filter((one) => pair === undefined || one === pair);
}

/** A label with the paths of its files. Pure. */
export function labelRow(
  dir: string,
  disk: Mlc["disk"],
  { pair, key, document, boughtAt, label }: PairLabel,
): LabelRow {
  const store = new LabelStore(disk, labelsDirOf(dir));
  const { reference, master, state, shipDate, service, charge, pieces } = label;
  return {
    pair,
    document,
    key,
    reference,
    trackingNumber: master,
    state,
    boughtAt,
    shipDate,
    ...(service === undefined ? {} : { service }),
    ...(charge === undefined ? {} : { charge }),
    pieces: pieces.map(({ trackingNumber, file }) => ({
      trackingNumber,
      ...(file === undefined ? {} : { path: store.pathOf(file) }),
    })),
  };
}

/** Paths of the label files that an id names: all of an order's, or one piece's. Throws UsageError when there is none. */
export async function labelPaths(mlc: Mlc, id: string, pair: string | undefined): Promise<string[]> {
  const rows = (await labelsNamed(mlc, id, pair)).map((label) => labelRow(mlc.dir, mlc.disk, label));
  // Several pieces have one number for all; a piece's own number names its own label only.
  const pieces = rows.flatMap((row) => {
    const own = row.trackingNumber === id ? [] : row.pieces.filter(({ trackingNumber }) => trackingNumber === id);
    return own.length > 0 ? own : row.pieces;
  });
  const paths = pieces.flatMap(({ path }) => path ?? []);
  if (paths.length > 0) return paths;
  const what = `${rows.map(({ trackingNumber }) => trackingNumber).join(", ")} of ${rows[0]?.document}`;
  throw new UsageError(`${what} has no label file here`, { hint: "Print it from the shipper's own site." });
}

/** Rows of a table: order, state, service with charge, when it was bought, and the file or number of each piece. */
export function labelCells(env: NodeJS.ProcessEnv, dir: string, rows: readonly LabelRow[]): string[][] {
  return inPersonsZone(env, () =>
    rows.map(({ document, state, service = "", charge, boughtAt, pieces }) => [
      document,
      state === "noLabel" ? "no label" : state,
      charge ? `${service}\n${charge.amount} ${charge.currency}` : service,
      shownTime(boughtAt).slice(0, -3).replace(" ", "\n"),
      // A file is called by its number.
      pieces.map(({ trackingNumber, path }) => path?.slice(dir.length + 1) ?? trackingNumber).join("\n"),
    ]),
  );
}
