import { expect, it } from "vitest";
import { type AuditFilter, auditEntries, auditEntry } from "../../src/core/audit.ts";
import { clock, counter, cursor, home, intent, open, result } from "./state/kit.ts";
import { MemoryDisk } from "./state/memory-disk.ts";

async function twoFlows(): Promise<MemoryDisk> {
  const disk = new MemoryDisk();
  const orders = await open(disk, { flow: "orders", ulid: counter("0A") });
  const shipments = await open(disk, { flow: "shipments", ulid: counter("0B") });
  for (const number of [1, 2, 3]) {
    await orders.append([intent(`so-${number}`), result(`so-${number}`)]);
    clock.advance(1000);
    await shipments.append([{ ...result(`sh-${number}`), flow: "shipments" }, cursor(String(number))]);
    clock.advance(1000);
  }
  return disk;
}

async function keys(disk: MemoryDisk, filter: AuditFilter = {}): Promise<(string | undefined)[]> {
  const found: (string | undefined)[] = [];
  for await (const { key } of auditEntries(disk, home, filter)) found.push(key);
  return found;
}

it("the entries of all flows come as one trail, oldest first, without what only mlc needs", async () => {
  expect(await keys(await twoFlows())).toEqual(["so-1", "sh-1", "so-2", "sh-2", "so-3", "sh-3"]);
});

it("a limit keeps the newest, and they still come oldest first", async () => {
  const disk = await twoFlows();
  expect(await keys(disk, { limit: 2 })).toEqual(["so-3", "sh-3"]);
  expect(await keys(disk, { limit: 9 })).toHaveLength(6);
});

it("flow, outcome, document and pair narrow it", async () => {
  const disk = await twoFlows();
  expect(await keys(disk, { flow: "shipments" })).toEqual(["sh-1", "sh-2", "sh-3"]);
  expect(await keys(disk, { about: "SO-2" })).toEqual(["so-2"]);
  expect(await keys(disk, { about: "usmf/so-2" })).toEqual(["so-2"]);
  expect(await keys(disk, { about: "erp-shipper/orders:so-2" })).toEqual(["so-2"]);
  expect(await keys(disk, { outcome: "dead" })).toEqual([]);
  expect(await keys(disk, { pair: "other" })).toEqual([]);
});

it("hashes, memo and seals are not shown", () => {
  const stamp = { id: "01", at: "2026-03-01T08:00:00.000Z", seq: 1, prev: "p", mac: "m" };
  expect(Object.keys(auditEntry({ ...result("so-1"), ...stamp } as Parameters<typeof auditEntry>[0]) ?? {})).toEqual(
    expect.not.arrayContaining(["mac", "prev", "seq", "hashes", "memo"]),
  );
  expect(auditEntry({ ...intent("so-1"), ...stamp } as Parameters<typeof auditEntry>[0])).toBeUndefined();
});
