import { pathParts, type Settings, valueAt, withValue } from "../../core/config.ts";
import { AuthError, MlcError } from "../../core/errors.ts";
import type { Secret } from "../../core/secret.ts";
import type { Probe, System } from "../../core/system.ts";
import type { CredentialKind, Question, SecretKind, SystemKind } from "../../systems/kinds.ts";
import { type Bench, merged, pairOf, unpairedNotes, withoutRivals } from "./connect.ts";
import { askRows } from "./connect-ask-rows.ts";
import { withSets } from "./connect-input.ts";
import { type About, askQuestions, choicesOf, isTyped, type Lists } from "./connect-picks.ts";
import type { Prompts } from "./prompts.ts";

/** What a person said of a system, and what the system said to it. */
interface Answers {
  settings: Settings;
  secrets: Record<string, string>;
}

/** Asks for all that a system needs, checks it there, asks again for what is refused, and keeps it. */
export async function askSystem(bench: Bench, prompts: Prompts, name: string, sets: readonly string[]): Promise<void> {
  const kind = bench.systemKinds[name];
  if (!kind) return;
  prompts.say(`\n${kind.title}`);
  const given = sets.map((set) => set.slice(0, set.indexOf("=")).trim());
  const questions = kind.questions.filter(({ path }) => !given.includes(path));
  const started = { settings: withSets(kind, bench.settingsOf(name) ?? {}, sets, name), secrets: {} };
  const { answers, system, probe } = await askUntilTaken({ bench, prompts, kind, name, questions }, started);
  prompts.say(`Taken: ${probe.identity}`);
  for (const note of probe.notes ?? []) prompts.say(note);
  const about = { schema: kind.settings, name };
  const chosen = questions.filter((question) => !isTyped(about, question));
  const lists = chosen.some(({ pick }) => pick) ? await choicesOf(system, prompts) : {};
  let settings = await askQuestions(prompts, { about, questions: chosen, lists }, answers.settings);
  settings = await askTables(bench, prompts, { about, kind, given }, settings);
  if (chosen.some(({ isChecked }) => isChecked)) await checkChosen(bench, prompts, name, { ...answers, settings });
  await bench.save({ name, settings, secrets: withoutRivals(kind, answers.secrets) });
  prompts.say(`✓ ${kind.title} is connected.`);
  for (const note of unpairedNotes(bench, name)) prompts.say(note);
}

/** Asks the system once more, with what was chosen; throws when it refuses that and the person does not keep it all the same. */
async function checkChosen(bench: Bench, prompts: Prompts, name: string, answers: Answers): Promise<void> {
  const { settings } = answers;
  const secrets = merged(await bench.secretsOf(name), answers.secrets);
  try {
    const { identity, warnings } = await bench.build(name, settings, pairOf(bench, name), secrets).probe();
    prompts.say(`Taken: ${identity}`);
    for (const warning of warnings) prompts.say(`! ${warning}`);
  } catch (error) {
    sayRefusal(prompts, error);
    if (!(await prompts.yes("Keep it all the same?", false))) throw error;
  }
}

/** Says why a system refused; what no other answer would mend is thrown. */
function sayRefusal(prompts: Prompts, error: unknown): asserts error is MlcError {
  if (!(error instanceof MlcError) || error.disposition === "stopRun") throw error;
  prompts.say(`✗ ${error.message}${error.hint === undefined ? "" : `\n  → ${error.hint}`}`);
}

/** Tables that are typed, with a row for what the connected ERP has, whichever that is. */
async function askTables(
  bench: Bench,
  prompts: Prompts,
  { about, kind, given }: { about: About; kind: SystemKind; given: readonly string[] },
  answered: Settings,
): Promise<Settings> {
  const tables = (kind.tables ?? []).filter(({ path }) => !given.some((one) => one.startsWith(`${path}.`)));
  if (tables.length === 0) return answered;
  const lists = await erpLists(bench, prompts);
  let settings = answered;
  for (const table of tables) {
    settings = await askRows(prompts, { about, table, lists }, settings);
  }
  return settings;
}

async function erpLists(bench: Bench, prompts: Prompts): Promise<Lists> {
  const erp = Object.keys(bench.systemKinds).find(
    (name) => bench.systemKinds[name]?.side === "erp" && bench.settingsOf(name),
  );
  if (erp === undefined) return {};
  const system = bench.build(erp, bench.settingsOf(erp) ?? {}, pairOf(bench, erp), await bench.secretsOf(erp));
  return choicesOf(system, prompts);
}

interface Beginning {
  bench: Bench;
  prompts: Prompts;
  kind: SystemKind;
  name: string;
  questions: readonly Question[];
}

interface Asking extends Beginning {
  /** Those of the credential that was chosen, or that the settings say. */
  secretsAsked(settings: Settings): readonly SecretKind[];
}

/** Typed settings and secrets, again and again until the system takes them; throws when the person gives up. */
async function askUntilTaken(
  beginning: Beginning,
  started: Answers,
): Promise<{ answers: Answers; system: System; probe: Probe }> {
  const { bench, prompts, kind, name, questions } = beginning;
  const stored = await bench.secretsOf(name);
  const typed = await askTyped(beginning, started);
  const asking = { ...beginning, secretsAsked: await askCredential(prompts, kind) };
  let answers = await askSecrets(asking, stored, typed);
  for (;;) {
    try {
      const draft = withMeanwhile(answers.settings, questions);
      const secrets = merged(stored, withoutRivals(kind, answers.secrets));
      const system = bench.build(name, draft, pairOf(bench, name), secrets);
      prompts.say(`Checking with ${kind.title}…`);
      return { answers, system, probe: await system.probe() };
    } catch (error) {
      sayRefusal(prompts, error);
      answers = await askAgain(asking, answers, error);
    }
  }
}

/** After a refusal the secrets are asked for again, and the settings too when it is not the secret that is wrong. */
async function askAgain(asking: Asking, answers: Answers, error: MlcError): Promise<Answers> {
  const { prompts } = asking;
  if (error instanceof AuthError) {
    const again = await askSecrets(asking, {}, answers, " (empty: change the settings above)");
    if (Object.keys(again.secrets).length > 0) return again;
  } else if (!(await prompts.yes("Change the answers and try again?", true))) {
    throw error;
  }
  const changed = await askTyped(asking, answers);
  const fits = asking.secretsAsked(changed.settings).some(({ name }) => answers.secrets[name] !== undefined);
  const kept = fits && (await prompts.yes("Keep the secret typed before?", true));
  return kept ? { ...changed, secrets: answers.secrets } : askSecrets(asking, {}, changed);
}

async function askTyped({ prompts, kind, name, questions }: Beginning, answers: Answers): Promise<Answers> {
  const about = { schema: kind.settings, name };
  const typed = questions.filter((question) => isTyped(about, question));
  return {
    ...answers,
    settings: await askQuestions(prompts, { about, questions: typed, lists: {} }, answers.settings),
  };
}

async function askSecrets(
  asking: Asking,
  stored: Readonly<Record<string, Secret>>,
  answers: Answers,
  remark?: string,
): Promise<Answers> {
  const { prompts, secretsAsked } = asking;
  const secrets: Record<string, string> = {};
  for (const secret of secretsAsked(answers.settings)) {
    const isStored = stored[secret.name] !== undefined;
    const signedIn = secret.isSignedIn ? await signedInFor(asking, { ...answers, secrets }, isStored) : undefined;
    if (signedIn !== undefined) {
      secrets[secret.name] = signedIn;
      continue;
    }
    const more = isStored ? " (empty: keep the stored one)" : secret.isOptional ? " (empty: none)" : (remark ?? "");
    const value = await askSecret(prompts, secret, more, isStored || secret.isOptional || remark !== undefined);
    if (value !== "") secrets[secret.name] = value;
    else if (remark !== undefined && !secret.isOptional) break;
  }
  return { ...answers, secrets };
}

/** The secret of a sign-in in the browser; undefined when the person keeps the stored one or types one. */
async function signedInFor(
  { bench, prompts, name, kind }: Asking,
  { settings, secrets }: Answers,
  isStored: boolean,
): Promise<string | undefined> {
  if (!bench.signIn) return undefined;
  for (let proposal = !isStored; await prompts.yes(`Sign in to ${kind.title} in the browser now?`, proposal); ) {
    try {
      return await bench.signIn(name, settings, merged(await bench.secretsOf(name), secrets));
    } catch (error) {
      sayRefusal(prompts, error);
      proposal = false;
    }
  }
  return undefined;
}

async function askCredential(
  prompts: Prompts,
  { secrets, credentials = [] }: SystemKind,
): Promise<Asking["secretsAsked"]> {
  if (credentials.length < 2) return () => secrets.filter(({ isOwn }) => !isOwn);
  const of = (credential: CredentialKind | undefined) =>
    secrets.filter(({ name }) => credential?.secrets.includes(name));
  if (credentials.every(({ when }) => when)) return (settings) => of(credentials.find(({ when }) => when?.(settings)));
  const choices = credentials.map(({ label }, index) => ({ value: String(index), name: label }));
  const chosen = of(credentials[Number(await prompts.one({ message: "How does mlc sign in?", choices }))]);
  return () => chosen;
}

async function askSecret(
  prompts: Prompts,
  { label, isPem }: SecretKind,
  remark: string,
  mayBeEmpty: boolean,
): Promise<string> {
  for (;;) {
    if (!isPem) {
      const value = await prompts.secret(`${label}${remark}`);
      if (value !== "" || mayBeEmpty) return value;
      prompts.say("It cannot be empty.");
      continue;
    }
    const path = await prompts.text({ message: `File with the ${label.toLowerCase()} (PEM)${remark}` });
    if (path === "" && mayBeEmpty) return "";
    const read: { text?: string } = {};
    const refusal = await prompts.file(path).then(
      (text) => {
        read.text = text.trim();
        return undefined;
      },
      (error: unknown) => (error instanceof MlcError ? error.message : Promise.reject(error)),
    );
    if (read.text) return read.text;
    prompts.say(refusal ?? `${path} is empty.`);
  }
}

/** The settings to ask an account with before its lists are there; what is chosen and checked then cannot be wrong yet. */
function withMeanwhile(settings: Settings, questions: readonly Question[]): Settings {
  return questions.reduce<Settings>((at, { path, meanwhile, isChecked }) => {
    const parts = pathParts(path);
    if (isChecked) return withValue(at, parts, undefined);
    return meanwhile === undefined || valueAt(at, parts) !== undefined ? at : withValue(at, parts, meanwhile);
  }, settings);
}
