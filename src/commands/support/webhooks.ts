import { Args, Flags } from "@oclif/core";
import { InterruptedError, UsageError, worstExitCode } from "../../core/errors.ts";
import { type ReportedError, reportedError } from "../../core/report.ts";
import { utcMinute } from "../../core/utc.ts";
import type { Mlc } from "../../mlc.ts";
import type { WebhookRow, WebhookRows } from "../../webhooks/rows.ts";
import { dryRunFlag } from "./flags.ts";
import { plainLine } from "./print.ts";
import { columnsOf, tableOf } from "./table.ts";
import { errorColumns, errorText } from "./wrap.ts";

/** The argument of all `webhooks` commands. */
export const systemArg = {
  system: Args.string({ ignoreStdin: true, description: "only this system, like bc" }),
};

/** The flag that names an address. */
export const urlFlag = {
  url: Flags.string({
    description: "the address that is called; default: the one that `webhooks create` has kept, or webhooks.publicUrl",
    helpValue: "<https://…>",
  }),
};

/** Flags of those that change subscriptions. */
export const changeFlags = { ...urlFlag, ...dryRunFlag };

/** What a `webhooks` command prints with `--json`. */
export interface WebhooksJson {
  webhooks: WebhookRow[];
  error?: ReportedError;
  dryRun?: true;
}

/** What a `webhooks` command was asked for. */
export interface WebhooksGiven {
  system?: string | undefined;
  url?: string | undefined;
  isDry: boolean;
  isJson: boolean;
  isQuiet: boolean;
  /** Asks for an address for systems that have none, by the rules of the first; absent where none are made. */
  ask?: ((first: string, all: string) => Promise<string>) | undefined;
}

/** Does work for each system that was meant, prints what came of it and sets the exit code. */
export async function runWebhooks(
  mlc: Mlc,
  given: WebhooksGiven,
  work: (name: string, url: string) => Promise<WebhookRows>,
): Promise<WebhooksJson> {
  const rows: WebhookRow[] = [];
  let error: unknown;
  for (const { name, url } of await addressesOf(mlc, given)) {
    const done = await work(name, url).catch((failure: unknown) => ({ rows: [], error: failure }));
    rows.push(...done.rows);
    error ??= done.error;
  }
  const failure = error === undefined ? undefined : reportedError(error);
  process.exitCode = worstExitCode([failure?.exitCode ?? 0, rows.some(isLacking) ? 3 : 0]);
  print(rows, failure, given);
  return { webhooks: rows, ...(failure ? { error: failure } : {}), ...(given.isDry ? { dryRun: true } : {}) };
}

function print(rows: readonly WebhookRow[], failure: ReportedError | undefined, given: WebhooksGiven): void {
  const { isDry, isJson, isQuiet } = given;
  if (!isJson && rows.length > 0 && !isQuiet) {
    const head = ["system", "of", "state", "since", "ends"];
    process.stdout.write(`${tableOf(rows.map(cellsOf), { head, columns: columnsOf(process.stdout) })}\n`);
    for (const line of new Set(rows.map(({ system, url }) => `${system} calls ${url}`)))
      process.stdout.write(`${plainLine(line)}\n`);
  }
  if (rows.length === 0 && !failure && !isQuiet)
    process.stderr.write("There is no subscription; `mlc webhooks create` makes them.\n");
  if (isDry && !isQuiet) process.stderr.write("Dry run: nothing was sent and nothing was kept.\n");
  for (const { system, topic, reason } of rows)
    if (reason !== undefined) process.stderr.write(`${plainLine(`Warning: ${system} ${topic}: ${reason}`)}\n`);
  if (failure) process.stderr.write(errorText(failure.message, failure.hint, errorColumns(process.stderr)));
  for (const name of new Set(rows.filter(isLacking).map(({ system }) => system)))
    process.stderr.write(`${plainLine(goneText(name))}\n`);
}

function isLacking({ state, done }: WebhookRow): boolean {
  return state === "gone" && done === undefined;
}

/** What to do about subscriptions that are gone. Pure. */
function goneText(name: string): string {
  return `What is gone ended, or was dropped after a bad answer: run \`mlc webhooks create ${name}\`.`;
}

/** The systems that are meant, each with the address that is. Throws UsageError, ConfigError. */
async function addressesOf(mlc: Mlc, given: WebhooksGiven): Promise<{ name: string; url: string }[]> {
  const names = await mlc.webhooks.systems(given.system);
  const asked = given.url ?? (await askedUrl(mlc, names, given));
  if (asked !== undefined && names.length > 1 && !hasNoPath(asked)) {
    const hint = `Name a system, or leave the path out: each gets its own.`;
    throw new UsageError(`${asked} has a path, and ${names.join(", ")} call different ones`, { hint });
  }
  const found: { name: string; url: string }[] = [];
  for (const name of names) {
    const url =
      asked === undefined ? await knownUrl(mlc, name, given) : await mlc.webhooks.addresses.typed(name, asked);
    if (url !== undefined) found.push({ name, url });
    else if (given.ask) process.stderr.write(`${plainLine(noAddress(name))}\n`);
  }
  return found;
}

function noAddress(name: string): string {
  return `Warning: ${name} has no address to call: set webhooks.publicUrl, or name --url.`;
}

/** Where one is to be made, the public address comes first. */
async function knownUrl(mlc: Mlc, name: string, { ask }: WebhooksGiven): Promise<string | undefined> {
  const kept = mlc.webhooks.addresses.of(name);
  return ask ? ((await mlc.webhooks.addresses.underPublic(name)) ?? kept) : kept;
}

/** Where no address is known of any of the systems, a person is asked for one, once. */
async function askedUrl(mlc: Mlc, names: readonly string[], given: WebhooksGiven): Promise<string | undefined> {
  for (const name of names) if ((await knownUrl(mlc, name, given)) !== undefined) return undefined;
  return given.ask?.(names[0] ?? "", names.join(", "));
}

function hasNoPath(text: string): boolean {
  return URL.parse(text.trim())?.pathname === "/" || !URL.canParse(text.trim());
}

/** Asks at a terminal for the address at which a receiver is reached; elsewhere --url must name it. */
export function urlAsked(mlc: Mlc, { canAsk }: { canAsk: boolean }): NonNullable<WebhooksGiven["ask"]> {
  return async (name, all) => {
    if (!canAsk) {
      throw new UsageError(`webhooks create needs --url, or webhooks.publicUrl: where ${all} reach the receiver`, {
        hint: "Run it like `mlc webhooks create --url https://sync.contoso.example`.",
      });
    }
    const { isCancelled, terminalPrompts } = await import("./terminal-prompts.ts");
    const refusal = (text: string) => {
      try {
        mlc.webhooks.addresses.checked(name, text);
        return undefined;
      } catch (error) {
        return reportedError(error).message;
      }
    };
    const message = `Address at which ${all} reach this machine's receiver (https://…)`;
    return terminalPrompts(() => {})
      .text({ message, refusal })
      .catch((cause: unknown) => {
        throw isCancelled(cause) ? new InterruptedError("Nothing was subscribed", { cause }) : cause;
      });
  };
}

function cellsOf({ system, topic, state, createdAt, endsAt, done }: WebhookRow): string[] {
  const time = (at: string | null) => (at === null ? "" : utcMinute(at));
  return [system, topic, done ?? state, createdAt?.slice(0, 10) ?? "", time(endsAt)];
}
