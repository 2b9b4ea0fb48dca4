// A process of its own: the receiver on a real disk, with no flow to run, or a server that keeps nothing, until its parent
// lets go of it. Told to fill an inbox, it adds events to it and ends.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { systemClock } from "../src/core/clock.ts";
import { machineDisk } from "../src/core/state/disk.ts";
import { Inbox } from "../src/webhooks/inbox/inbox.ts";
import { processEvents } from "../src/webhooks/processor.ts";
import { oncePerTurn } from "../src/webhooks/server/access-log.ts";
import { type Access, receiverApp } from "../src/webhooks/server/app.ts";
import { listen } from "../src/webhooks/server/listener.ts";
import { RateLimit } from "../src/webhooks/server/rate-limit.ts";
import { benchCallers } from "./listen-calls.ts";

/** What a server is, as its parent names it; `idle` is a receiver that leaves events wait. */
export type Kind = "mlc" | "idle" | "hono";

/** What a server tells when it is asked. */
export interface ServerFacts {
  port: number;
  rssMb: number;
  /** Since it began. */
  cpuMs: number;
  openMs: number;
}

const [kind = "mlc", dir = "", count = "0"] = process.argv.slice(2);
if (kind === "fill") {
  await fill(Number(count));
  process.exit(0);
}
const began = performance.now();
const port = kind === "hono" ? await bare() : await receiver();
const openMs = performance.now() - began;
const tell = () => {
  const { user, system } = process.cpuUsage();
  const facts: ServerFacts = {
    port,
    rssMb: process.memoryUsage.rss() / 2 ** 20,
    cpuMs: (user + system) / 1000,
    openMs,
  };
  process.send?.(facts);
};
process.on("message", tell);
process.on("disconnect", () => process.exit(0));
tell();

async function receiver(): Promise<number> {
  const inbox = await Inbox.open({ disk: machineDisk(process.platform), dir, clock: systemClock });
  const signal = new AbortController().signal;
  const nothing = { config: () => ({ schema: 1 }) as const, run: async () => true, warn: () => {} };
  if (kind === "mlc") void processEvents({ inbox, clock: systemClock, signal, ...nothing });
  const write = oncePerTurn((text) => void process.stdout.write(text));
  const log = (access: Access) => write(JSON.stringify(access));
  const app = receiverApp({
    ...{ clock: systemClock, inbox, log, known: () => benchCallers, isHandshakeExpected: async () => false },
    // All calls come from one address here; the rest is as it always is.
    rateLimit: new RateLimit({ clock: systemClock, burst: 1e9 }),
  });
  // As behind a proxy, whose address all callers have.
  const { url } = await listen({ app, port: 0, host: "127.0.0.1", limits: { perAddress: 1024 } });
  return Number(new URL(url).port);
}

/** Reads the body, as whoever answers must, and nothing more. */
async function bare(): Promise<number> {
  const app = new Hono();
  app.post("/webhooks/:route/:token?", async (context) => {
    await context.req.arrayBuffer();
    return context.body(null, 200);
  });
  return new Promise((resolve) => {
    serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0, createServer }, ({ port }: AddressInfo) => resolve(port));
  });
}

/** Distinct events of distinct records, which wait. */
async function fill(events: number): Promise<void> {
  const inbox = await Inbox.open({ disk: machineDisk(process.platform), dir, clock: systemClock });
  const at = new Date().toISOString();
  const event = {
    route: "shipbob",
    at,
    topic: "order.shipped",
    body: JSON.stringify({ text: "x".repeat(500) }),
  } as const;
  for (let from = 0; from < events; from += 10_000) {
    const ids = Array.from({ length: Math.min(10_000, events - from) }, (_, index) => `msg_${from + index}`);
    await Promise.all(ids.map((id) => inbox.add({ ...event, id, records: [{ kind: "orderId", id }] })));
  }
  await inbox.close();
}
