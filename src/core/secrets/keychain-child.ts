// Runs as a process of its own, because a bus that hangs blocks the whole thread and can only be killed.
import { text } from "node:stream/consumers";
import type { KeychainAnswer, KeychainRequest } from "./keychain.ts";
import { type Entries, readEntries, writeEntries } from "./keychain-entries.ts";

async function entriesOf(service: string): Promise<Entries> {
  const { AsyncEntry } = await import("keytar");
  return (account) => {
    // Without the store's name the binding falls back to the kernel keyring, which forgets.
    const entry = new AsyncEntry(service, account, { linux: { store: "secret-service" } });
    return {
      get: async () => (await entry.getPassword()) ?? undefined,
      set: (value) => entry.setPassword(value),
      remove: async () => {
        await entry.deletePassword();
      },
    };
  };
}

async function answer(request: KeychainRequest): Promise<KeychainAnswer> {
  let entries: Entries;
  try {
    entries = await entriesOf(request.service);
  } catch (error) {
    return { failed: "binding", message: messageOf(error) };
  }
  try {
    if (request.write === undefined) return { values: await readEntries(entries) };
    await writeEntries(entries, request.write);
    return { values: {} };
  } catch (error) {
    return { failed: "keychain", message: messageOf(error) };
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const request = JSON.parse(await text(process.stdin)) as KeychainRequest;
const answered = JSON.stringify(await answer(request));
// The binding's threads may keep the process; what it was asked for is answered.
process.stdout.write(answered, () => process.exit(0));
