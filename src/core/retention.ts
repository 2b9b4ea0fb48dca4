import { join } from "node:path";
import type { z } from "zod";
import { storedFlows } from "./audit.ts";
import type { Failpoint } from "./failpoint.ts";
import type { profileSections } from "./profile-settings.ts";
import { type Disk, replaceFile } from "./state/disk.ts";
import { pruneFiles } from "./state/prune-files.ts";
import { pruneLogs } from "./state/prune-logs.ts";
import { fromSummed, summed } from "./state/seal.ts";

/** How many days files are kept. */
export type Retention = z.infer<typeof profileSections.retention>;

/** Where old files are looked for. */
export interface RetentionOptions {
  disk: Disk;
  /** The profile's directory. */
  dir: string;
  now: Date;
  failpoint: Failpoint;
  /** The key that seals the logs. */
  macKey(): Promise<Uint8Array>;
  /** Does work on a flow when no run of this process is on it. */
  alone<T>(pair: string, flow: string, work: () => Promise<T>): Promise<T>;
}

const dayMs = 86_400_000;

/** Removes what is older than a profile keeps it, at most once a day; only for whoever holds the lock. Throws StateError. */
export async function removeOld(retention: Retention, options: RetentionOptions): Promise<void> {
  const { disk, dir, now, failpoint } = options;
  const noted = join(dir, "retention.json");
  const bytes = await disk.read(noted);
  const last = bytes && fromSummed<{ at: string }>(bytes)?.at;
  if (last !== undefined && Math.abs(now.getTime() - Date.parse(last)) < dayMs) return;
  const before = (days: number) => new Date(now.getTime() - days * dayMs);
  const { logs, labels, inbox } = retention;
  if (labels !== "keep") await pruneFiles(disk, join(dir, "labels"), before(labels));
  if (inbox !== "keep") await pruneFiles(disk, join(dir, "inbox"), before(inbox));
  if (logs !== "keep") {
    const key = await options.macKey();
    for (const { pair, flow, dir: flowDir } of await storedFlows(disk, join(dir, "state")))
      await options.alone(pair, flow, () => pruneLogs({ disk, dir: flowDir, key, failpoint }, before(logs)));
  }
  await replaceFile(disk, noted, summed({ schema: 1, at: now.toISOString() }));
}
