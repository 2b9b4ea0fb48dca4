import { jumpingClock } from "../../../src/core/clock.ts";
import { type Failpoint, noFailpoint } from "../../../src/core/failpoint.ts";
import { Deliveries } from "../../../src/core/state/deliveries.ts";
import type { Disk } from "../../../src/core/state/disk.ts";
import { type FlowStoreOptions, openFlowStore } from "../../../src/core/state/flow-store.ts";
import type { LineDraft } from "../../../src/core/state/lines.ts";

export const macKey = Buffer.alloc(32, 7);
export const home = "/state";
export const flowDir = "/state/erp-shipper.orders";
export const ofRun = { run: "run-1", pair: "erp-shipper", flow: "orders" };
export const clock = jumpingClock(new Date("2026-03-01T08:00:00Z"));

/** A process that dies at a failpoint. */
export class Killed extends Error {}

/** A failpoint that throws at the n-th meeting of a name, as a killed process never returns. */
export function killAt(name: string, nth = 1): Failpoint {
  let left = nth;
  return (met) => {
    if (met === name && --left === 0) throw new Killed(name);
  };
}

export function counter(prefix = "01"): () => string {
  let count = 0;
  return () => `${prefix}${String(++count).padStart(24, "0")}`;
}

export function open(disk: Disk, extra: Partial<FlowStoreOptions> = {}) {
  return openFlowStore({
    disk,
    dir: home,
    pair: ofRun.pair,
    flow: ofRun.flow,
    macKey,
    clock,
    ulid: counter(),
    failpoint: noFailpoint,
    ...extra,
  });
}

export function intent(key: string, naturalKey = key): LineDraft {
  return {
    kind: "intent",
    ...ofRun,
    key,
    document: key.toUpperCase(),
    record: { id: `usmf/${key}`, version: "1", ref: key },
    step: "order",
    action: "create",
    naturalKey,
    repeatable: true,
    payload: "aa",
    hashes: { name: "bb" },
  };
}

export function result(
  key: string,
  extra: { naturalKey?: string; closed?: true; version?: string; recorded?: true } = {},
): LineDraft {
  const { naturalKey = key, version = "1", ...rest } = extra;
  return {
    kind: "result",
    ...ofRun,
    key,
    document: key.toUpperCase(),
    record: { id: `usmf/${key}`, version, ref: key },
    step: "order",
    action: "create",
    naturalKey,
    outcome: "created",
    target: `t-${key}`,
    calls: [],
    fields: ["name"],
    hashes: { name: "bb" },
    settled: true,
    ...rest,
  };
}

export function cursor(value: string): LineDraft {
  return { kind: "cursor", ...ofRun, cursor: value };
}

/** A state as plain JSON, to compare; deliveries in the order of their keys. */
export function plain(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, member: unknown) =>
      member instanceof Deliveries ? Object.fromEntries([...member.entries()].sort()) : member,
    ),
  );
}
