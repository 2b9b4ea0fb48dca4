import { join } from "node:path";
import { decodeTime } from "ulid";
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

/** Requests to the holder of the profile's lock; who puts one tries the lock again, for the holder may just have left. */
export interface Requests {
  put(request: Json): Promise<string>;
  /** Oldest first. */
  list(): Promise<HeldRequest[]>;
  /** Says what came of a request, which is over then. */
  answer(id: string, answer: Json): Promise<void>;
  /** Takes the answer to a request, if there is one. */
  takeAnswer(id: string): Promise<Json | undefined>;
  remove(id: string): Promise<void>;
}

/** Who left before the answer came does not fetch it any more. */
const answersKeptMs = 86_400_000;

/** The requests in a profile's directory. */
export function requestsIn({ disk, dir, ulid }: { disk: Disk; dir: string; ulid: () => string }): Requests {
  const folder = join(dir, "requests");
  const pathOf = (id: string) => join(folder, `${id}.json`);
  const answerOf = (id: string) => join(folder, `${id}.answer.json`);
  const put = (path: string, request: Json) => replaceFile(disk, path, summed({ schema: requestSchema, request }));
  const take = async (path: string) => {
    const bytes = await disk.read(path);
    return bytes && requestFrom(bytes, path);
  };
  return {
    put: async (request) => {
      const id = ulid();
      await disk.makeDirectory(folder);
      await put(pathOf(id), request);
      return id;
    },
    list: async () => {
      const found: HeldRequest[] = [];
      for (const id of idsOf(await disk.list(folder), /^([0-9A-Z]{26})\.json$/)) {
        const request = await take(pathOf(id));
        if (request !== undefined) found.push({ id, request });
      }
      return found;
    },
    answer: async (id, answer) => {
      const now = decodeTime(id);
      for (const old of idsOf(await disk.list(folder), /^([0-9A-Z]{26})\.answer\.json$/))
        if (decodeTime(old) < now - answersKeptMs) await disk.remove(answerOf(old));
      await put(answerOf(id), answer);
      await disk.remove(pathOf(id));
    },
    takeAnswer: async (id) => {
      const answer = await take(answerOf(id));
      if (answer !== undefined) await disk.remove(answerOf(id));
      return answer;
    },
    remove: (id) => disk.remove(pathOf(id)),
  };
}

function idsOf(names: readonly string[], pattern: RegExp): string[] {
  return names.flatMap((name) => pattern.exec(name)?.[1] ?? []);
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
