import { type AuditEntry, type AuditFilter, auditPieces } from "../../core/audit.ts";
import type { Outcome } from "../../core/delivery.ts";
import { UsageError } from "../../core/errors.ts";
import type { Profile } from "../../core/profile.ts";
import { put } from "./print.ts";

/** What an entry can say of a document. */
export const outcomes = [
  "created",
  "updated",
  "cancelled",
  "posted",
  "written",
  "withdrawn",
  "skipped",
  "noticed",
  "waiting",
  "dead",
  "unknown",
  "resolved",
] as const satisfies readonly Outcome[];

/** What the trail was asked for. */
export interface AuditGiven {
  about: string | undefined;
  flags: {
    pair?: string | undefined;
    flow?: string | undefined;
    since?: string | undefined;
    until?: string | undefined;
    limit?: number | undefined;
    status?: Outcome | undefined;
    json: boolean;
  };
}

/** Prints the trail as it is read: JSON Lines, or a table in pieces. Nothing where nothing matches. */
export async function printAudit(profile: Profile, given: AuditGiven): Promise<void> {
  if (given.flags.pair !== undefined) await refuseUnknownPair(given.flags.pair);
  const pieces = auditPieces(profile.disk, profile.stateDir, await filterOf(profile, given));
  if (given.flags.json) {
    for await (const entries of pieces) await put(`${entries.map((entry) => JSON.stringify(entry)).join("\n")}\n`);
    return;
  }
  let batch: AuditEntry[] = [];
  let isHeadless = false;
  const print = async () => {
    if (batch.length === 0) return;
    const { auditTable } = await import("./audit-table.ts");
    await put(`${auditTable(batch, { env: profile.surroundings.env, isHeadless })}\n`);
    isHeadless = true;
    batch = [];
  };
  for await (const entries of pieces) {
    batch.push(...entries);
    if (batch.length >= rowsAtOnce) await print();
  }
  await print();
}

const rowsAtOnce = 100;

/** The pairs come with all that their systems stand on, so they are asked only when a pair was named. */
async function refuseUnknownPair(pair: string): Promise<void> {
  const { pairKinds } = await import("../../systems/index.ts");
  if (Object.hasOwn(pairKinds, pair)) return;
  throw new UsageError(`${pair} is not a pair that mlc knows: ${Object.keys(pairKinds).join(", ")}`);
}

async function filterOf({ surroundings, clock }: Profile, { about, flags }: AuditGiven): Promise<AuditFilter> {
  const { pair, flow, limit, status } = flags;
  const date = async (flag: "since" | "until") => {
    const text = flags[flag];
    if (text === undefined) return {};
    const [{ typedInstant }, { personsZone }] = await Promise.all([import("./when.ts"), import("./zone.ts")]);
    const zone = personsZone(surroundings.env);
    return { [flag]: typedInstant({ flag, text, zone, now: clock.now(), isEnd: flag === "until" }) };
  };
  return {
    ...(await date("since")),
    ...(await date("until")),
    ...(limit === undefined ? {} : { limit }),
    endsOnly: !flags.json,
    ...(pair === undefined ? {} : { pair }),
    ...(flow === undefined ? {} : { flow }),
    ...(status === undefined ? {} : { outcome: status }),
    ...(about === undefined ? {} : { about }),
  };
}
