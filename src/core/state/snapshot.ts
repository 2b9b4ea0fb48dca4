import { join } from "node:path";
import { Low } from "lowdb";
import { StateError } from "../errors.ts";
import type { Failpoint } from "../failpoint.ts";
import { type Disk, replaceFile } from "./disk.ts";
import { emptyState, type FlowState } from "./fold.ts";
import { type LogPosition, logStart } from "./log-lines.ts";
import { type Migrations, migrated, stateSchema } from "./schema.ts";
import { sealedFile } from "./sealed-file.ts";

/** Version 2 brought parts; what version 1 wrote has none and stands as it is. */
const stateMigrations: Migrations = { 1: (old) => ({ ...old, schema: 2 }) };

/** A flow's log folded up to a position. */
export interface Snapshot {
  schema: number;
  position: LogPosition;
  /** Number of the last file of closed deliveries that this snapshot knows. */
  filed: number;
  state: FlowState;
}

/** What the snapshots need of their surroundings. */
export interface SnapshotOptions {
  disk: Disk;
  dir: string;
  key: Uint8Array;
  failpoint: Failpoint;
  readOnly: boolean;
  migrations?: Migrations;
}

type Read = { found: "whole"; snapshot: Snapshot } | { found: "absent" | "damaged" };

/** The last two snapshots of a flow, `state.json` and `state.1.json`. */
export class Snapshots {
  readonly #options: SnapshotOptions;
  #newest: Read["found"] = "absent";
  #kept: number[] = [];

  constructor(options: SnapshotOptions) {
    this.#options = options;
  }

  /** Numbers of the last file of closed deliveries that the two snapshots on disk know. */
  get kept(): readonly number[] {
    return this.#kept;
  }

  /** The newest whole snapshot; the empty one when the log must be read from its start. */
  async read(): Promise<Snapshot> {
    const newest = await this.#readOne("state.json");
    this.#newest = newest.found;
    const older = newest.found === "whole" ? undefined : await this.#readOne("state.1.json");
    const read = older ?? newest;
    if (read.found === "whole") {
      this.#kept = [read.snapshot.filed];
      return read.snapshot;
    }
    return { schema: stateSchema, position: logStart, filed: 0, state: emptyState() };
  }

  /** Writes a snapshot; the one before it stays as `state.1.json`. */
  async write(position: LogPosition, filed: number, state: FlowState): Promise<void> {
    const { failpoint } = this.#options;
    failpoint("state.write.before");
    const low = new Low<Snapshot>(
      this.#file("state.json", () => this.#rotate()),
      { schema: stateSchema, position, filed, state },
    );
    await low.write();
    this.#newest = "whole";
    this.#kept = [filed, ...this.#kept.slice(0, 1)];
    failpoint("state.rename.after");
  }

  async #rotate(): Promise<void> {
    const { disk, dir, failpoint } = this.#options;
    failpoint("state.rename.before");
    if (this.#newest === "absent") return;
    // A damaged file must not push out the older whole one.
    const to = this.#newest === "whole" ? "state.1.json" : "state.damaged.json";
    await disk.rename(join(dir, "state.json"), join(dir, to));
    this.#newest = "absent";
    failpoint("state.rename.between");
  }

  async #readOne(name: string): Promise<Read> {
    try {
      const data = await this.#file(name).read();
      if (data === null) return { found: "absent" };
      const snapshot = (await this.#migrate(name, data)) as Snapshot;
      return { found: "whole", snapshot: { ...snapshot, state: revived(snapshot.state) } };
    } catch (error) {
      if (error instanceof StateError && error.context.code === "FILE_DAMAGED") return { found: "damaged" };
      throw error;
    }
  }

  async #migrate(name: string, data: Snapshot) {
    const { disk, dir, readOnly, migrations = stateMigrations } = this.#options;
    const path = join(dir, name);
    const upgraded = migrated(data, stateSchema, migrations, path);
    if (upgraded !== data && !readOnly) {
      const raw = await disk.read(path);
      if (raw) await replaceFile(disk, join(dir, name.replace(/\.json$/, `.v${data.schema}.json`)), raw);
    }
    return upgraded;
  }

  #file(name: string, beforeRename?: () => Promise<void>) {
    const { disk, dir, key } = this.#options;
    return sealedFile<Snapshot>({ disk, key, path: join(dir, name), ...(beforeRename ? { beforeRename } : {}) });
  }
}

/** A state read from JSON, its maps without prototype again. */
function revived(state: FlowState): FlowState {
  const { deliveries, intents, asides, dropped, ...rest } = state;
  const empty = emptyState();
  Object.assign(empty.deliveries, deliveries);
  Object.assign(empty.intents, intents);
  Object.assign(empty.asides, asides);
  Object.assign(empty.dropped, dropped);
  return { ...empty, ...rest };
}
