import { setImmediate } from "node:timers/promises";
import { expect, it } from "vitest";
import type { Step, StepResult } from "../../../src/core/delivery.ts";
import { AuthError, StateError } from "../../../src/core/errors.ts";
import type { LineDraft } from "../../../src/core/state/lines.ts";
import { Crash, MemoryErp, MemoryShipper, MemoryStore, world } from "./memory-systems.ts";

/** Numbers from 0 to 1, the same ones for the same seed. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A shipper that takes two or three batches at once and lets each go wrong in any way. */
class FaultyShipper extends MemoryShipper {
  readonly atOnce: number;
  readonly #random: () => number;
  isFaulty = true;

  constructor(random: () => number) {
    super();
    this.#random = random;
    this.atOnce = random() < 0.5 ? 2 : 3;
  }

  override async send(steps: readonly Step[]): Promise<StepResult[]> {
    for (let turns = Math.floor(this.#random() * 6); turns > 0; turns -= 1) await setImmediate();
    const chance = this.isFaulty ? this.#random() : 1;
    if (chance < 0.05) throw new AuthError("shipper: the key was refused");
    this.faults = [];
    if (chance < 0.1) this.faults.push("resetBefore");
    else if (chance < 0.2) this.faults.push("resetAfter");
    else if (chance < 0.25) this.faults.push("down");
    else if (chance < 0.3) this.faults.push("crashAfter");
    return super.send(steps);
  }
}

/** A disk that is full now and then. */
class FaultyStore extends MemoryStore {
  readonly #random: () => number;
  isFaulty = true;

  constructor(random: () => number) {
    super();
    this.#random = random;
  }

  override async append(drafts: readonly LineDraft[]) {
    if (this.isFaulty && this.#random() < 0.03) throw new StateError("the disk is full");
    return super.append(drafts);
  }
}

function faultyWorld(seed: number) {
  const random = seeded(seed);
  const erp = new MemoryErp();
  erp.reads = random() < 0.5 ? "changes" : "open";
  erp.pageSize = 1 + Math.floor(random() * 9);
  const count = 5 + Math.floor(random() * 20);
  for (let number = 1; number <= count; number += 1) erp.put(String(number), random() < 0.1 ? "bad" : "first");
  const shipper = new FaultyShipper(random);
  shipper.refuse = (text) => text === "bad";
  shipper.refuseWhole = random() < 0.5;
  return { random, count, ...world(erp, shipper, new FaultyStore(random)), shipper };
}

it.each(Array.from({ length: 100 }, (_, seed) => seed + 1))(
  "whatever goes wrong with several batches on their way, each order is made once and nothing stays open (seed %i)",
  async (seed) => {
    const { random, count, erp, shipper, store, sync } = faultyWorld(seed);
    const faulty = store as FaultyStore;
    for (let run = 0; run < 4; run += 1) {
      const abort = new AbortController();
      const failpoint = () => {
        const chance = random();
        if (chance < 0.02) {
          store.isDead = true;
          throw new Crash("killed");
        }
        if (chance < 0.03) abort.abort();
      };
      // What crashes leaves nothing behind it but its log.
      await sync({}, { failpoint, signal: abort.signal }).catch((error: unknown) => {
        if (!(error instanceof Crash)) throw error;
      });
      store.isDead = false;
      const some = erp.rows.get(String(1 + Math.floor(random() * count)));
      if (some && erp.reads === "open" && some.text !== "bad") some.text = `changed ${run}`;
    }
    shipper.isFaulty = false;
    faulty.isFaulty = false;
    await sync();
    expect((await sync()).error).toBeUndefined();
    expect(store.state.intents).toEqual({});
    const good = [...erp.rows.values()].filter(({ text }) => text !== "bad");
    const there = [...shipper.documents].map(([key, { text }]) => [key, text]);
    expect(new Map(there as [string, string][])).toEqual(new Map(good.map(({ id, text }) => [id, text])));
    const made = shipper.ledger.filter(({ action }) => action === "create").map(({ key }) => key);
    expect(made.sort()).toEqual(good.map(({ id }) => id).sort());
  },
);
