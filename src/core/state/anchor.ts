import { join } from "node:path";
import { Low } from "lowdb";
import type { Disk } from "./disk.ts";
import { type LogPosition, logStart } from "./log-lines.ts";
import { migrated, type Versioned } from "./schema.ts";
import { sealedFile } from "./sealed-file.ts";

const anchorSchema = 1;

/** The sealed note of where a log begins since its oldest months were removed. */
interface Anchor extends Versioned {
  /** The beginning of the first month that is kept, with number and mac of the last line that was removed. */
  position: LogPosition;
}

/** A flow's directory and what seals its files. */
export interface FlowFiles {
  disk: Disk;
  dir: string;
  key: Uint8Array;
}

/** Where a flow's log begins: at its first line, or behind the months that were removed. Throws StateError. */
export async function logBegin(flow: FlowFiles): Promise<LogPosition> {
  const anchor = await anchorFile(flow).read();
  if (anchor === null) return logStart;
  return (migrated(anchor, anchorSchema, {}, anchorPath(flow)) as Anchor).position;
}

/** Makes it known that the log begins at a position; from then on nothing before it counts. */
export async function writeLogBegin(flow: FlowFiles, position: LogPosition): Promise<void> {
  await new Low<Anchor>(anchorFile(flow), { schema: anchorSchema, position }).write();
}

function anchorFile(flow: FlowFiles) {
  return sealedFile<Anchor>({ ...flow, path: anchorPath(flow) });
}

function anchorPath({ dir }: FlowFiles): string {
  return join(dir, "anchor.json");
}
