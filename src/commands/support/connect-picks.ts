import type { z } from "zod";
import { pathParts, type Settings, valueAt, withTyped, withValue } from "../../core/config.ts";
import { MlcError } from "../../core/errors.ts";
import type { Choice, System } from "../../core/system.ts";
import type { Question } from "../../systems/kinds.ts";
import { isRequired, valuesAt } from "./connect-values.ts";
import type { Prompts } from "./prompts.ts";

/** What an account has to choose from, by kind. */
export type Lists = Readonly<Record<string, readonly Choice[]>>;

/** What the questions are about: a system or pair, and its schema. */
export interface About {
  schema: z.ZodType;
  name: string;
}

/** What a person chooses who types a value that no list has. */
const typedInstead = "";

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
export async function choicesOf(system: System, prompts: Prompts): Promise<Lists> {
  try {
    return (await system.choices?.()) ?? {};
  } catch (error) {
    if (!(error instanceof MlcError) || error.disposition === "stopRun") throw error;
    prompts.say(`What ${system.name} has to choose from cannot be shown: ${error.message}`);
    return {};
  }
}

/** Whether a question is asked before the account is: it must be, or has no list of answers. Pure. */
export function isTyped({ schema }: About, { path, pick, isOptional, isFirst }: Question): boolean {
  if (isFirst) return true;
  return !pick && !isOptional && valuesAt(schema, pathParts(path)) === undefined;
}

/** Asks for settings: chosen from what the account or the schema has; typed where neither has a list. */
export async function askQuestions(
  prompts: Prompts,
  asked: { about: About; questions: readonly Question[]; lists: Lists },
  answered: Settings,
): Promise<Settings> {
  const { about, questions, lists } = asked;
  let settings = answered;
  for (const question of questions) {
    if (question.when && !question.when(settings)) continue;
    const { path, pick } = question;
    const values = valuesAt(about.schema, pathParts(path));
    if (pick) settings = await askPick(prompts, { about, question, choices: lists[pick.from] ?? [] }, settings);
    else if (values === "switch") settings = await askSwitch(prompts, { about, question }, settings);
    else if (values) settings = await askValue(prompts, { about, question, values }, settings);
    else settings = await askText(prompts, { about, question }, settings);
  }
  return settings;
}

interface Asked {
  about: About;
  question: Question;
}

/** Asks for text until the schema takes it. */
export async function askText(
  prompts: Prompts,
  { about, question: { path, label, isOptional } }: Asked,
  settings: Settings,
): Promise<Settings> {
  const now = valueNow(about, path, settings);
  const typed = (text: string) =>
    text === "" && isOptional ? settings : withAnswer(about, path, text, { settings, now });
  const text = await prompts.text({
    message: label,
    ...(now === undefined ? {} : { proposal: now }),
    refusal: (answer) => refusalOf(() => typed(answer)),
  });
  return typed(text);
}

async function askSwitch(prompts: Prompts, { about, question }: Asked, settings: Settings): Promise<Settings> {
  const now = valueNow(about, question.path, settings);
  const isOn = await prompts.yes(question.label, now === "true");
  return withAnswer(about, question.path, String(isOn), { settings, now });
}

/** One of the schema's own values; of those that do not go with what was answered before none is offered. */
async function askValue(
  prompts: Prompts,
  { about, question: { path, label, names = {} }, values }: Asked & { values: readonly string[] },
  settings: Settings,
): Promise<Settings> {
  const now = valueNow(about, path, settings);
  const fitting = values.filter(
    (value) => refusalOf(() => withTyped(about.schema, settings, path, value, about.name)) === undefined,
  );
  const choices = fitting.map((value) => ({ value, name: names[value] ?? value }));
  const proposal = now !== undefined && fitting.includes(now) ? { proposal: now } : {};
  const answer = await prompts.one({ message: label, choices, ...proposal });
  return withAnswer(about, path, answer, { settings, now });
}

async function askPick(
  prompts: Prompts,
  { about, question, choices }: Asked & { choices: readonly Choice[] },
  settings: Settings,
): Promise<Settings> {
  const { path, label, pick } = question;
  if (choices.length === 0) return askList(prompts, { about, question }, settings);
  if (pick?.howMany === "many") return askMany(prompts, { about, question, choices }, settings);
  const now = valueNow(about, path, settings);
  const isListed = choices.some(({ value }) => value === now);
  const offered = pick?.isOpen
    ? [
        ...(isListed || now === undefined ? [] : [{ value: now, name: now }]),
        ...choices,
        { value: typedInstead, name: "another one, typed" },
      ]
    : choices;
  const answer = await prompts.one({
    message: label,
    choices: offered,
    ...(now === undefined ? {} : { proposal: now }),
  });
  if (pick?.isOpen && answer === typedInstead) return askText(prompts, { about, question }, settings);
  return withAnswer(about, path, answer, { settings, now });
}

async function askMany(
  prompts: Prompts,
  { about, question: { path, label }, choices }: Asked & { choices: readonly Choice[] },
  settings: Settings,
): Promise<Settings> {
  const parts = pathParts(path);
  const now = [valueAt(settings, parts) ?? []].flat().map(String);
  const known = now.filter((value) => choices.some((choice) => choice.value === value));
  const chosen = await prompts.many({
    message: label,
    choices,
    chosen: known.length > 0 ? known : choices.map(({ value }) => value),
  });
  // All of them also means those that are added later.
  if (!isRequired(about.schema, path) && chosen.length === choices.length) return withValue(settings, parts, undefined);
  return withTyped(about.schema, settings, path, chosen.join(","), about.name);
}

async function askList(
  prompts: Prompts,
  { about: { schema, name }, question: { path, label, pick } }: Asked,
  settings: Settings,
): Promise<Settings> {
  const now = valueAt(settings, pathParts(path));
  const how = pick?.howMany === "one" ? "it" : "them, with commas between";
  const mayBeEmpty = !isRequired(schema, path);
  const typed = (text: string) =>
    text === "" && mayBeEmpty ? settings : withTyped(schema, settings, path, text, name);
  const text = await prompts.text({
    message: `${label} (nothing to choose from; type ${how})`,
    ...(now === undefined ? {} : { proposal: [now].flat().join(",") }),
    refusal: (answer) => refusalOf(() => typed(answer)),
  });
  return typed(text);
}

/** What holds at a path, as it would be typed: what was set, else the schema's default. */
function valueNow({ schema }: About, path: string, settings: Settings): string | undefined {
  const parts = pathParts(path);
  const value = valueAt(settings, parts) ?? valueAt(schema.safeParse(settings).data, parts);
  if (value === undefined) return undefined;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** The settings with an answer; one that holds anyway is not kept, so that the config has only what somebody set. */
function withAnswer(
  { schema, name }: About,
  path: string,
  text: string,
  { settings, now }: { settings: Settings; now: string | undefined },
): Settings {
  const isDefault = text === now && valueAt(settings, pathParts(path)) === undefined;
  return isDefault ? settings : withTyped(schema, settings, path, text, name);
}
