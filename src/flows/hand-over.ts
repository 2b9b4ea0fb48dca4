import { z } from "zod";
import type { Clock } from "../core/clock.ts";
import { isSettings } from "../core/config.ts";
import { MlcError } from "../core/errors.ts";
import type { NamedRecord } from "../core/find-record.ts";
import type { Json } from "../core/json.ts";
import type { Named } from "../core/ports.ts";
import { type ReportedError, reportedError, type SyncReport } from "../core/report.ts";
import type { Requests } from "../core/state/requests.ts";
import { flowNames } from "./names.ts";
import type { ReplayRequest } from "./replay.ts";

/** A record that a replay found, with the flow that it is in. */
export interface FoundRecord {
  pair: string;
  flow: string;
  record: NamedRecord;
}

/** What came of a replay that another process did. */
export type ServedReplay = { report: SyncReport; found: FoundRecord[] } | { error: ReportedError };

const askedFlow = z.strictObject({
  pair: z.string(),
  flow: z.enum(flowNames),
  ignoreSchedule: z.boolean(),
  told: z.array(z.string()),
  named: z.array(z.custom<Named>(isSettings)),
});

const replayRequest = z.strictObject({
  event: z.array(askedFlow).optional(),
  id: z.string().optional(),
  pair: z.string().optional(),
  flow: z.enum(flowNames).optional(),
  ending: z.union([z.literal("createAnyway"), z.strictObject({ adopt: z.string() })]).optional(),
  drop: z.boolean().optional(),
  belongsTo: z.string().optional(),
  asked: z.string().optional(),
  /** Nobody waits for its answer, and what stops it is no end of it. */
  unattended: z.literal(true).optional(),
});

const servedReplay = z.union([
  z.object({ error: z.custom<ReportedError>(isSettings) }),
  z.object({ report: z.custom<SyncReport>(isSettings), found: z.array(z.custom<FoundRecord>(isSettings)) }),
]);

/** What stopped a replay in the process that did it. */
export class ServedError extends MlcError {
  readonly disposition = "stopRun";
  readonly exitCode: number;

  constructor({ kind, message, hint, exitCode }: ReportedError) {
    super(message, hint === undefined ? {} : { hint });
    this.name = kind;
    this.exitCode = exitCode;
  }
}

const pollMs = 250;

/** What handing over needs. */
export interface HandOver {
  requests: Requests;
  clock: Clock;
  signal: AbortSignal;
  waitMs: number;
  /** Does the work here when the lock is free and `answered` gives nothing then; undefined when another run holds it. */
  tryHere(answered: () => Promise<ServedReplay | undefined>): Promise<ServedReplay | undefined>;
}

/**
 * Leaves a replay to the run that holds the lock and waits for its answer; undefined when it is still to come. When that
 * run ends, or dies, without having taken it up, the replay is done here.
 */
export async function handOver(
  { requests, clock, signal, waitMs, tryHere }: HandOver,
  { ifRunning: _, dryRun: __, ...request }: ReplayRequest,
): Promise<ServedReplay | undefined> {
  const id = await requests.put(asJson(request));
  const until = clock.now().getTime() + waitMs;
  try {
    while (clock.now().getTime() < until) {
      const done = (await answerTo(requests, id)) ?? (await tryHere(() => lastAnswer(requests, id)));
      if (done) return done;
      await clock.sleep(pollMs, signal);
    }
  } catch (error) {
    await requests.remove(id);
    throw error;
  }
  return undefined;
}

/** Does what others asked of the holder of the lock; each is answered, also when it cannot be done. */
export async function serveRequests(
  requests: Requests,
  replay: (request: ReplayRequest) => Promise<ServedReplay>,
): Promise<void> {
  for (const { id, request } of await requests.list()) {
    const parsed = replayRequest.safeParse(request);
    const { unattended: isUnattended, ...given } = parsed.success ? parsed.data : {};
    const answer = parsed.success ? await answered(replay, given) : { error: reportedError(parsed.error) };
    if (!isUnattended) await requests.answer(id, asJson(answer));
    else if (isOver(answer)) await requests.remove(id);
  }
}

/** A request of mlc's own: it stays until it could be done. Pure. */
export function unattended(request: Pick<ReplayRequest, "id" | "pair" | "flow">): Json {
  return asJson({ ...request, unattended: true });
}

/** Done, or never to be done, because no record has that name. */
function isOver(answer: ServedReplay): boolean {
  return "error" in answer ? answer.error.exitCode === 2 : answer.report.flows.every(({ error }) => !error);
}

async function answered(
  replay: (request: ReplayRequest) => Promise<ServedReplay>,
  request: ReplayRequest,
): Promise<ServedReplay> {
  try {
    return await replay(request);
  } catch (error) {
    return { error: reportedError(error) };
  }
}

async function answerTo(requests: Requests, id: string): Promise<ServedReplay | undefined> {
  const answer = await requests.takeAnswer(id);
  return answer === undefined ? undefined : servedReplay.parse(answer);
}

/** The answer of a holder that has just left; without one the request is taken back. */
async function lastAnswer(requests: Requests, id: string): Promise<ServedReplay | undefined> {
  const answer = await answerTo(requests, id);
  if (!answer) await requests.remove(id);
  return answer;
}

function asJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}
