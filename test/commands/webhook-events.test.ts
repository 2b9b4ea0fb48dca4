import { expect, it } from "vitest";
import { lineOf, namesText } from "../../src/commands/support/access-print.ts";
import { eventJson } from "../../src/commands/support/webhook-events.ts";
import { jumpingClock } from "../../src/core/clock.ts";
import { Inbox } from "../../src/webhooks/inbox/inbox.ts";
import { newestEvents } from "../../src/webhooks/inbox/reader.ts";
import { noProgress, processWaiting } from "../../src/webhooks/processor.ts";
import { receiverApp } from "../../src/webhooks/server/app.ts";
import { MemoryDisk } from "../core/state/memory-disk.ts";
import { callers, fromShipBob, now } from "../webhooks/callers.ts";

const config = { schema: 1 as const, fno: {}, shipbob: {}, "fno-shipbob": {} };

it.each([
  ["return.created", '{"id":77,"status":"AwaitingArrival"}', "kept"],
  ["wro.completed", '{"id":88}', "kept"],
  ["order.shipped", '{"id":99}', "waiting"],
])("ShipBob's %s is verified and kept, and shown as such", async (topic, body, state) => {
  const [disk, clock] = [new MemoryDisk(), jumpingClock(now)];
  const inbox = await Inbox.open({ disk, dir: "inbox", clock });
  const lines: (string | undefined)[] = [];
  const app = receiverApp({
    ...{ clock, inbox, known: callers, isHandshakeExpected: async () => false },
    log: (access, records) => lines.push(lineOf("eventsText", access, records)),
  });
  const { headers, body: sent } = fromShipBob(body, topic);
  const request = { method: "POST", headers, body: Buffer.from(sent) };
  expect((await app.request("/webhooks/shipbob", request)).status).toBe(200);
  expect((await app.request("/webhooks/shipbob", { ...request, body: `${body} ` })).status).toBe(401);
  const [event] = await newestEvents(disk, "inbox", { limit: 10 });
  expect(event && eventJson({ config }, event)).toMatchObject({ name: "ev1", system: "shipbob", topic, state });
  expect(lines[0]).toMatch(new RegExp(`^16:00:00 {2}shipbob {2}${topic} .*stored`));
  const run = async () => true;
  const { signal } = new AbortController();
  await processWaiting({ inbox, clock, signal, config: () => config, run, warn: () => undefined }, noProgress());
  const [after] = await newestEvents(disk, "inbox", { limit: 10 });
  expect(after && eventJson({ config }, after).state).toBe(state === "kept" ? "kept" : "done");
});

it("what an event names is short, and nothing of it moves the cursor", () => {
  const list = { kind: "resourceUrl", id: "https://ssapi6.shipstation.com/shipments?batchId=1" } as const;
  expect(namesText([list])).toBe("/shipments?batchId=1");
  const item = { kind: "record" as const, id: "api/v2.0/companies(4f55)/items(a1)" };
  expect(namesText([item])).toBe("items(a1)");
  const many = Array.from({ length: 8 }, (_, at) => ({ kind: "orderId" as const, id: `${at}` }));
  expect(namesText(many)).toBe("0, 1, 2, 3, 4, and 3 more");
  const access = {
    at: now.toISOString(),
    route: "fno" as const,
    address: "::1",
    status: 200,
    ms: 1,
    outcome: "stored",
  };
  const line = lineOf("eventsText", { ...access, topic: "\u001b[2J" }, [{ kind: "orderNumber", id: "SO\u202e1" }]);
  expect(line).toBe("16:00:00  fno  \\u001b[2J  stored  SO\\u202e1");
});
