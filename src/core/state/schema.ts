import { StateError } from "../errors.ts";

/** The version of a flow's state on disk; log, snapshot and its parts share it, so that none is newer than it says. */
export const stateSchema = 3;

/** A file's content with the version of its shape. */
export interface Versioned {
  schema: number;
}

/** How a file's shape grew: the entry under n makes version n + 1 of version n. */
export type Migrations = Readonly<Record<number, (old: Versioned) => Versioned>>;

/** Throws StateError when the file's version is newer than the one this mlc knows. */
export function refuseNewer(found: number, current: number, path: string): void {
  if (found <= current) return;
  throw new StateError(`${path} was written by a newer mlc (schema ${found}, this one knows ${current}).`, {
    code: "SCHEMA_NEWER",
    hint: "Run the newer mlc, or restore a backup from before it took this file over.",
  });
}

/** Whether steps lead from a version to the current one. Pure. */
export function leadsOn(found: number, current: number, migrations: Migrations): boolean {
  return found === current || (migrations[found] !== undefined && leadsOn(found + 1, current, migrations));
}

/** The content in the current shape; throws StateError when it is newer than this mlc or no step leads on from it. Pure. */
export function migrated(found: Versioned, current: number, migrations: Migrations, path: string): Versioned {
  refuseNewer(found.schema, current, path);
  let data = found;
  while (data.schema !== current) {
    const step = migrations[data.schema];
    if (step === undefined) {
      throw new StateError(`${path} has schema ${String(data.schema)}, which this mlc cannot read.`, {
        code: "SCHEMA_UNKNOWN",
        hint: `Restore ${path} from a backup.`,
      });
    }
    data = step(data);
  }
  return data;
}
