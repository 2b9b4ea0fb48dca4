import { describe, expect, it } from "vitest";
import { jumpingClock } from "../../src/core/clock.ts";
import { UsageError } from "../../src/core/errors.ts";
import type { SyncReport } from "../../src/core/report.ts";
import { type Requests, requestsIn } from "../../src/core/state/requests.ts";
import { handOver, type ServedReplay, serveRequests } from "../../src/flows/hand-over.ts";
import type { ReplayRequest } from "../../src/flows/replay.ts";
import { MemoryDisk } from "../core/state/memory-disk.ts";

const report: SyncReport = { run: "01RUN", startedAt: "", endedAt: "", flows: [], exitCode: 0 };
const request: ReplayRequest = { id: "SO-1", pair: "erp-shipper", drop: false, asked: "void:*" };

function meeting(tryHere: (requests: Requests) => Promise<ServedReplay | undefined> = async () => undefined) {
  const clock = jumpingClock(new Date("2026-11-21T12:00:00Z"));
  const disk = new MemoryDisk();
  let count = 0;
  const ulid = () => `01KAK${String(++count).padStart(21, "0")}`;
  const requests = requestsIn({ disk, dir: "/p", ulid });
  const ask = (stop = new AbortController().signal) =>
    handOver(
      {
        requests,
        clock,
        signal: stop,
        waitMs: 60_000,
        tryHere: async (answered) => {
          const here = await tryHere(requests);
          return here && ((await answered()) ?? here);
        },
      },
      { ...request, ifRunning: "wait" },
    );
  return { requests, ask, clock, disk };
}

describe("a replay beside a run that holds the lock", () => {
  it("is done by that run, and its answer is given as its own", async () => {
    const served: ReplayRequest[] = [];
    const { ask, requests, disk } = meeting(async (requests) => {
      await serveRequests(requests, async (request) => {
        served.push(request);
        return { report, found: [] };
      });
      return undefined;
    });
    expect(await ask()).toEqual({ report, found: [] });
    expect(served).toEqual([request]);
    expect(await requests.list()).toEqual([]);
    expect(await disk.list("/p/requests")).toEqual([]);
  });

  it("is done here when the holder left without taking it up", async () => {
    let tries = 0;
    const { ask, requests } = meeting(async () => (++tries < 3 ? undefined : { report, found: [] }));
    expect(await ask()).toEqual({ report, found: [] });
    expect(await requests.list()).toEqual([]);
  });

  it("is not done twice when the holder answered and left at once", async () => {
    const theirs = { ...report, run: "01THEIRS" };
    const { ask } = meeting(async (requests) => {
      await serveRequests(requests, async () => ({ report: theirs, found: [] }));
      return { report, found: [] };
    });
    expect(await ask()).toEqual({ report: theirs, found: [] });
  });

  it("stays for the holder when that takes long, and is taken back at Ctrl-C", async () => {
    const { ask, requests, clock } = meeting();
    expect(await ask()).toBeUndefined();
    expect(clock.now().toISOString()).toBe("2026-11-21T12:01:00.000Z");
    expect(await requests.list()).toHaveLength(1);
    await expect(ask(AbortSignal.abort(new Error("stopped")))).rejects.toThrow("stopped");
    expect(await requests.list()).toHaveLength(1);
  });

  it("is answered with the error when it cannot be done, and with one that is no replay", async () => {
    const { requests } = meeting();
    const first = await requests.put({ id: "SO-9" });
    const second = await requests.put({ command: "rm -rf" });
    await serveRequests(requests, async () => {
      throw new UsageError("SO-9 is no record", { hint: "Look it up." });
    });
    expect(await requests.takeAnswer(first)).toEqual({
      error: { kind: "UsageError", message: "SO-9 is no record", hint: "Look it up.", exitCode: 2 },
    });
    expect(await requests.takeAnswer(second)).toMatchObject({ error: { exitCode: 1 } });
    expect(await requests.takeAnswer(second)).toBeUndefined();
  });

  it("an answer that nobody fetched is gone a day later", async () => {
    const { disk } = meeting();
    let time = "01KAK";
    let count = 0;
    const requests = requestsIn({ disk, dir: "/p", ulid: () => `${time}${String(++count).padStart(21, "0")}` });
    await requests.answer(await requests.put({}), {});
    time = "01KBK";
    await requests.answer(await requests.put({}), {});
    expect(await disk.list("/p/requests")).toHaveLength(1);
  });
});
