import { describe, expect, it } from "vitest";
import { AuthError, UnavailableError } from "../../../src/core/errors.ts";
import type { ListRequest } from "../../../src/core/ports.ts";
import { open } from "../state/kit.ts";
import { MemoryDisk } from "../state/memory-disk.ts";
import { Crash, clock, type Doc, MemoryErp, MemoryShipper, MemoryStore, world } from "./memory-systems.ts";

function filled(count: number, shipper = new MemoryShipper()) {
  const erp = new MemoryErp();
  for (let number = 1; number <= count; number += 1) erp.put(`SO-${number}`);
  return world(erp, shipper);
}

describe("delivering", () => {
  it("delivers each document once, however often it runs", async () => {
    const { sync, shipper } = filled(7);
    expect((await sync()).counts).toMatchObject({ created: 7, calls: 4 });
    expect((await sync()).counts).toMatchObject({ created: 0, updated: 0, unchanged: 7 });
    expect(shipper.ledger).toHaveLength(7);
  });

  it("writes down which record it was, and nothing of what stood in it", async () => {
    const { sync, erp, store } = filled(2);
    erp.put("SO-3").isBroken = true;
    await sync();
    const records = store.lines.flatMap((line) =>
      "record" in line && typeof line.record === "object" ? line.record : [],
    );
    expect(records).toHaveLength(5);
    for (const record of records) expect(Object.keys(record)).toEqual(["id", "version", "ref"]);
  });

  it("sends a changed document as an update and nothing else", async () => {
    const { sync, erp, shipper } = filled(4);
    await sync();
    erp.put("SO-2", "second");
    expect((await sync()).counts).toMatchObject({ updated: 1, unchanged: 3 });
    expect(shipper.ledger.at(-1)).toEqual({ key: "SO-2", action: "update", text: "second" });
  });

  it("takes a moved version with the same fields for unchanged and remembers it", async () => {
    const { sync, erp, store } = filled(3);
    await sync();
    erp.epoch += 1;
    expect((await sync()).counts).toMatchObject({ unchanged: 3, drift: 0 });
    expect(store.lines.flatMap((line) => (line.kind === "seen" ? line.versions : []))).toHaveLength(3);
    const lines = store.lines.length;
    await sync();
    expect(store.lines.length - lines).toBe(2); // the run's start and end
  });

  it("says before its first writes how many documents it is about to make, and only the first time", async () => {
    const { sync, told } = filled(5);
    await sync();
    await sync();
    expect(told).toEqual([5]);
  });

  it("says of a first run too large to be held how many it makes at most, and reads it once", async () => {
    const { erp } = filled(1_200);
    erp.pageSize = 100;
    let pages = 0;
    const source = Object.assign(Object.create(erp), {
      count: async () => 1_234,
      list: async function* (request: ListRequest) {
        for await (const page of erp.list(request)) {
          pages += 1;
          yield page;
        }
      },
    });
    const { sync, told } = world(source, new MemoryShipper());
    expect((await sync()).counts).toMatchObject({ created: 1_200 });
    expect(told).toEqual([1_234]);
    expect(pages).toBe(12);
  });

  it("reads the next page while one is on its way, and tells what reading it met only after that one", async () => {
    const { sync, erp, shipper } = filled(6);
    erp.failOnPage = { number: 3, error: new UnavailableError("erp is gone") };
    const { counts, error } = await sync({}, { observer: {} });
    expect(error).toBeInstanceOf(UnavailableError);
    expect(counts.created).toBe(4);
    expect(shipper.ledger).toHaveLength(4);
  });

  it("has the disk written through twice a batch at most", async () => {
    const world = filled(60);
    world.erp.pageSize = 12;
    const disk = new MemoryDisk();
    const real = await open(disk);
    const { append } = MemoryStore.prototype;
    world.store.append = async (drafts) => {
      await real.append(drafts);
      return append.call(world.store, drafts);
    };
    await world.sync();
    disk.calls = disk.calls.filter((call) => call.startsWith("sync "));
    // 20 batches of three; the run's start and end; the log's first file.
    expect(disk.calls.length).toBeLessThanOrEqual(2 * 20 + 3);
  });

  it("writes an intent before each send and a result after it", async () => {
    const { sync, store } = filled(1);
    await sync();
    expect(store.lines.map((line) => line.kind)).toEqual(["run", "intent", "result", "run"]);
    expect(store.lines[2]).toMatchObject({ outcome: "created", target: "1", settled: true, fields: ["text"] });
  });

  it("appends twice a batch at most", async () => {
    const world = filled(3, new MemoryShipper());
    world.erp.pageSize = 3;
    let appends = 0;
    const { append } = MemoryStore.prototype;
    world.store.append = (drafts) => {
      appends += 1;
      return append.call(world.store, drafts);
    };
    await world.sync();
    expect(appends).toBe(4); // start, intents, results, end
  });
});

describe("one bad record", () => {
  it("is set aside while the others are delivered, and stays there unlogged until it changes", async () => {
    const { sync, erp, store, shipper } = filled(3);
    erp.put("SO-2").isBroken = true;
    expect((await sync()).counts).toMatchObject({ created: 2, deadLettered: 1 });
    const before = store.outcomes().length;
    expect((await sync()).counts).toMatchObject({ deadLettered: 0, unchanged: 2 });
    expect(store.outcomes()).toHaveLength(before);
    erp.put("SO-2", "mended");
    expect((await sync()).counts).toMatchObject({ created: 1 });
    expect(shipper.documents.get("SO-2")?.text).toBe("mended");
    expect(store.state.asides).toEqual({});
  });

  it("is tried again when the mapping changes", async () => {
    const { sync, erp, shipper, setMapping } = filled(1);
    shipper.refuse = () => true;
    expect((await sync()).counts.deadLettered).toBe(1);
    shipper.refuse = () => false;
    setMapping("m2");
    expect((await sync()).counts.created).toBe(1);
    expect(erp.rows.size).toBe(1);
  });

  it("is found by halving when a batch is refused whole", async () => {
    const { sync, erp, shipper } = filled(6);
    erp.pageSize = 6;
    erp.put("SO-2", "poison");
    shipper.refuseWhole = true;
    shipper.refuse = (text) => text === "poison";
    expect((await sync()).counts).toMatchObject({ created: 5, deadLettered: 1 });
    expect(shipper.ledger.filter(({ key }) => key === "SO-1")).toHaveLength(1);
  });

  it("keeps people's values out of the log", async () => {
    const { sync, shipper, store } = filled(1);
    shipper.refuse = () => true;
    await sync();
    expect(JSON.stringify(store.lines)).toContain("*** has no such text first");
    expect(JSON.stringify(store.lines)).not.toContain("Lovelace");
  });

  it("whose key another document holds is a dead letter", async () => {
    const { sync, erp, shipper, store } = filled(1);
    await sync();
    const { key } = shipper;
    shipper.key = (document) => `other/${key(document)}`;
    expect((await sync()).counts.deadLettered).toBe(1);
    expect(store.state.asides["SO-1"]?.error.message).toContain("already held by SO-1");
    expect(erp.rows.size).toBe(1);
  });
});

describe("lost answers", () => {
  it("are looked up and adopted when the write was taken", async () => {
    const { sync, shipper } = filled(3);
    shipper.faults = ["resetAfter"];
    expect((await sync()).counts.created).toBe(3);
    expect(shipper.ledger).toHaveLength(3);
  });

  it("are sent again when the write was not taken", async () => {
    const { sync, shipper } = filled(3);
    shipper.faults = ["resetBefore"];
    expect((await sync()).counts.created).toBe(3);
    expect(shipper.ledger).toHaveLength(3);
  });

  it("wait while a write may still be invisible, and then are sent again", async () => {
    const { sync, shipper } = filled(1, new MemoryShipper({ settleMs: 120_000 }));
    shipper.faults = ["resetBefore"];
    expect((await sync()).counts).toMatchObject({ created: 0, waiting: 1 });
    clock.advance(20 * 60_000);
    expect((await sync()).counts).toMatchObject({ created: 1, waiting: 0 });
    expect(shipper.ledger).toHaveLength(1);
  });

  it("of a blind target stay unknown and are never sent again by themselves", async () => {
    const { sync, shipper, store } = filled(1, new MemoryShipper({ isBlind: true }));
    shipper.faults = ["resetAfter"];
    expect((await sync()).counts).toMatchObject({ unknown: 1 });
    clock.advance(86_400_000);
    expect((await sync()).counts).toMatchObject({ unknown: 1, created: 0 });
    expect(shipper.ledger).toHaveLength(1);
    expect(store.state.asides["SO-1"]?.outcome).toBe("unknown");
    expect((await sync({ only: ["SO-1"], ending: { adopt: "790001" } })).counts.created).toBe(1);
    expect(store.state.deliveries.get("SO-1")?.steps.order?.target).toBe("790001");
    expect(shipper.ledger).toHaveLength(1);
  });

  it("of a blind target are sent again when a person says so", async () => {
    const { sync, shipper } = filled(1, new MemoryShipper({ isBlind: true }));
    shipper.faults = ["resetBefore"];
    await sync();
    await sync({ only: ["SO-1"], ending: "createAnyway" });
    expect(shipper.ledger).toHaveLength(1);
  });
});

describe("crashes", () => {
  const points = ["send.before", "send.after", "intent.before", "intent.after", "result.before"];

  for (const point of points) {
    for (const nth of [1, 2, 3]) {
      it(`at ${point}, time ${nth}, lose nothing and send nothing twice`, async () => {
        const shipper = new MemoryShipper();
        const { sync, store, erp } = filled(8, shipper);
        let hits = 0;
        const failpoint = (name: string) => {
          if (name !== point || ++hits !== nth) return;
          store.isDead = true;
          throw new Crash(name);
        };
        await expect(sync({}, { failpoint })).rejects.toThrow(Crash);
        store.isDead = false;
        await sync();
        expect(shipper.ledger.map(({ key }) => key).sort()).toEqual([...erp.rows.keys()].sort());
      });
    }
  }

  it("after the commit at a blind target leave an unknown, never a second label", async () => {
    const { sync, shipper, store } = filled(1, new MemoryShipper({ isBlind: true }));
    shipper.faults = ["crashAfter"];
    const { append } = store;
    const original = append.bind(store);
    await expect(
      sync(
        {},
        {
          failpoint: (name) => {
            if (name === "send.before") store.isDead = true;
          },
        },
      ),
    ).rejects.toThrow();
    store.isDead = false;
    store.append = original;
    expect((await sync()).counts).toMatchObject({ unknown: 1 });
    expect(shipper.ledger).toHaveLength(1);
  });
});

describe("stops", () => {
  it("a refused credential stops the flow, closes the intents, and the next run goes on", async () => {
    const { sync, shipper, store } = filled(4);
    const { send } = shipper;
    shipper.send = async () => {
      throw new AuthError("shipper: the key was refused");
    };
    expect((await sync()).error).toBeInstanceOf(AuthError);
    expect(store.state.intents).toEqual({});
    shipper.send = send;
    expect((await sync()).counts.created).toBe(4);
  });

  it("an outage keeps the intents, and the next run looks them up", async () => {
    const { sync, shipper, store } = filled(2);
    shipper.faults = ["down"];
    expect((await sync()).error).toBeInstanceOf(UnavailableError);
    expect(Object.keys(store.state.intents)).toHaveLength(2);
    expect((await sync()).counts.created).toBe(2);
    expect(store.state.intents).toEqual({});
  });

  it("a cursor moves page by page and never past what was not settled", async () => {
    const { sync, erp, store } = filled(6);
    erp.reads = "changes";
    erp.failOnPage = { number: 3, error: new UnavailableError("erp is down") };
    await sync();
    expect(store.state.cursor).toEqual({ source: 4 });
    expect(store.state.lastSuccessAt).toBeUndefined();
    delete erp.failOnPage;
    expect((await sync()).counts.created).toBe(2);
  });

  it("since, limit and dry run move no cursor", async () => {
    const { sync, erp, store, shipper } = filled(4);
    erp.reads = "changes";
    await sync({ since: new Date() });
    await sync({ dryRun: true });
    await sync({ limit: 1 });
    expect(store.state.cursor).toBeUndefined();
    expect(shipper.ledger).toHaveLength(4);
  });

  it("a limit counts documents that are written, not those that are looked at", async () => {
    const { sync, shipper } = filled(5);
    await sync({ limit: 2 });
    await sync({ limit: 2 });
    expect(shipper.ledger.map(({ key }) => key)).toEqual(["SO-1", "SO-2", "SO-3", "SO-4"]);
  });

  it("an aborted signal stops between batches with what was sent on record", async () => {
    const { sync, shipper, store } = filled(6);
    const controller = new AbortController();
    const { error } = await sync(
      {},
      { signal: controller.signal, failpoint: (name) => name === "send.after" && controller.abort(new Error("stop")) },
    );
    expect(error).toEqual(new Error("stop"));
    expect(shipper.ledger).toHaveLength(2);
    expect(store.state.intents).toEqual({});
  });
});

describe("drift", () => {
  it("is counted, not sent, and goes out with --resend or when the record changes", async () => {
    const { sync, erp, shipper } = filled(3);
    await sync();
    shipper.suffix = "!";
    expect((await sync()).counts).toMatchObject({ drift: 3, updated: 0 });
    erp.put("SO-1", "second");
    expect((await sync()).counts).toMatchObject({ drift: 2, updated: 1 });
    expect((await sync({ resend: true })).counts).toMatchObject({ drift: 0, updated: 2 });
  });
});

describe("a replay that was left waiting", () => {
  it("is done once it is due, and is no drift", async () => {
    const { sync, shipper, store } = filled(1);
    await sync();
    shipper.suffix = "!";
    shipper.waitsFor = () => true;
    expect((await sync({ only: ["SO-1"] })).counts).toMatchObject({ waiting: 1 });
    shipper.waitsFor = () => false;
    clock.advance(20 * 60_000);
    expect((await sync()).counts).toMatchObject({ updated: 1, drift: 0 });
    expect(store.state.asides).toEqual({});
  });
});

describe("absence", () => {
  it("an order that left the set cancels only when its source says cancelled", async () => {
    const { sync, erp, shipper, store } = filled(3);
    await sync();
    erp.put("SO-1", "first", "cancelled");
    erp.put("SO-2", "first", "closed");
    expect((await sync()).counts.cancelled).toBe(1);
    expect(shipper.documents.get("SO-1")?.status).toBe("cancelled");
    expect(shipper.documents.get("SO-2")?.status).toBe("open");
    expect(store.state.deliveries.get("SO-2")?.closed).toBe(true);
  });

  it("a deleted record is told and filed, and cancels nothing", async () => {
    const { sync, erp, shipper, store } = filled(2);
    await sync();
    erp.rows.delete("SO-1");
    await sync();
    expect(shipper.documents.get("SO-1")?.status).toBe("open");
    expect(store.outcomes()).toContain("SO-1 noticed");
    expect(store.state.deliveries.get("SO-1")?.closed).toBe(true);
  });

  it("many vanished orders at once stop the flow until a person agrees", async () => {
    const { sync, erp, shipper } = filled(100);
    erp.pageSize = 100;
    await sync();
    for (let number = 1; number <= 60; number += 1) erp.put(`SO-${number}`, "first", "cancelled");
    const { error, counts } = await sync();
    expect(String(error)).toContain("60 of 100 open orders");
    expect(counts.cancelled).toBe(0);
    expect((await sync({ yes: true })).counts.cancelled).toBe(60);
    expect(shipper.documents.get("SO-60")?.status).toBe("cancelled");
  });
});

describe("waiting", () => {
  it("is tried with growing delay and becomes a dead letter after its days", async () => {
    const { sync, shipper, store } = filled(1);
    shipper.waitsFor = () => true;
    expect((await sync()).counts).toMatchObject({ waiting: 1, unchanged: 0 });
    const firstUntil = store.state.asides["SO-1"]?.until;
    await sync();
    expect(store.state.asides["SO-1"]?.until).toBe(firstUntil);
    await sync({ ignoreSchedule: true });
    expect(store.state.asides["SO-1"]?.attempts).toBe(2);
    clock.advance(15 * 86_400_000);
    expect((await sync()).counts).toMatchObject({ waiting: 0, deadLettered: 1 });
  });

  it("counts once when a run takes it up as due and its source lists it too", async () => {
    const { sync, erp, shipper } = filled(1);
    erp.reads = "snapshot";
    shipper.waitsFor = () => true;
    await sync();
    clock.advance(20 * 60_000);
    expect((await sync()).counts.waiting).toBe(1);
  });

  it("ends when what it waited for is there", async () => {
    const { sync, shipper, store } = filled(1);
    shipper.waitsFor = () => true;
    await sync();
    shipper.waitsFor = () => false;
    expect((await sync({ ignoreSchedule: true })).counts.created).toBe(1);
    expect(store.state.asides).toEqual({});
  });
});

describe("dry run", () => {
  it("sends nothing, writes nothing, and names the fields that differ", async () => {
    const { sync, erp, planned, shipper, store } = filled(1);
    await sync();
    erp.put("SO-1", "second");
    const [sent, lines] = [shipper.ledger.length, store.lines.length];
    expect((await sync({ dryRun: true })).counts.updated).toBe(1);
    expect(planned).toMatchObject([
      { key: "SO-1", fields: ["text"], step: { action: "update", payload: { text: "second" } } },
    ]);
    expect([shipper.ledger.length, store.lines.length]).toEqual([sent, lines]);
  });
});

describe("replay", () => {
  it("of a delivered document looks it up and sends it again as an update", async () => {
    const { sync, shipper } = filled(1);
    await sync();
    expect((await sync({ only: ["SO-1"] })).counts.updated).toBe(1);
    expect(shipper.ledger.map(({ action }) => action)).toEqual(["create", "update"]);
  });

  it("of a delivered document that is gone at the target makes it anew", async () => {
    const { sync, shipper } = filled(1);
    await sync();
    shipper.documents.clear();
    expect((await sync({ only: ["SO-1"] })).counts.created).toBe(1);
  });

  it("of a delivered document at a blind target makes no second one", async () => {
    const { sync, shipper } = filled(1, new MemoryShipper({ isBlind: true }));
    await sync();
    await sync({ only: ["SO-1"] });
    expect(shipper.ledger).toHaveLength(1);
  });

  it("of a dead letter sends it through the same path", async () => {
    const { sync, shipper, store } = filled(1);
    shipper.refuse = () => true;
    await sync();
    shipper.refuse = () => false;
    expect((await sync({ only: ["SO-1"] })).counts.created).toBe(1);
    expect(store.outcomes()).toEqual(["SO-1 dead", "SO-1 created", "SO-1 resolved"]);
  });
});

describe("an ambiguous match", () => {
  it("is a dead letter that lists the candidates, until a person names one by its number", async () => {
    const { sync, shipper, store } = filled(1);
    Object.assign(shipper, {
      locate: async (documents: Doc[]) =>
        new Map(documents.map((document) => [document, { at: "ambiguous", candidates: ["usmf/7", "demf/17"] }])),
    });
    expect((await sync()).counts.deadLettered).toBe(1);
    expect(store.state.asides["SO-1"]?.error.message).toContain("usmf/7, demf/17");
    expect((await sync({ only: ["SO-1"], belongsTo: "7" })).counts.created).toBe(1);
    expect([...store.state.deliveries.texts().keys()]).toEqual(["usmf/7"]);
  });
});

describe("accounts", () => {
  it("state of one account is refused to another", async () => {
    const { sync, store, shipper } = filled(1);
    store.state.account = { erp: "b" };
    const { error } = await sync();
    expect(error).toMatchObject({ exitCode: 6 });
    expect(shipper.sends).toBe(0);
  });
});
