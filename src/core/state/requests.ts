import { join } from "node:path";
import { StateError } from "../errors.ts";
import type { Json } from "../json.ts";
import { type Disk, replaceFile } from "./disk.ts";
import { migrated, type Versioned } from "./schema.ts";
import { fromSummed, summed } from "./seal.ts";

const requestSchema = 1;

/** What another process asks of the run that holds the lock. */
export interface HeldRequest {
  /** ULID; requests are taken oldest first. */
  id: string;
  request: Json;
}

/** Requests to the holder of the profile's lock; who puts one tries the lock once more, for the holder may just have left. */
export interface Requests {
  put(request: Json): Promise<string>;
  list(): Promise<HeldRequest[]>;
  remove(id: string): Promise<void>;
}

/** The requests in a profile's directory. */
export function requestsIn({ disk, dir, ulid }: { disk: Disk; dir: string; ulid: () => string }): Requests {
  const folder = join(dir, "requests");
  const pathOf = (id: string) => join(folder, `${id}.json`);
  return {
    put: async (request) => {
      const id = ulid();
      await disk.makeDirectory(folder);
      await replaceFile(disk, pathOf(id), summed({ schema: requestSchema, request }));
      return id;
    },
    list: async () => {
      const ids = (await disk.list(folder)).flatMap((name) => /^([0-9A-Z]{26})\.json$/.exec(name)?.[1] ?? []);
      const found: HeldRequest[] = [];
      for (const id of ids) {
        const bytes = await disk.read(pathOf(id));
        if (bytes === undefined) continue;
        found.push({ id, request: requestFrom(bytes, pathOf(id)) });
      }
      return found;
    },
    remove: (id) => disk.remove(pathOf(id)),
  };
}

function requestFrom(bytes: Buffer, path: string): Json {
  const found = fromSummed<Versioned & { request: Json }>(bytes);
  if (found !== undefined) {
    return (migrated(found, requestSchema, {}, path) as typeof found).request;
  }
  throw new StateError(`The request ${path} is damaged.`, {
    code: "FILE_DAMAGED",
    hint: `Remove ${path} and ask again for what it asked.`,
  });
}
