import { jumpingClock } from "../../../src/core/clock.ts";
import { readConfig, writeConfig } from "../../../src/core/config.ts";
import { noFailpoint } from "../../../src/core/failpoint.ts";
import type { Json } from "../../../src/core/json.ts";
import { ProfileSecrets } from "../../../src/core/secrets/profile-secrets.ts";
import { readLog } from "../../../src/core/state/audit-reader.ts";
import { type FlowStoreOptions, flowDirectory, openFlowStore } from "../../../src/core/state/flow-store.ts";
import { acquireLock, type LockOptions, readHolder } from "../../../src/core/state/lock.ts";
import { verifyLog } from "../../../src/core/state/log-check.ts";
import type { Machine } from "../../../src/core/state/machine.ts";
import { requestsIn } from "../../../src/core/state/requests.ts";
import { syncFlow } from "../../../src/core/sync.ts";
import { MemoryErp, MemoryShipper } from "../sync/memory-systems.ts";
import { counter } from "./kit.ts";
import type { MemoryDisk } from "./memory-disk.ts";

const dir = "/profile";
const stateDir = `${dir}/state`;
const keyFile = `${dir}/vault.key`;
/** Sizes under which a few orders are filed and split over parts. */
const small = { closedPerFiling: 1, deliveriesInOneFile: 2, linesPerSnapshot: 12 };

/** A profile on one disk with an ERP and a shipper, where each run is a process of its own. */
export class RunsWorld {
  readonly erp = new MemoryErp();
  readonly shipper: MemoryShipper;
  readonly clock = jumpingClock(new Date("2026-03-31T20:00:00Z"));
  disk: MemoryDisk;
  /** Ids of the log lines that the store said were safe. */
  readonly acknowledged: string[] = [];
  #pid = 100;
  #boot = 1;
  readonly #ulid = counter();

  constructor(disk: MemoryDisk, reads: MemoryErp["reads"]) {
    this.disk = disk;
    // Other tests cut lines; these read whole logs thousands of times.
    disk.chunkSize = 65_536;
    this.erp.reads = reads;
    this.shipper = new MemoryShipper({ settleMs: 60_000 });
  }

  /** The power goes and comes back. */
  reboot(cut: Parameters<MemoryDisk["powerCut"]>[0]): void {
    this.#boot += 1;
    this.disk.fault = undefined;
    this.disk.powerCut(cut);
  }

  /** What connect keeps: config, vault key, vault. */
  async connect(): Promise<void> {
    const { disk } = this;
    await disk.makeDirectory(dir);
    const config = await readConfig(disk, `${dir}/config.json`);
    const secrets = this.#secrets();
    await secrets.makeVaultKey();
    await secrets.write({ "erp.clientSecret": "s" }, "vault");
    await writeConfig(disk, `${dir}/config.json`, { ...config, secrets: "vault", erp: { host: "h" } });
  }

  /** One run as one process: secrets, token, requests, lock, state, flow. */
  async run(): Promise<void> {
    const { disk, clock } = this;
    this.#pid += 1;
    clock.advance(3 * 3_600_000);
    await readConfig(disk, `${dir}/config.json`);
    const secrets = this.#secrets();
    const lock = await acquireLock({ ...this.#lockOptions(), command: "sync" });
    try {
      const tokens = secrets.tokens();
      await tokens.exclusive("erp", async () => {
        if ((await tokens.get("erp"))?.token !== String(this.#pid - 1))
          await tokens.put("erp", { token: String(this.#pid), expiresAt: clock.now().toISOString() });
      });
      await this.#serveRequests();
      await this.#sync(await secrets.macKey(), () => lock?.assertHeld() ?? Promise.resolve());
    } finally {
      await lock?.release();
    }
  }

  /** What a person does who sees the error, and then cron. */
  async mend(): Promise<void> {
    await this.connect();
    for (let run = 0; run < 2; run += 1) await this.run();
  }

  /** Another disk in this one's place, as a restore or a bad block leaves it. */
  on(disk: MemoryDisk): this {
    this.disk = disk;
    return this;
  }

  /** A holder that lives, as another process of this machine. */
  async takeLock(): Promise<void> {
    await acquireLock({ ...this.#lockOptions(), command: "sync" });
  }

  async ask(request: Json): Promise<void> {
    await requestsIn({ disk: this.disk, dir, ulid: this.#ulid }).put(request);
  }

  /** All that a run reads of the profile; throws what a run would end with. */
  async view(): Promise<unknown> {
    const { disk } = this;
    const config = await readConfig(disk, `${dir}/config.json`);
    const secrets = this.#secrets();
    const all = Object.entries(await secrets.all()).map(([name, secret]) => `${name} ${secret.reveal()}`);
    const token = await secrets.tokens().get("erp");
    const requests = (await requestsIn({ disk, dir, ulid: this.#ulid }).list()).map(({ request }) => request);
    const holder = await readHolder(disk, `${dir}/lock`);
    const store = await openFlowStore({ ...this.#storeOptions(await secrets.macKey()), readOnly: true });
    const deliveries = [...(await store.load([...this.erp.rows.keys()]))];
    const holders = await Promise.all([...this.erp.rows.keys()].map((key) => store.holder(key)));
    const { deliveries: _, ...state } = store.state;
    const others = structuredClone({ config, all, requests, holder, deliveries, holders, state });
    return JSON.parse(JSON.stringify({ ...others, token: token ?? "asked for anew" }));
  }

  /** Everything that must hold after any fault. */
  async lost(): Promise<string[]> {
    const { disk } = this;
    const flow = flowDirectory(stateDir, "erp-shipper", "orders");
    const found = new Set<string>();
    for await (const line of readLog(disk, flow)) found.add(line.id);
    const verdict = await verifyLog(disk, flow, await this.#secrets().macKey());
    return [
      ...this.acknowledged.filter((id) => !found.has(id)).map((id) => `line ${id}`),
      ...(verdict.problem ? [verdict.problem.message] : []),
    ];
  }

  /** Writes that the shipper took twice, and orders that it never got. */
  misdelivered(): string[] {
    const writes = this.shipper.ledger.map(({ key, action, text }) => `${key} ${action} ${text}`);
    const twice = writes.filter((write, at) => writes.indexOf(write) !== at);
    const missing = [...this.erp.rows.values()].filter(
      ({ id, status, text }) => status === "open" && this.shipper.documents.get(id)?.text !== text,
    );
    return [...twice, ...missing.map(({ id }) => `${id} is missing`)];
  }

  async #serveRequests(): Promise<void> {
    const requests = requestsIn({ disk: this.disk, dir, ulid: this.#ulid });
    await requests.put({ replay: "SO-1" });
    for (const { id } of await requests.list()) await requests.remove(id);
  }

  async #sync(macKey: Uint8Array, assertHeld: () => Promise<void>): Promise<void> {
    const { clock, erp, shipper } = this;
    const store = await openFlowStore(this.#storeOptions(macKey));
    const { append } = store;
    store.append = async (drafts) => {
      const lines = await append.call(store, drafts);
      this.acknowledged.push(...lines.map(({ id }) => id));
      return lines;
    };
    try {
      const { error } = await syncFlow({
        flow: { pair: "erp-shipper", name: "orders", source: erp, target: shipper },
        store,
        clock,
        signal: new AbortController().signal,
        run: "run",
        options: { command: "sync orders", ignoreSchedule: true },
        observer: {},
        account: { erp: "a" },
        mapping: "m1",
        assertHeld,
        findOrder: async () => undefined,
        lookAgain: async () => {},
        failpoint: noFailpoint,
        callsMade: () => shipper.sends,
        budgets: () => [],
        waitingMaxDays: 14,
      });
      if (error !== undefined) throw error;
    } finally {
      await store.close();
    }
  }

  #lockOptions(): Omit<LockOptions, "command"> {
    const { disk, clock } = this;
    return { disk, dir, clock, machine: this.#machine(), token: this.#ulid, mode: "fail", waitMs: 0 };
  }

  #storeOptions(macKey: Uint8Array): FlowStoreOptions {
    const { disk, clock } = this;
    const names = { dir: stateDir, pair: "erp-shipper", flow: "orders" };
    return { disk, ...names, macKey, clock, ulid: this.#ulid, failpoint: noFailpoint, ...small };
  }

  #secrets(): ProfileSecrets {
    return new ProfileSecrets({
      disk: this.disk,
      dir,
      profile: "default",
      kind: "vault",
      env: { MLC_VAULT_KEY_FILE: keyFile },
      isTty: false,
      clock: this.clock,
      machine: this.#machine(),
      lockToken: this.#ulid,
      signal: new AbortController().signal,
    });
  }

  #machine(): Machine {
    const [pid, boot] = [this.#pid, this.#boot];
    return {
      self: async () => ({ host: "h", machine: "m", boot: String(boot), namespace: "n", pid, start: String(pid) }),
      process: async (other) => (other === pid ? { runs: true, start: String(pid) } : { runs: false }),
    };
  }
}

/** A few days of a shop: new orders, edits, a cancellation, a dead letter, orders that close. Returns what runs failed with. */
export async function days(world: RunsWorld): Promise<unknown[]> {
  const { erp } = world;
  const errors: unknown[] = [];
  const attempt = (work: Promise<void>) => work.catch((error: unknown) => void errors.push(error));
  await attempt(world.connect());
  // Who sees it fail tries again.
  if (errors.length > 0) await attempt(world.connect());
  for (const id of ["SO-1", "SO-2", "SO-3", "SO-4"]) erp.put(id);
  await attempt(world.run());
  if (erp.reads === "open") {
    erp.put("SO-2", "second");
    erp.put("SO-3", "first", "cancelled");
    erp.put("SO-5").isBroken = true;
  }
  erp.put("SO-6");
  await attempt(world.run());
  if (erp.reads === "open") {
    for (const id of ["SO-1", "SO-2", "SO-4"]) if (isTaken(world, id)) erp.put(id, erp.rows.get(id)?.text, "closed");
    erp.put("SO-5", "mended");
  }
  erp.put("SO-7");
  await attempt(world.run());
  await attempt(world.run());
  return errors;
}

/** An order that never got to the shipper is not closed by it. */
function isTaken({ erp, shipper }: RunsWorld, id: string): boolean {
  return shipper.documents.get(id)?.text === erp.rows.get(id)?.text;
}
