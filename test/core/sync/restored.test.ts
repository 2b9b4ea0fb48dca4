import { describe, expect, it } from "vitest";
import { clock, MemoryErp, MemoryShipper, MemoryStore, world } from "./memory-systems.ts";

/** A world whose state forgot everything after its first `known` orders, and says so when it is `marked`. */
async function restored(shipper: MemoryShipper, { marked = true } = {}) {
  const erp = new MemoryErp();
  erp.put("SO-1");
  const store = new MemoryStore();
  await world(erp, shipper, store).sync();
  const backup = structuredClone(store.lines);
  erp.put("SO-1", "second");
  for (const id of ["SO-2", "SO-3"]) erp.put(id);
  await world(erp, shipper, store).sync();
  const again = new MemoryStore();
  await again.append(backup);
  clock.advance(3_600_000);
  const since = backup.at(-1)?.at ?? "";
  const mark = {
    kind: "run",
    run: "r",
    pair: "erp-shipper",
    flow: "orders",
    event: "restored",
    command: "doctor",
  } as const;
  if (marked) await again.append([{ ...mark, since }]);
  clock.advance(3_600_000);
  return world(erp, shipper, again);
}

/** One that takes the same document twice, as most do. */
const naive = () => new MemoryShipper({ settleMs: 60_000 });
const writes = ({ ledger }: MemoryShipper) => ledger.map(({ key, action, text }) => `${key} ${action} ${text}`);
const remarks = ({ lines }: MemoryStore) =>
  lines.flatMap((line) =>
    line.kind === "result" && line.remark ? [`${line.key} ${line.outcome}: ${line.remark}`] : [],
  );

describe("a state that is marked as a restored backup", () => {
  it("adopts creates and updates that the backup knows nothing of, and sends what is new", async () => {
    const { sync, erp, store, shipper } = await restored(naive());
    erp.put("SO-4");
    const before = writes(shipper);
    expect((await sync()).counts).toMatchObject({ created: 3, updated: 1, deadLettered: 0 });
    expect(writes(shipper)).toEqual([...before, "SO-4 create first"]);
    expect(remarks(store)).toEqual([
      "SO-1 updated: found there after a restore",
      "SO-2 created: found there after a restore",
      "SO-3 created: found there after a restore",
    ]);
    expect(store.state.restored).toBeUndefined();
    expect((await sync()).counts).toMatchObject({ created: 0, updated: 0, unchanged: 4 });
    expect(writes(shipper)).toHaveLength(before.length + 1);
  });

  it("sends everything again without the mark, which is why there is one", async () => {
    const { sync, shipper } = await restored(naive(), { marked: false });
    await sync();
    expect(writes(shipper).filter((write) => write === "SO-2 create first")).toHaveLength(2);
  });

  it("updates an adopted document whose values are not today's", async () => {
    const shipper = naive();
    const { sync, erp } = await restored(shipper);
    // Its number and lines agree, so it is ours; something that is not compared for that moved since.
    const { find } = shipper;
    shipper.find = async (steps) => {
      const found = await find.call(shipper, steps);
      const isOld = (at: number) => steps[at]?.naturalKey === "SO-2" && steps[at]?.action === "create";
      return found.map((one, at) => (isOld(at) ? { state: "present", target: "2" } : one));
    };
    erp.put("SO-2", "third");
    await sync();
    expect(shipper.ledger.at(-1)).toEqual({ key: "SO-2", action: "update", text: "third" });
    expect(shipper.ledger.filter(({ key }) => key === "SO-2")).toHaveLength(2);
  });

  it("sets aside what has our number and is not ours", async () => {
    const shipper = naive();
    const { sync, store } = await restored(shipper);
    shipper.find = async (steps) =>
      steps.map(({ naturalKey }) =>
        naturalKey === "SO-2" ? { state: "foreign", message: "its lines differ" } : { state: "present", target: "9" },
      );
    expect((await sync()).counts).toMatchObject({ deadLettered: 1 });
    expect(store.state.asides["SO-2"]?.error.message).toContain("is not ours: its lines differ");
  });

  it("stays marked until a run has read everything: a narrowed, stopped or dry one, or a replay, does not do", async () => {
    const { sync, erp, store } = await restored(naive());
    await sync({ limit: 1 });
    await sync({ since: new Date(0) });
    await sync({ only: ["SO-2"] });
    await sync({ dryRun: true });
    erp.failOnPage = { number: 2, error: new Error("down") };
    await sync();
    expect(store.state.restored).toBeDefined();
    delete erp.failOnPage;
    await sync();
    expect(store.state.restored).toBeUndefined();
  });

  it("waits where the last write before the restore may not be visible yet", async () => {
    const shipper = new MemoryShipper({ settleMs: 5 * 3_600_000 });
    const { sync, erp, store } = await restored(shipper);
    shipper.invisible = true;
    const before = writes(shipper);
    expect((await sync()).counts).toMatchObject({ waiting: 2 });
    expect(store.state.restored).toBeUndefined();
    shipper.invisible = false;
    clock.advance(6 * 3_600_000);
    erp.put("SO-4");
    await sync();
    expect(writes(shipper)).toEqual([...before, "SO-1 update second", "SO-4 create first"]);
  });

  it("doubts a record that could not be taken up on the way even when the others are past the restore", async () => {
    const shipper = naive();
    const { sync, erp, store } = await restored(shipper);
    erp.put("SO-2").isBroken = true;
    expect((await sync()).counts).toMatchObject({ deadLettered: 1 });
    expect(store.state.restored).toBeUndefined();
    const before = writes(shipper);
    erp.put("SO-2");
    await sync();
    expect(writes(shipper)).toEqual(before);
    expect(remarks(store).at(-1)).toBe("SO-2 created: found there after a restore");
  });
});

describe("a restored flow to a target that finds nothing", () => {
  it("leaves every create to a person, and goes on with what comes later", async () => {
    const shipper = new MemoryShipper({ isBlind: true });
    const { sync, erp, store } = await restored(shipper);
    const before = writes(shipper);
    expect((await sync()).counts).toMatchObject({ created: 0, unknown: 2 });
    expect(store.state.asides["SO-2"]).toMatchObject({
      outcome: "unknown",
      error: { message: expect.stringContaining("the restored backup knows nothing of it, and shipper cannot tell") },
    });
    erp.put("SO-9");
    expect((await sync()).counts).toMatchObject({ created: 1, unknown: 2 });
    expect(writes(shipper)).toEqual([...before, "SO-9 create first"]);
  });

  it("ends them one by one by a replay, or all by a yes", async () => {
    const shipper = new MemoryShipper({ isBlind: true });
    const { sync, store } = await restored(shipper);
    await sync();
    const before = writes(shipper);
    await sync({ only: ["SO-2"], ending: { adopt: "T-2" } });
    expect(writes(shipper)).toEqual(before);
    expect(store.state.deliveries.get("SO-2")?.steps.order?.target).toBe("T-2");
    expect((await sync({ yes: true })).counts).toMatchObject({ created: 1, unknown: 0 });
    expect(writes(shipper)).toEqual([...before, "SO-3 create first"]);
    expect(store.state.asides).toEqual({});
  });

  it("sends them at once with a yes", async () => {
    const shipper = new MemoryShipper({ isBlind: true });
    const { sync } = await restored(shipper);
    expect((await sync({ yes: true })).counts).toMatchObject({ created: 2, unknown: 0 });
  });

  it("is not made to send by a yes what another run may have sent", async () => {
    const erp = new MemoryErp();
    erp.put("SO-1");
    const shipper = new MemoryShipper({ isBlind: true });
    shipper.faults = ["resetAfter"];
    const { sync } = world(erp, shipper);
    await sync();
    expect((await sync({ yes: true })).counts).toMatchObject({ unknown: 1 });
    expect(shipper.ledger).toHaveLength(1);
  });
});
