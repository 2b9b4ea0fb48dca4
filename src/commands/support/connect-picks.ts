import { z } from "zod";
import { pathParts, type Settings, valueAt, withTyped, withValue } from "../../core/config.ts";
import { MlcError } from "../../core/errors.ts";
import type { Choice, System } from "../../core/ports.ts";
import type { Question, SystemKind } from "../../systems/index.ts";
import type { Prompts } from "./prompts.ts";

/** What is wrong with an answer, in one sentence. */
export function refusalOf(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof MlcError) return error.message.split("; ")[0];
    throw error;
  }
}

/** What an account has to choose from; nothing, and why, when it does not tell. */
export async function choicesOf(
  system: System,
  prompts: Prompts,
): Promise<Readonly<Record<string, readonly Choice[]>>> {
  try {
    return (await system.choices?.()) ?? {};
  } catch (error) {
    if (!(error instanceof MlcError) || error.disposition === "stopRun") throw error;
    prompts.say(`What ${system.name} has to choose from cannot be shown: ${error.message}`);
    return {};
  }
}

/** Settings that are chosen from what the account has; typed where it has no such list. */
export async function askPicks(
  prompts: Prompts,
  asked: { kind: SystemKind; name: string; questions: readonly Question[]; system: System },
  answered: Settings,
): Promise<Settings> {
  const { kind, name, questions, system } = asked;
  const picks = questions.filter(({ pick }) => pick !== undefined);
  const lists = picks.length > 0 ? await choicesOf(system, prompts) : {};
  let settings = answered;
  for (const { path, label, pick } of picks) {
    const choices = lists[pick?.from ?? ""] ?? [];
    const parts = pathParts(path);
    const now = [valueAt(settings, parts) ?? []].flat().map(String);
    if (choices.length === 0) {
      settings = await askList(prompts, { kind, name, path, label }, settings);
      continue;
    }
    const mayBeAll = !isRequired(kind.settings, path);
    const chosen =
      pick?.howMany === "many"
        ? await askMany(prompts, label, choices, now)
        : [await prompts.one({ message: label, choices, ...(now[0] === undefined ? {} : { proposal: now[0] }) })];
    const isAll = pick?.howMany === "many" && mayBeAll && chosen.length === choices.length;
    // All of them also means those that are added later.
    settings = isAll
      ? withValue(settings, parts, undefined)
      : withTyped(kind.settings, settings, path, chosen.join(","), name);
  }
  return settings;
}

async function askMany(
  prompts: Prompts,
  label: string,
  choices: readonly Choice[],
  now: readonly string[],
): Promise<string[]> {
  const known = now.filter((value) => choices.some((choice) => choice.value === value));
  return prompts.many({
    message: label,
    choices,
    chosen: known.length > 0 ? known : choices.map(({ value }) => value),
  });
}

async function askList(
  prompts: Prompts,
  { kind, name, path, label }: { kind: SystemKind; name: string; path: string; label: string },
  settings: Settings,
): Promise<Settings> {
  const now = valueAt(settings, pathParts(path));
  const mayBeEmpty = !isRequired(kind.settings, path);
  const typed = (text: string) =>
    text === "" && mayBeEmpty ? settings : withTyped(kind.settings, settings, path, text, name);
  const text = await prompts.text({
    message: `${label} (nothing to choose from; type them, with commas between)`,
    ...(now === undefined ? {} : { proposal: [now].flat().join(",") }),
    refusal: (answer) => refusalOf(() => typed(answer)),
  });
  return typed(text);
}

function isRequired(schema: z.ZodType, path: string): boolean {
  const own = schema instanceof z.ZodObject ? schema.shape[path] : undefined;
  return own instanceof z.ZodType && !own.safeParse(undefined).success;
}
