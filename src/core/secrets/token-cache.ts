import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Clock } from "../clock.ts";
import { LockedError } from "../errors.ts";
import type { CachedToken, TokenCache } from "../http/token-cache.ts";
import { type Disk, replaceFile } from "../state/disk.ts";
import { acquireLock, type HeldLock } from "../state/lock.ts";
import type { Machine } from "../state/machine.ts";
import { type Box, closeBox, derivedKey, openBox } from "./box.ts";

/** What the token cache on disk needs. */
export interface TokenFilesOptions {
  disk: Disk;
  /** The profile's `tokens` directory. */
  dir: string;
  /** The profile's key from the secret store; the cache draws its own from it. */
  key: Uint8Array;
  machine: Machine;
  clock: Clock;
  /** Makes a token that no other lock has. */
  lockToken: () => string;
  signal?: AbortSignal;
}

/** The longest a token request may take; who waited so long asks for a token of its own, which harms nobody. */
const waitMs = 60_000;

/** Access tokens in encrypted files that all processes of a profile share; a file that does not open is no token. */
export function tokenFiles(options: TokenFilesOptions): TokenCache {
  const { disk, dir } = options;
  const key = derivedKey(options.key, "mlc token cache");
  const turns = new Map<string, Promise<unknown>>();
  const pathOf = (name: string) => join(dir, `${fileName(name)}.json`);
  return {
    get: async (name) => {
      const bytes = await disk.read(pathOf(name));
      return bytes && opened(key, name, bytes);
    },
    put: async (name, value) => {
      await disk.makeDirectory(dir);
      const box = closeBox(key, contextOf(name), JSON.stringify(value));
      await replaceFile(disk, pathOf(name), Buffer.from(JSON.stringify({ schema: 1, ...box })));
    },
    drop: (name) => disk.remove(pathOf(name)),
    exclusive: (name, work) => {
      const before = turns.get(name) ?? Promise.resolve();
      const mine = before.then(() => locked(options, name, work));
      turns.set(
        name,
        mine.catch(() => undefined),
      );
      return mine;
    },
  };
}

async function locked<T>(options: TokenFilesOptions, name: string, work: () => Promise<T>): Promise<T> {
  const lock = await lockOrGo(options, name);
  try {
    return await work();
  } finally {
    await lock?.release();
  }
}

async function lockOrGo(options: TokenFilesOptions, name: string): Promise<HeldLock | undefined> {
  const { lockToken: token, ...rest } = options;
  const lock = { ...rest, token, name: `${fileName(name)}.lock`, command: "token", mode: "wait", waitMs } as const;
  try {
    return await acquireLock(lock);
  } catch (error) {
    if (error instanceof LockedError) return undefined;
    throw error;
  }
}

/** Names hold hosts and client ids; a hash keeps them out of the directory and makes any of them a file name. */
function fileName(name: string): string {
  return createHash("sha256").update(name).digest("hex").slice(0, 32);
}

function contextOf(name: string): string {
  return JSON.stringify(["token", name, 1]);
}

function opened(key: Uint8Array, name: string, bytes: Buffer): CachedToken | undefined {
  const box = boxFrom(bytes);
  const text = box && openBox(key, contextOf(name), box);
  return text === undefined ? undefined : (JSON.parse(text) as CachedToken);
}

function boxFrom(bytes: Buffer): Box | undefined {
  try {
    const { nonce, data, tag } = JSON.parse(bytes.toString("utf8")) as Partial<Box>;
    if (typeof nonce !== "string" || typeof data !== "string" || typeof tag !== "string") return undefined;
    return { nonce, data, tag };
  } catch {
    // A damaged cache costs one token request and nothing else.
    return undefined;
  }
}
