import { parseSettings, pathParts, type Settings, valueAt, withValue } from "../../core/config.ts";
import type { Choice } from "../../core/system.ts";
import type { TypedTable } from "../../systems/kinds.ts";
import { type About, type Lists, refusalOf } from "./connect-picks.ts";
import { counted } from "./print.ts";
import type { Prompts } from "./prompts.ts";

/** Asks for the rows of a table that are typed field by field; `lists` say what can have one, where the account tells. */
export async function askRows(
  prompts: Prompts,
  { about, table, lists }: { about: About; table: TypedTable; lists: Lists },
  settings: Settings,
): Promise<Settings> {
  const values = lists[table.list] ?? [];
  const set = valueAt(settings, pathParts(table.path));
  const rows = typeof set === "object" && set !== null ? Object.keys(set) : [];
  let filled = settings;
  for (const { value, name } of await chosenOf(prompts, { table, values, rows })) {
    prompts.say(`${table.label} ${name}`);
    filled = await askRow(prompts, { about, table, lists, value }, filled);
  }
  return filled;
}

async function chosenOf(
  prompts: Prompts,
  { table: { label, otherwise }, values, rows }: { table: TypedTable; values: readonly Choice[]; rows: string[] },
): Promise<Choice[]> {
  if (values.length === 0) {
    const message = `Codes of the ${label}s, with commas between (empty: none; without a row ${otherwise})`;
    const text = await prompts.text({ message, ...(rows.length > 0 ? { proposal: rows.join(",") } : {}) });
    const codes = text.split(",").flatMap((code) => code.trim() || []);
    return codes.map((value) => ({ value, name: value }));
  }
  const asked = `${counted(values.length, label)} can get a row; without one: ${otherwise}. Fill the table now?`;
  if (!(await prompts.yes(asked, rows.length === 0))) return [];
  const chosen = await prompts.many({
    message: `Which ${label}s get a row`,
    choices: values,
    chosen: values.map(({ value }) => value).filter((value) => rows.includes(value)),
  });
  return values.filter(({ value }) => chosen.includes(value));
}

/** One row, again and again with what was typed before until the schema takes it. */
async function askRow(
  prompts: Prompts,
  { about, table, lists, value }: { about: About; table: TypedTable; lists: Lists; value: string },
  settings: Settings,
): Promise<Settings> {
  const parts = [...pathParts(table.path), value];
  let row: Settings = {};
  for (;;) {
    for (const { name, label, isOptional } of table.fields) {
      const now = row[name] ?? valueAt(settings, [...parts, name]);
      const text = await prompts.text({
        message: `  ${label}${isOptional ? " (empty: none)" : ""}`,
        ...(now === undefined ? {} : { proposal: String(now) }),
        refusal: (answer) => (answer === "" && !isOptional ? "It cannot be empty." : undefined),
      });
      row = withValue(row, [name], text === "" ? undefined : text);
    }
    const next = withValue(settings, parts, row);
    const taken = () => valueAt(parseSettings<unknown>(about.schema, next, about.name), parts);
    const refusal = refusalOf(taken) ?? table.unknown?.(taken(), lists);
    if (refusal === undefined) return withValue(settings, parts, taken());
    prompts.say(`✗ ${refusal}`);
  }
}
