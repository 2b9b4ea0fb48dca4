import { join } from "node:path";
import { Low } from "lowdb";
import { StateError } from "../errors.ts";
import type { Failpoint } from "../failpoint.ts";
import { type Deliveries, FieldNames, type StoredDeliveries, storedDeliveries } from "./deliveries.ts";
import type { Disk } from "./disk.ts";
import { emptyState, type FlowState } from "./fold.ts";
import { type LogPosition, logStart } from "./log-lines.ts";
import { type PartName, Parts } from "./parts.ts";
import { type Migrations, migrated, refuseNewer, stateSchema } from "./schema.ts";
import { sealed } from "./seal.ts";
import { sealedFile } from "./sealed-file.ts";
import { keepBackup } from "./versioned.ts";

/** Up to so many open deliveries stand in `state.json` itself, more of them in its parts. */
export const deliveriesInOneFile = 20_000;

/** Version 2 brought parts and version 3 deliveries as text; what older ones wrote has none and stands as it is. */
const stateMigrations: Migrations = { 1: (old) => ({ ...old, schema: 2 }), 2: (old) => ({ ...old, schema: 3 }) };

/** A flow's log folded up to a position. */
export interface Snapshot {
  schema: number;
  position: LogPosition;
  /** Number of the last file of closed deliveries that this snapshot knows. */
  filed: number;
  state: FlowState;
}

/** A snapshot as `state.json` has it: with parts, the deliveries stand in these. */
interface StoredSnapshot extends Omit<Snapshot, "state"> {
  parts?: PartName[];
  /** Names of fields that the deliveries' texts speak of by number. */
  fields?: readonly string[][];
  state: Omit<FlowState, "deliveries"> & { deliveries: StoredDeliveries };
}

/** What the snapshots need of their surroundings. */
export interface SnapshotOptions {
  disk: Disk;
  dir: string;
  key: Uint8Array;
  failpoint: Failpoint;
  readOnly: boolean;
  migrations?: Migrations;
  deliveriesInOneFile?: number;
}

type Read = { found: "whole"; snapshot: Snapshot; parts?: PartName[] } | { found: "absent" | "damaged" };

/** The last two snapshots of a flow, `state.json` and `state.1.json`, each with the parts it names. */
export class Snapshots {
  readonly #options: SnapshotOptions;
  readonly #parts: Parts;
  #newest: Read["found"] = "absent";
  #kept: Pick<StoredSnapshot, "filed" | "parts">[] = [];

  constructor(options: SnapshotOptions) {
    this.#options = options;
    this.#parts = new Parts(options);
  }

  /** Numbers of the last file of closed deliveries that the two snapshots on disk know. */
  get kept(): readonly number[] {
    return this.#kept.map(({ filed }) => filed);
  }

  /** The newest whole snapshot; the empty one when the log must be read from its start. */
  async read(): Promise<Snapshot> {
    const newest = await this.#readOne("state.json");
    this.#newest = newest.found;
    const older = newest.found === "whole" ? undefined : await this.#readOne("state.1.json");
    const read = older ?? newest;
    if (read.found === "whole") {
      const { parts, snapshot } = read;
      this.#kept = [{ filed: snapshot.filed, ...(parts ? { parts } : {}) }];
      return snapshot;
    }
    return { schema: stateSchema, position: logStart, filed: 0, state: emptyState() };
  }

  /** Both snapshots, when both are whole; none otherwise. */
  async both(): Promise<Snapshot[]> {
    const read = [await this.#readOne("state.json"), await this.#readOne("state.1.json")];
    const whole = read.flatMap((one) => (one.found === "whole" ? [one.snapshot] : []));
    return whole.length === read.length ? whole : [];
  }

  /** Writes a snapshot; the one before it stays as `state.1.json`. */
  async write(position: LogPosition, filed: number, state: FlowState): Promise<void> {
    const { failpoint } = this.#options;
    const stored = await this.#stored({ schema: stateSchema, position, filed, state });
    failpoint("state.write.before");
    await new Low<StoredSnapshot>(
      this.#file("state.json", () => this.#rotate()),
      stored,
    ).write();
    this.#newest = "whole";
    this.#kept = [stored, ...this.#kept.slice(0, 1)].map(({ filed, parts }) => ({
      filed,
      ...(parts ? { parts } : {}),
    }));
    failpoint("state.rename.after");
    await this.#parts.prune(this.#kept.flatMap(({ parts = [] }) => parts));
  }

  /** The snapshot as it goes into `state.json`, after its parts are safe. */
  async #stored(snapshot: Snapshot): Promise<StoredSnapshot> {
    const { deliveries, ...rest } = snapshot.state;
    const texts = deliveries.texts();
    const stored = { ...snapshot, fields: deliveries.names.lists };
    const most = this.#options.deliveriesInOneFile ?? deliveriesInOneFile;
    if (texts.size <= most) return { ...stored, state: { ...rest, deliveries: Object.fromEntries(texts) } };
    // The log's number names the generation: it only grows, and the same lines fold to the same deliveries.
    const parts = await this.#parts.write(snapshot.position.seq, texts);
    return { ...stored, parts, state: { ...rest, deliveries: {} } };
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
      refuseNewer(data.schema, stateSchema, join(this.#options.dir, name));
      const stored = data.parts ? await this.#parts.read(data.parts) : data.state.deliveries;
      if (stored === undefined) return { found: "damaged" };
      const whole = { ...data, state: { ...data.state, deliveries: stored } };
      const { parts, fields, state, ...rest } = await this.#migrate(name, whole);
      const deliveries = storedDeliveries(state.deliveries, new FieldNames(fields));
      const snapshot = { ...rest, state: revived(state, deliveries) };
      return { found: "whole", snapshot, ...(parts ? { parts } : {}) };
    } catch (error) {
      if (error instanceof StateError && error.context.code === "FILE_DAMAGED") return { found: "damaged" };
      throw error;
    }
  }

  async #migrate(name: string, data: StoredSnapshot): Promise<StoredSnapshot> {
    const { disk, dir, key, readOnly, migrations = stateMigrations } = this.#options;
    const upgraded = migrated(data, stateSchema, migrations, join(dir, name)) as StoredSnapshot;
    if (upgraded === data) return data;
    // Its parts have the old version too; they are written anew, and so the backup holds what they held.
    this.#parts.forget();
    const { parts: _, ...backup } = data;
    if (!readOnly) await keepBackup(disk, join(dir, name), sealed(key, backup).bytes, data.schema);
    return upgraded;
  }

  #file(name: string, beforeRename?: () => Promise<void>) {
    const { disk, dir, key } = this.#options;
    return sealedFile<StoredSnapshot>({ disk, key, path: join(dir, name), ...(beforeRename ? { beforeRename } : {}) });
  }
}

/** A state read from JSON, its maps without prototype again. */
function revived(state: StoredSnapshot["state"], deliveries: Deliveries): FlowState {
  const { intents, asides, dropped, ...rest } = state;
  const empty = emptyState();
  Object.assign(empty.intents, intents);
  Object.assign(empty.asides, asides);
  Object.assign(empty.dropped, dropped);
  return { ...empty, ...rest, deliveries };
}
