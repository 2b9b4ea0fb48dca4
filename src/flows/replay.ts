import { UsageError } from "../core/errors.ts";
import type { NamedRecord } from "../core/find-record.ts";
import type { Named } from "../core/ports.ts";
import type { ProfileState } from "../core/profile-state.ts";
import type { FlowReport } from "../core/report.ts";
import type { IfRunning } from "../core/state/lock.ts";
import { type RunOptions, zeroCounts } from "../core/sync/run.ts";
import type { FlowName } from "./names.ts";
import type { ChosenFlow } from "./open.ts";

/** A flow that an event asks for, with what the event names. */
export interface AskedFlow extends ChosenFlow {
  ignoreSchedule: boolean;
  told: readonly string[];
  named: readonly Named[];
}

/** What a command asks of a replay. */
export interface ReplayRequest {
  /** The id is that of an event, which asks for these flows. */
  event?: readonly AskedFlow[] | undefined;
  /** Record key, log id or document number; absent: everything that is set aside. */
  id?: string | undefined;
  pair?: string | undefined;
  flow?: FlowName | undefined;
  ending?: RunOptions["ending"] | undefined;
  /** Leave what is open of it undone until the record changes; nothing is sent. */
  drop?: boolean | undefined;
  belongsTo?: string | undefined;
  /** What is asked for the records in place of sending them again: `void:<number>`, `void:*`. */
  asked?: string | undefined;
  dryRun?: boolean;
  ifRunning?: IfRunning;
}

/** What a replay works with. */
export interface ReplaySurroundings {
  state: ProfileState;
  run: string;
  command: string;
  found?: ((pair: string, flow: string, record: NamedRecord) => void) | undefined;
  runFlow(chosen: ChosenFlow, options: RunOptions): Promise<FlowReport>;
}

/** Sends the named records of each flow again, or drops them. Throws UsageError when the id names none, or several. */
export async function replayFlows(
  { state, run, command, found, runFlow }: ReplaySurroundings,
  chosen: readonly ChosenFlow[],
  request: ReplayRequest,
): Promise<FlowReport[]> {
  const { id, dryRun: isDry = false } = request;
  const flows: FlowReport[] = [];
  for (const { pair, flow } of chosen) {
    const records = await namedIn(state, { pair, flow }, id);
    if (records.length === 0) continue;
    for (const record of records) found?.(pair, flow, record);
    flows.push(
      request.drop
        ? await state.alone(pair, flow, () => dropped(state, { pair, flow, run, records, isDry }))
        : await runFlow({ pair, flow }, optionsOf(request, command, records)),
    );
  }
  if (flows.length === 0 && id !== undefined) throw unnamed(id);
  return flows;
}

/** Runs the flows that an event asks for, one after the other. */
export async function replayEvent(
  asked: readonly AskedFlow[],
  { command, dryRun = false }: { command: string; dryRun?: boolean },
  runFlow: ReplaySurroundings["runFlow"],
): Promise<FlowReport[]> {
  const flows: FlowReport[] = [];
  for (const { pair, flow, ...named } of asked)
    flows.push(await runFlow({ pair, flow }, { command, dryRun, ...named }));
  return flows;
}

/** Throws UsageError when the id names no record of the flows, or several of one. */
export async function refuseUnnamed(
  state: ProfileState,
  chosen: readonly ChosenFlow[],
  id: string | undefined,
): Promise<void> {
  if (id === undefined) return;
  let found = 0;
  for (const one of chosen) found += (await namedIn(state, one, id)).length;
  if (found === 0) throw unnamed(id);
}

async function namedIn(
  state: ProfileState,
  { pair, flow }: ChosenFlow,
  id: string | undefined,
): Promise<NamedRecord[]> {
  const records = await state.named(pair, flow, id);
  refuseAmbiguous(records, id);
  return records;
}

/** The code of the error that an id names no record. */
export const unnamedCode = "UNNAMED";

function unnamed(id: string): UsageError {
  return new UsageError(`${id} is no record, log entry or document that mlc knows`, {
    code: unnamedCode,
    hint: `Look it up with \`mlc ${/^ev\d+$/.test(id) ? "webhooks events" : "audit"}\`.`,
  });
}

function optionsOf(request: ReplayRequest, command: string, records: readonly NamedRecord[]): RunOptions {
  const { ending, belongsTo, asked, dryRun } = request;
  return {
    command,
    only: records.map(({ ref }) => ref),
    ...(ending === undefined ? {} : { ending }),
    ...(belongsTo === undefined ? {} : { belongsTo }),
    ...(asked === undefined ? {} : { asked }),
    ...(dryRun === undefined ? {} : { dryRun }),
  };
}

async function dropped(state: ProfileState, given: Parameters<ProfileState["drop"]>[0]): Promise<FlowReport> {
  const { pair, flow } = given;
  return { pair, flow, ...zeroCounts(), skipped: await state.drop(given), durationMs: 0 };
}

function refuseAmbiguous(records: readonly NamedRecord[], id: string | undefined): void {
  if (id === undefined) return;
  const keys = [...new Set(records.map(({ key }) => key))];
  if (keys.length > 1) {
    throw new UsageError(`${id} names more than one record: ${keys.join(", ")}`, {
      hint: `Name one of them, like \`mlc replay ${keys[0]}\`.`,
    });
  }
}
