import { beforeEach, expect, it } from "vitest";
import { jumpingClock } from "../../src/core/clock.ts";
import type { FlowReport, WebhookStatus } from "../../src/core/report.ts";
import { type RunOptions, zeroCounts } from "../../src/core/sync/run.ts";
import { EventNotes, eventWarnings } from "../../src/webhooks/event-notes.ts";
import { MemoryDisk } from "../core/state/memory-disk.ts";
import { now } from "./callers.ts";

const hour = 3_600_000;
const config = { schema: 1 as const, fno: {}, shipbob: {}, "fno-shipbob": {} };
let disk = new MemoryDisk();
let clock = jumpingClock(now);
beforeEach(() => {
  disk = new MemoryDisk();
  clock = jumpingClock(now);
});

const opened = () =>
  new EventNotes({ disk, dir: "p", clock, platform: "linux", config: () => config, alone: (work) => work() });
const ran = (request: Partial<RunOptions> = {}, flow: Partial<FlowReport> = {}) => {
  const at = clock.now().toISOString();
  const flows = [{ pair: "fno-shipbob", flow: "shipments", ...zeroCounts(), updated: 1, durationMs: 1, ...flow }];
  return opened().noteRun({ command: "sync", ...request }, { run: "", startedAt: at, endedAt: at, flows, exitCode: 0 });
};
const event = () =>
  opened().note(["shipbob"], new Map([["shipbob", { lastAt: clock.now().toISOString(), waiting: 0 }]]));
const subscribed = (isLive: boolean): WebhookStatus[] => [
  {
    system: "shipbob",
    url: "https://x",
    checkedAt: null,
    subscriptions: [{ topic: "t", createdAt: null, endsAt: null, isLive }],
  },
];
const isSilent = async (subscriptions: WebhookStatus[] = []) => (await opened().status(subscriptions))[0]?.isSilent;

it("nothing is told where no receiver ever ran, and a poll leaves no note there", async () => {
  await ran();
  expect([await opened().status([]), await disk.list("p")]).toEqual([[], []]);
});

it("a source is silent once a poll finds a change there more than a day after its last event", async () => {
  await event();
  clock.advance(23 * hour);
  await ran();
  expect(await isSilent()).toBe(false);
  clock.advance(2 * hour);
  await ran({}, { updated: 0, unchanged: 5 });
  expect(await isSilent()).toBe(false);
  await ran();
  expect(await isSilent()).toBe(true);
  const [warning] = eventWarnings(await opened().status([]), clock.now());
  expect(warning).toMatch(
    /^shipbob: no event since 2026-11-21 16:00Z, but a poll found changes there on 2026-11-22 17:00Z\. /,
  );
  await event();
  expect(await isSilent()).toBe(false);
});

it("one that never called is held against the day since when its calls are taken", async () => {
  await opened().note(["shipbob"], new Map());
  clock.advance(25 * hour);
  await ran();
  expect(eventWarnings(await opened().status([]), clock.now())[0]).toMatch(/^shipbob: no event ever came, but /);
});

it("what an event, a person or another system's flow brought is no sign of a silence", async () => {
  await event();
  clock.advance(25 * hour);
  await ran({ command: "listen" });
  await ran({ since: now });
  await ran({ resend: true });
  await ran({ dryRun: true });
  await ran({}, { flow: "orders" });
  expect(await isSilent()).toBe(false);
  await ran();
  expect([await isSilent(subscribed(true)), await isSilent(subscribed(false))]).toEqual([true, false]);
});

it("ShipStation, whose V2 calls need no secret of their own, is told of once it called or is subscribed to", async () => {
  await opened().note(["shipstation-v2"], new Map());
  expect(await opened().status([])).toEqual([]);
  const [live] = subscribed(true);
  expect(await opened().status(live ? [{ ...live, system: "shipstation" }] : [])).toHaveLength(1);
  await opened().note(["shipstation-v2"], new Map([["shipstation-v2", { lastAt: now.toISOString(), waiting: 0 }]]));
  expect(await opened().status([])).toHaveLength(1);
});

it("what waits is told with its age, and that no receiver works it off", async () => {
  const at = now.toISOString();
  await opened().note(["shipbob", "fno"], new Map([["shipbob", { lastAt: at, waiting: 2, waitingSince: at }]]));
  clock.advance(hour);
  const status = await opened().status([]);
  const [shipbob, fno] = [
    status.find(({ system }) => system === "shipbob"),
    status.find(({ system }) => system === "fno"),
  ];
  expect(shipbob).toMatchObject({ lastEventAt: at, ageMs: hour, waiting: 2, waitingSince: at, isListening: false });
  expect(fno).toMatchObject({ lastEventAt: null, ageMs: null, waiting: 0, waitingSince: null });
  expect(eventWarnings(status, clock.now())).toEqual([
    expect.stringContaining("waits since 2026-11-21 16:00Z and no `mlc listen` runs"),
  ]);
});

it("the last event is known after its file is gone, two paths of a system count as one, and a lost secret ends it", async () => {
  const [early, late] = [now.toISOString(), new Date(now.getTime() + hour).toISOString()];
  const standing = new Map([
    ["shipstation", { lastAt: late, waiting: 1, waitingSince: late }],
    ["shipstation-v2", { lastAt: early, waiting: 2, waitingSince: early }],
  ] as const);
  await opened().note(["shipstation", "shipstation-v2"], standing);
  expect(await opened().status([])).toMatchObject([{ lastEventAt: late, waiting: 3, waitingSince: early }]);
  await opened().note(["shipstation"], new Map());
  expect(await opened().status([])).toMatchObject([{ lastEventAt: late, waiting: 0, waitingSince: null }]);
  await opened().note([], new Map());
  expect(await opened().status([])).toEqual([]);
});
