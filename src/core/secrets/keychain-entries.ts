import { createHash } from "node:crypto";

/** One account of the keychain. */
export interface Entry {
  get(): Promise<string | undefined>;
  set(value: string): Promise<void>;
  remove(): Promise<void>;
}

/** The accounts of one service in the keychain. */
export type Entries = (account: string) => Entry;

/** Windows takes 2,560 bytes a value, in UTF-16. */
const partLength = 1_200;
/** The account that lists the others: a keychain cannot be searched everywhere. */
const namesAccount = "names";

/** All values of a service by name; throws when a value is not whole. */
export async function readEntries(entries: Entries): Promise<Record<string, string>> {
  const values: Record<string, string> = Object.create(null);
  for (const name of await readNames(entries)) {
    const value = await readValue(entries, name);
    if (value !== undefined) values[name] = value;
  }
  return values;
}

/** Sets or, where null, removes values; a crash between two calls loses no other value. */
export async function writeEntries(entries: Entries, values: Readonly<Record<string, string | null>>): Promise<void> {
  const names = new Set(await readNames(entries));
  for (const name of Object.keys(values)) names.add(name);
  await writeValue(entries, namesAccount, JSON.stringify([...names].sort()));
  for (const [name, value] of Object.entries(values)) {
    if (value !== null) await writeValue(entries, accountOf(name), value);
    else {
      await removeValue(entries, accountOf(name));
      names.delete(name);
    }
  }
  await writeValue(entries, namesAccount, JSON.stringify([...names].sort()));
}

async function readNames(entries: Entries): Promise<string[]> {
  const text = await readAccount(entries, namesAccount);
  return text === undefined ? [] : (JSON.parse(text) as string[]);
}

function readValue(entries: Entries, name: string): Promise<string | undefined> {
  return readAccount(entries, accountOf(name));
}

function accountOf(name: string): string {
  return `secret:${name}`;
}

function partAccount(account: string, part: number): string {
  return part === 0 ? account : `${account}#${part + 1}`;
}

/** The first part says how many there are and what the whole hashes to, so that a half-written value is not taken. */
async function readAccount(entries: Entries, account: string): Promise<string | undefined> {
  const first = await entries(account).get();
  if (first === undefined) return undefined;
  const [, count = "", hash, start = ""] = /^mlc1:(\d+):([0-9a-f]{16}):(.*)$/s.exec(first) ?? [];
  let value = start;
  for (let part = 1; part < Number(count); part += 1) value += (await entries(partAccount(account, part)).get()) ?? "";
  if (hash === undefined || hashOf(value) !== hash) throw new Error(`the entry "${account}" is not whole`);
  return value;
}

async function writeValue(entries: Entries, account: string, value: string): Promise<void> {
  const before = await partCount(entries, account);
  const count = Math.max(1, Math.ceil(value.length / partLength));
  for (let part = count - 1; part >= 0; part -= 1) {
    const text = value.slice(part * partLength, (part + 1) * partLength);
    await entries(partAccount(account, part)).set(part === 0 ? `mlc1:${count}:${hashOf(value)}:${text}` : text);
  }
  for (let part = count; part < before; part += 1) await entries(partAccount(account, part)).remove();
}

async function removeValue(entries: Entries, account: string): Promise<void> {
  const count = await partCount(entries, account);
  for (let part = 0; part < count; part += 1) await entries(partAccount(account, part)).remove();
}

async function partCount(entries: Entries, account: string): Promise<number> {
  const [, count = "1"] = /^mlc1:(\d+):/.exec((await entries(account).get()) ?? "") ?? [];
  return Number(count);
}

function hashOf(value: string): string {
  return createHash("sha256").update(value).digest("hex").slice(0, 16);
}
