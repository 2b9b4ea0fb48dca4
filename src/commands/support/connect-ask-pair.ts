import { parseSettings, pathParts, type Settings, valueAt, withTyped, withValue } from "../../core/config.ts";
import type { Choice } from "../../core/ports.ts";
import type { MappingTable } from "../../systems/index.ts";
import { type Bench, pairKindOf, systemsOf } from "./connect.ts";
import { saidForConnect, withSets } from "./connect-input.ts";
import { choicesOf, refusalOf } from "./connect-picks.ts";
import type { Prompts } from "./prompts.ts";

const startPath = "flows.orders.startDate";
/** More values than this are chosen first, so that nobody has to answer for each. */
const manyRows = 12;
const noRow = "";

/** Asks for what a pair can be told, with a default for everything, and keeps it. */
export async function askPair(
  bench: Bench,
  prompts: Prompts,
  asked: { name: string; sets: readonly string[]; today: string },
): Promise<void> {
  const { name, sets, today } = asked;
  const kind = pairKindOf(bench, name);
  const started = withSets(kind, bench.settingsOf(name) ?? {}, sets, name);
  const [erp, shipper] = await systemsOf(bench, kind, { name, settings: started });
  prompts.say(`\n${name}`);
  const typed = (text: string, settings: Settings) =>
    text === "all"
      ? withValue(settings, pathParts(startPath), undefined)
      : withTyped(kind.settings, settings, startPath, text, name);
  let settings = started;
  if (!sets.some((set) => set.startsWith(`${startPath}=`))) {
    const now = valueAt(started, pathParts(startPath));
    const text = await prompts.text({
      message: "Orders created since which day (YYYY-MM-DD, or all)",
      proposal: String(now ?? (bench.settingsOf(name) ? "all" : today)),
      refusal: (answer) => refusalOf(() => typed(answer, started)),
    });
    settings = typed(text, started);
  }
  const [from, to] = [await choicesOf(erp, prompts), await choicesOf(shipper, prompts)];
  for (const table of kind.tables) {
    settings = await askTable(prompts, table, { from: from[table.erp] ?? [], to: to[table.shipper] ?? [] }, settings);
  }
  saidForConnect(kind.settings, name, () => parseSettings(kind.settings, settings, name));
  await bench.save({ name, settings, secrets: {} });
  prompts.say(`✓ ${name} is connected.`);
}

async function askTable(
  prompts: Prompts,
  table: MappingTable,
  { from, to }: { from: readonly Choice[]; to: readonly Choice[] },
  settings: Settings,
): Promise<Settings> {
  if (from.length === 0 || to.length === 0) return settings;
  const rows = from.filter(({ value }) => valueAt(settings, [table.path, value]) !== undefined);
  const asked = `${from.length} ${table.label}s can get a row; without one: ${table.otherwise}. Fill the table now?`;
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
      choices: [...keep, { value: noRow, name: "no row" }, ...to],
      ...(now ? { proposal: now.value } : {}),
    });
    if (answer === "keep" && keep.length > 0) continue;
    filled = withValue(filled, [table.path, value], answer === noRow ? undefined : table.rowOf(answer));
  }
  return filled;
}
