import { Args, Flags } from "@oclif/core";
import { InterruptedError, UsageError, worstExitCode } from "../../core/errors.ts";
import { type ReportedError, reportedError } from "../../core/report.ts";
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
    description: "the address that is called; default: the one that `webhooks create` has kept",
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
  /** Asks a person for an address that is not known; absent where nobody can be asked. */
  ask?: ((name: string) => Promise<string>) | undefined;
}

/** Does work for each system that was meant, prints what came of it and sets the exit code. */
export async function runWebhooks(
  mlc: Mlc,
  given: WebhooksGiven,
  work: (name: string, url: string) => Promise<WebhookRows>,
): Promise<WebhooksJson> {
  const { isDry, isJson, isQuiet } = given;
  const rows: WebhookRow[] = [];
  let error: unknown;
  for (const name of await mlc.webhooks.systems(given.system)) {
    const url = await urlOf(mlc, name, given);
    if (url === undefined) continue;
    const done = await work(name, url);
    rows.push(...done.rows);
    error ??= done.error;
  }
  const failure = error === undefined ? undefined : reportedError(error);
  const isLacking = rows.some(({ state, done }) => state === "gone" && done === undefined);
  process.exitCode = worstExitCode([failure?.exitCode ?? 0, isLacking ? 3 : 0]);
  if (!isJson && rows.length > 0 && !isQuiet) {
    const head = ["system", "of", "state", "ends", "calls"];
    process.stdout.write(`${tableOf(rows.map(cellsOf), { head, columns: columnsOf(process.stdout) })}\n`);
  }
  if (rows.length === 0 && !failure && !isQuiet) process.stderr.write("There is no subscription.\n");
  if (isDry && !isQuiet) process.stderr.write("Dry run: nothing was sent and nothing was kept.\n");
  if (failure) process.stderr.write(errorText(failure.message, failure.hint, errorColumns(process.stderr)));
  const lacking = new Set(rows.flatMap((row) => (row.state === "gone" && row.done === undefined ? [row.system] : [])));
  for (const name of lacking) process.stderr.write(`${plainLine(goneText(name))}\n`);
  return { webhooks: rows, ...(failure ? { error: failure } : {}), ...(isDry ? { dryRun: true } : {}) };
}

/** What to do about subscriptions that are gone. Pure. */
export function goneText(name: string): string {
  return `What is gone ended, or was dropped after a bad answer: run \`mlc webhooks create ${name}\`.`;
}

/** The address that is meant; undefined where none is known and none is wanted. Throws UsageError. */
async function urlOf(mlc: Mlc, name: string, { url, ask }: WebhooksGiven): Promise<string | undefined> {
  if (url !== undefined) return mlc.webhooks.typedUrl(name, url);
  const known = mlc.webhooks.urlOf(name);
  if (known !== undefined || !ask) return known;
  return mlc.webhooks.typedUrl(name, await ask(name));
}

/** Asks at a terminal for the address at which a receiver is reached; elsewhere --url must name it. */
export function urlAsked(mlc: Mlc, { canAsk }: { canAsk: boolean }): (name: string) => Promise<string> {
  return async (name) => {
    if (!canAsk) {
      throw new UsageError(`webhooks create needs --url: the address at which ${name} reaches the receiver`, {
        hint: `Run it like \`mlc webhooks create ${name} --url https://sync.contoso.example\`.`,
      });
    }
    const { isCancelled, terminalPrompts } = await import("./terminal-prompts.ts");
    const refusal = (text: string) => {
      try {
        mlc.webhooks.typedUrl(name, text);
        return undefined;
      } catch (error) {
        return reportedError(error).message;
      }
    };
    const message = `Address at which ${name} reaches this machine's receiver (https://…)`;
    return terminalPrompts(() => {})
      .text({ message, refusal })
      .catch((cause: unknown) => {
        throw isCancelled(cause) ? new InterruptedError("Nothing was subscribed", { cause }) : cause;
      });
  };
}

function cellsOf({ system, topic, state, endsAt, url, done }: WebhookRow): string[] {
  const ends = endsAt === null ? "" : `${endsAt.slice(0, 16).replace("T", " ")}Z`;
  return [system, topic, done ?? state, ends, url];
}
