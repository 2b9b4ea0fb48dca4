import { parseSettings, pathParts, type Settings, valueAt, withTyped, withValue } from "../../core/config.ts";
import type { Choice } from "../../core/system.ts";
import { letThrough } from "../../flows/overlap.ts";
import type { MappingTable, PairKind } from "../../systems/kinds.ts";
import { type Bench, connectedSettings, pairKindOf, systemsOf } from "./connect.ts";
import { askFilter } from "./connect-ask-filter.ts";
import { askRows } from "./connect-ask-rows.ts";
import { saidForConnect, withSets } from "./connect-input.ts";
import { type About, askQuestions, askText, choicesOf, refusalOf } from "./connect-picks.ts";
import { counted } from "./print.ts";
import type { Prompts } from "./prompts.ts";

/** More values than this are chosen first, so that nobody has to answer for each. */
const manyRows = 12;
const noRow = "";
const typedInstead = "\u0000typed";

/** Asks for what a pair can be told, with a default for everything, and keeps it. */
export async function askPair(
  bench: Bench,
  prompts: Prompts,
  asked: { name: string; sets: readonly string[]; today: string },
): Promise<void> {
  const { name, sets, today } = asked;
  const kind = pairKindOf(bench, name);
  const started = withSets(kind, bench.settingsOf(name) ?? {}, sets, name);
  for (const system of [kind.erp, kind.shipper]) connectedSettings(bench, system);
  prompts.say(`\n${name}`);
  const about = { schema: kind.settings, name };
  const given = sets.map((set) => set.slice(0, set.indexOf("=")).trim());
  const start = startOf(kind);
  let settings = given.includes(start.path)
    ? started
    : await askStart(prompts, about, { start, started, today: bench.settingsOf(name) ? undefined : today });
  // The systems are built with settings that may be wrong without that day.
  const [erp, shipper] = await systemsOf(bench, kind, { name, settings });
  const [from, to] = [await choicesOf(erp, prompts), await choicesOf(shipper, prompts)];
  settings = await askFilter(bench, prompts, { name, lists: from }, settings);
  for (const table of kind.tables) {
    const ours = letThrough(settings, table.erp, from[table.erp] ?? []);
    const theirs = to[table.shipper] ?? [];
    const lists = table.isByShipper ? { from: theirs, to: ours } : { from: ours, to: theirs };
    settings = await askTable(prompts, { about, table, ...lists }, settings);
  }
  const questions = (kind.questions ?? []).filter(({ path }) => !given.includes(path));
  const lists = { ...from, ...to };
  settings = await askQuestions(prompts, { about, questions, lists }, settings);
  for (const table of kind.typedTables ?? []) settings = await askRows(prompts, { about, table, lists }, settings);
  saidForConnect(kind.settings, name, () => parseSettings(kind.settings, settings, name));
  await bench.save({ name, settings, secrets: {} });
  prompts.say(`✓ ${name} is connected.`);
}

/** A pair takes what its ERP created since a day, or what its shipper sent since then. */
function startOf({ flows }: PairKind): { path: string; what: string } {
  const [first = "orders"] = flows;
  return { path: `flows.${first}.startDate`, what: first === "orders" ? "Orders created" : "Orders shipped" };
}

/** Asks from which day on orders are taken; `today` is proposed to a new pair, and `all` taken where the pair allows it. */
async function askStart(
  prompts: Prompts,
  { schema, name }: About,
  asked: { start: ReturnType<typeof startOf>; started: Settings; today: string | undefined },
): Promise<Settings> {
  const { start, started, today } = asked;
  const without = withValue(started, pathParts(start.path), undefined);
  const mayBeAll = schema.safeParse(without).success;
  const typed = (text: string) =>
    text === "all" && mayBeAll ? without : withTyped(schema, started, start.path, text, name);
  const now = valueAt(started, pathParts(start.path)) ?? today ?? (mayBeAll ? "all" : undefined);
  const text = await prompts.text({
    message: `${start.what} since which day (YYYY-MM-DD${mayBeAll ? ", or all" : ""})`,
    ...(now === undefined ? {} : { proposal: String(now) }),
    refusal: (answer) => refusalOf(() => typed(answer)),
  });
  return typed(text);
}

interface TableAsked {
  about: About;
  table: MappingTable;
  from: readonly Choice[];
  to: readonly Choice[];
}

async function askTable(
  prompts: Prompts,
  { about, table, from, to }: TableAsked,
  settings: Settings,
): Promise<Settings> {
  if (from.length === 0 || to.length === 0) return settings;
  const rows = from.filter(({ value }) => valueAt(settings, [table.path, value]) !== undefined);
  const asked = `${counted(from.length, table.label)} can get a row; without one: ${table.otherwise}. Fill the table now?`;
  if (!(await prompts.yes(asked, rows.length === 0))) return settings;
  const chosen =
    from.length > manyRows
      ? await prompts.many({
          message: `Which ${table.label}s get a row`,
          choices: from,
          chosen: rows.map(({ value }) => value),
        })
      : from.map(({ value }) => value);
  let filled = settings;
  for (const { value, name } of from.filter((choice) => chosen.includes(choice.value))) {
    const row = valueAt(filled, [table.path, value]);
    const now = to.find((choice) => JSON.stringify(table.rowOf(choice.value)) === JSON.stringify(row));
    const keep = row !== undefined && !now ? [{ value: "keep", name: `as it is: ${JSON.stringify(row)}` }] : [];
    const answer = await prompts.one({
      message: `${table.label} ${name} →`,
      choices: [
        ...keep,
        { value: noRow, name: "no row" },
        ...to,
        ...(table.isOpen ? [{ value: typedInstead, name: "another one, typed" }] : []),
      ],
      ...(now ? { proposal: now.value } : {}),
    });
    if (answer === "keep" && keep.length > 0) continue;
    const question = { path: `${table.path}.${JSON.stringify(value)}`, label: `${table.label} ${name} →` };
    filled =
      answer === typedInstead
        ? await askText(prompts, { about, question }, filled)
        : withValue(filled, [table.path, value], answer === noRow ? undefined : table.rowOf(answer));
  }
  return filled;
}
