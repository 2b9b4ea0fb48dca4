import { describe, expect, it } from "vitest";
import { RejectedError } from "../../../src/core/errors.ts";
import type { ListRequest, Page, SourceRecord } from "../../../src/core/ports.ts";
import { clock, type Doc, MemoryErp, MemoryShipper, MemoryStore, world } from "./memory-systems.ts";

const day = 86_400_000;

/** Gives records that belong to orders, some of them to one order, and looks again at those that are followed. */
class FollowingSource extends MemoryErp {
  override reads = "changes" as const;
  readonly follows = 30;
  readonly requests: ListRequest[] = [];
  readonly heard: string[][] = [];
  /** Text and order by record. */
  readonly parcels = new Map<string, { text: string; order: string; isFinal?: boolean }>();
  refuses = false;

  override async *list(request: ListRequest): AsyncGenerator<Page> {
    this.requests.push({ ...request, followed: () => [] });
    this.followed.push([...(request.followed?.() ?? [])].sort());
    yield {
      records: [...this.parcels].map(
        ([id, payload]): SourceRecord => ({ id, version: payload.text, ref: id, payload: { ...payload } }),
      ),
    };
  }

  readonly followed: string[][] = [];

  override read({ payload }: SourceRecord): Doc[] {
    const { text, order, isFinal = false } = payload as { text: string; order: string; isFinal?: boolean };
    return [{ id: order, number: order, status: "open", text, final: isFinal, personal: [] }];
  }

  async settled(records: readonly Pick<SourceRecord, "id" | "version">[]): Promise<void> {
    this.heard.push(records.map(({ id, version }) => `${id}@${version}`));
    if (this.refuses) throw new RejectedError("the flag was refused");
  }
}

function following() {
  const source = new FollowingSource();
  return { source, ...world(source, new MemoryShipper(), new MemoryStore()) };
}

describe("a source that follows open deliveries", () => {
  it("is told every record in them, and when it last ran", async () => {
    const { source, sync } = following();
    source.parcels.set("1", { text: "a", order: "SO-1" });
    source.parcels.set("2", { text: "b", order: "SO-1" });
    await sync();
    clock.advance(60_000);
    await sync({ ignoreSchedule: true });
    expect(source.followed).toEqual([[], ["1", "2"]]);
    expect(source.requests[0]).not.toHaveProperty("lastRunAt");
    expect(source.requests[1]).toMatchObject({
      lastRunAt: new Date(clock.now().getTime() - 60_000),
      ignoreSchedule: true,
    });
  });

  it("is told no more of a delivery whose only record is final", async () => {
    const { source, sync } = following();
    source.parcels.set("1", { text: "a", order: "SO-1", isFinal: true });
    await sync();
    await sync();
    expect(source.followed.at(-1)).toEqual([]);
  });

  it("is told on of an order that has another record than the final one", async () => {
    const { source, sync } = following();
    source.parcels.set("1", { text: "a", order: "SO-1" });
    await sync();
    source.parcels.set("2", { text: "b", order: "SO-1", isFinal: true });
    await sync();
    await sync();
    expect(source.followed.at(-1)).toEqual(["1", "2"]);
  });

  it("is told of a delivery for as many days as it follows, and no longer", async () => {
    const { source, sync } = following();
    source.parcels.set("1", { text: "a", order: "SO-1" });
    await sync();
    clock.advance(29 * day);
    await sync();
    await sync();
    expect(source.followed.at(-1)).toEqual(["1"]);
    clock.advance(2 * day);
    await sync();
    await sync();
    expect(source.followed.at(-1)).toEqual([]);
  });
});

describe("a source that wants to hear what is settled", () => {
  it("hears of what was written and of what needed no writing, never of what is set aside", async () => {
    const { source, sync, shipper } = following();
    shipper.refuse = (text) => text === "bad";
    source.parcels.set("1", { text: "a", order: "SO-1" });
    source.parcels.set("2", { text: "bad", order: "SO-2" });
    await sync();
    await sync();
    expect(source.heard).toEqual([["1@a"], ["1@a"]]);
  });

  it("hears nothing in a dry run", async () => {
    const { source, sync } = following();
    source.parcels.set("1", { text: "a", order: "SO-1" });
    await sync({ dryRun: true });
    expect(source.heard).toEqual([]);
  });

  it("loses nothing that was written when it fails, and hears it again", async () => {
    const { source, sync, store } = following();
    source.parcels.set("1", { text: "a", order: "SO-1" });
    source.refuses = true;
    expect((await sync()).error).toBeInstanceOf(RejectedError);
    expect(store.state.deliveries.get("SO-1")?.versions).toEqual({ "1": "a" });
    source.refuses = false;
    expect((await sync()).error).toBeUndefined();
    expect(source.heard).toEqual([["1@a"], ["1@a"]]);
  });
});
