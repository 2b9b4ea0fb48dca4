import { join } from "node:path";
import { z } from "zod";
import { UnavailableError } from "./errors.ts";
import type { RunProgram } from "./program.ts";
import type { FlowReport, ReportedError, StatusReport } from "./report.ts";
import { type Disk, replaceFile } from "./state/disk.ts";
import { isPassing, stopCause } from "./status.ts";

const heartbeatMs = 10_000;

/** What the alerts work with. */
export interface AlertsOptions {
  disk: Disk;
  /** The profile's directory. */
  dir: string;
  alerts: { heartbeatUrl?: string | undefined; onAttention?: string[] | undefined };
  run: RunProgram;
  fetch: typeof fetch;
}

/** How a profile stands after a run. */
export interface Stand {
  /** What the run came to. */
  flows: readonly FlowReport[];
  status: StatusReport;
  causes: readonly string[];
  /** Nobody knows how the flows stand. */
  isUnreadable?: true;
}

/** Tells whom the settings name: the program of what needs a person, the watchdog when no flow stands still. What failed of it. */
export async function tellAll(
  options: AlertsOptions,
  { flows, status, causes, isUnreadable }: Stand,
): Promise<unknown[]> {
  const { heartbeatUrl, onAttention } = options.alerts;
  // A flow that could not even begin has left no trace in its state.
  const stopped = flows.flatMap(({ pair, flow, error }) => (error ? [{ pair, flow, error }] : []));
  const needing = stopped.filter(({ error }) => !isPassing(error.exitCode));
  const standing = status.flows.filter((flow) => flow.enabled && (flow.late || flow.stopped !== null));
  const told = await Promise.allSettled([
    onAttention &&
      tellAttention({
        ...options,
        program: onAttention,
        causes: [...causes, ...needing.map((flow) => stopCause(flow, flow.error.exitCode))],
        texts: [...status.attention, ...needing.filter((flow) => !isTold(flow, status)).map(textOf)],
      }),
    heartbeatUrl !== undefined &&
      !isUnreadable &&
      stopped.length + standing.length === 0 &&
      sendHeartbeat(heartbeatUrl, options.fetch),
  ]);
  return told.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
}

type Stopped = Pick<FlowReport, "pair" | "flow"> & { error: ReportedError };

/** Its state names what stopped it, so that the status has a sentence of it. */
function isTold({ pair, flow }: Stopped, { flows }: StatusReport): boolean {
  return flows.some((one) => one.pair === pair && one.flow === flow && one.stopped !== null);
}

function textOf({ pair, flow, error: { message, hint } }: Stopped): string {
  return `${pair} ${flow}: ${message}${hint === undefined ? "" : ` ${hint}`}`;
}

/** Tells a watchdog that mlc is alive and well. Throws UnavailableError that names its host and nothing else of its address. */
async function sendHeartbeat(url: string, fetch: typeof globalThis.fetch): Promise<void> {
  const { host } = new URL(url);
  const hint = "See that alerts.heartbeatUrl is right and that this machine can reach it.";
  const response = await fetch(url, { signal: AbortSignal.timeout(heartbeatMs) }).catch((cause: unknown) => {
    throw new UnavailableError(`The heartbeat to ${host} was not sent: it cannot be reached.`, { cause, hint });
  });
  await response.body?.cancel();
  if (!response.ok)
    throw new UnavailableError(`The heartbeat to ${host} was refused with ${response.status}.`, { hint });
}

const toldFile = z.object({ schema: z.literal(1), told: z.array(z.string()) });

/**
 * Runs the program when there is a cause that it was not told of yet, with all texts on its stdin; what is over is
 * forgotten, so that it is told again when it comes back. A cause counts as told once the program has ended well.
 */
async function tellAttention(given: {
  disk: Disk;
  dir: string;
  program: readonly string[];
  run: RunProgram;
  causes: readonly string[];
  texts: readonly string[];
}): Promise<void> {
  const { disk, dir, program, run, texts } = given;
  const path = join(dir, "attention.json");
  const told = toldIn(await disk.read(path));
  const causes = [...new Set(given.causes)].sort();
  if (causes.some((cause) => !told.includes(cause))) await run(program, `${texts.join("\n")}\n`);
  if (causes.join("\n") === told.join("\n")) return;
  await replaceFile(disk, path, Buffer.from(JSON.stringify({ schema: 1, told: causes })));
}

/** To be told twice is better than not at all, so what cannot be read is nothing. */
function toldIn(bytes: Buffer | undefined): string[] {
  try {
    return toldFile.parse(JSON.parse(bytes?.toString("utf8") ?? "null")).told;
  } catch {
    return [];
  }
}
