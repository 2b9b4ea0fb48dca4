import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { postWaiting } from "../../src/commands/support/sandbox-posts.ts";
import { sandboxShipBob } from "../../src/commands/support/sandbox-shipbob.ts";
import { openMlc } from "../../src/mlc.ts";
import { type Bench, type Ended, openBench } from "./fixture.ts";
import { killAt } from "./kill.ts";

/** The receiver's address from outside; nothing answers there until it runs. */
let publicUrl = "";
let bench: Bench;
const outputs: string[] = [];
beforeAll(async () => {
  bench = await openBench();
  bench.clock.advance(Date.now() - bench.clock.now().getTime());
  publicUrl = `http://127.0.0.1:${await freePort()}`;
  const sets = Object.entries(bench.settings.shipbob).flatMap(([path, value]) => ["--set", `${path}=${value}`]);
  const { accessToken } = sandboxShipBob;
  const stdin = JSON.stringify({ accessToken });
  const connect = ["connect", "shipbob", "--no-input", "--no-check", "--secrets-stdin", ...sets];
  const { code, stderr } = await bench.run(connect, { stdin });
  if (code !== 0) throw new Error(stderr);
});
afterAll(() => bench.close());

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const run = async (...args: string[]) => {
  const ended = await bench.run(args);
  outputs.push(ended.stdout, ended.stderr);
  return ended;
};
type Row = { system: string; topic: string; url: string; state: string; done?: string; createdAt: string | null };
const webhooks = async (...args: string[]) => {
  const { code, stdout } = await run("webhooks", ...args, "--json");
  return { code, ...(JSON.parse(stdout) as { webhooks: Row[]; error?: { message: string } }) };
};
const doneOf = (rows: readonly Row[], system: string) =>
  rows.filter((row) => row.system === system).map(({ done, topic }) => `${done} ${topic}`);
const hooks = () => bench.shipstation.webhooks.hooks;
const shipped = ["SHIP_NOTIFY", "FULFILLMENT_SHIPPED", "FULFILLMENT_REJECTED"];
const config = () => JSON.parse(readFileSync(join(bench.home, "default", "config.json"), "utf8"));
const open = () =>
  openMlc({
    ...{ profile: "default", env: bench.env, platform: process.platform, homedir: bench.home },
    ...{ version: "0.0.0", signal: new AbortController().signal, isTty: false },
  });

it("a public address that is none is refused, and a dry run makes nothing", async () => {
  expect((await run("config", "set", "webhooks.publicUrl=http://sync.contoso.example")).code).toBe(6);
  expect((await run("listen", "--public-url", "http://sync.contoso.example")).code).toBe(2);
  expect((await run("config", "set", `webhooks.publicUrl=${publicUrl}/`)).code).toBe(0);
  expect(config().webhooks).toEqual({ publicUrl });
  expect((await run("webhooks", "create", "fno")).stderr).toContain("Run `mlc webhooks guide fno`");
  const dry = await webhooks("create", "--dry-run");
  expect(doneOf(dry.webhooks, "shipstation")).toEqual(shipped.map((topic) => `created ${topic}`));
  expect([hooks(), bench.shipbob.webhooks.subscriptions, config().shipstation.webhooks]).toEqual([[], [], undefined]);
});

it("a process that was killed before it noted what it made leaves one subscription a topic", async () => {
  await killAt(bench, ["webhooks", "create", "shipstation"], "webhooks.made");
  expect([hooks().length, config().shipstation.webhooks]).toEqual([3, undefined]);
  const again = await webhooks("create", "shipstation");
  expect(doneOf(again.webhooks, "shipstation")).toEqual(shipped.map((topic) => `unchanged ${topic}`));
  expect(hooks()).toHaveLength(3);
});

it("without a system all that can are subscribed, each at its own path under the public address", async () => {
  const made = await webhooks("create");
  expect(made.code).toBe(0);
  expect(new Set(made.webhooks.map(({ url }) => url))).toEqual(
    new Set([`${publicUrl}/webhooks/shipstation`, `${publicUrl}/webhooks/shipbob`]),
  );
  expect(doneOf(made.webhooks, "shipbob")).toHaveLength(11);
  const listed = await webhooks("list");
  expect([listed.code, listed.webhooks.length]).toEqual([0, 14]);
  expect(listed.webhooks.every(({ state, createdAt }) => state === "live" && createdAt !== null)).toBe(true);
  expect((await run("webhooks", "list")).stdout).toMatch(/^shipstation +SHIP_NOTIFY +live +\d{4}-/m);
  expect((await webhooks("renew")).webhooks.map(({ done }) => done)).toEqual(listed.webhooks.map(() => "unchanged"));
});

it("a label at ShipStation reaches F&O by the posts of the simulated vendor", async () => {
  // Some of the seeded orders are set aside.
  await bench.run(["sync", "orders", "-q"]);
  let stop = () => {};
  let hear: (text: string) => void = () => {};
  const [ready, moved] = ["Listening on", "shipments: 1 created"].map((part) => {
    const before = hear;
    return new Promise<void>((resolve) => {
      hear = (text) => {
        before(text);
        if (text.includes(part)) resolve();
      };
    });
  });
  const listening: Promise<Ended> = bench.run(["listen", "--port", new URL(publicUrl).port], {
    env: { MLC_TEST_NOW: "" },
    started: (child) => {
      stop = () => child.kill("SIGTERM");
      child.stderr?.on("data", (text: string) => hear(text));
    },
  });
  await ready;
  const order = bench.shipstation.orders.find(({ orderStatus }) => orderStatus === "awaiting_shipment");
  bench.shipstation.print(order?.orderId ?? 0);
  await postWaiting(bench);
  await moved;
  stop();
  const { stdout, stderr } = await listening;
  outputs.push(stdout, stderr);
  expect(stdout).toContain('"topic":"SHIP_NOTIFY"');
}, 30_000);

it("a subscription that vanished is made again by a sync, which then reads its flows once more", async () => {
  const gone = hooks().findIndex(({ event }) => event === "SHIP_NOTIFY");
  hooks().splice(gone, 1);
  const listed = await webhooks("list", "shipstation");
  expect([listed.code, listed.webhooks.find(({ state }) => state === "gone")?.topic]).toEqual([3, "SHIP_NOTIFY"]);
  expect((await run("status")).stdout).toMatch(/gone: SHIP_NOTIFY; run `mlc webhooks create shipstation`$/m);
  bench.clock.advance(3_700_000);
  const before = bench.shipstation.requests.length;
  expect((await run("sync", "shipments", "-q")).code).toBe(0);
  const asked = bench.shipstation.requests.slice(before);
  const made = asked.indexOf("POST /webhooks/subscribe");
  expect(made).toBeGreaterThan(0);
  expect(asked.slice(made)).toContain("GET /shipments");
  expect(hooks().map(({ event }) => event)).toContain("SHIP_NOTIFY");
  expect((await webhooks("list", "shipstation")).code).toBe(0);
});

it("doctor says which secret is missing, and a new one has the subscriptions made again", async () => {
  const doctor = async () =>
    (JSON.parse((await run("doctor", "--json")).stdout) as { checks: { name: string }[] }).checks.filter(({ name }) =>
      name.endsWith(".webhooks"),
    );
  expect(await doctor()).toMatchObject([{ state: "ok" }, { state: "ok" }]);
  const mlc = await open();
  outputs.push(JSON.stringify(hooks().length));
  const before = hooks()[0]?.url ?? "";
  await mlc.secrets.erase(["shipstation.webhookToken"], "vault");
  expect(await doctor()).toMatchObject([
    { state: "warning", message: expect.stringContaining("shipstation.webhookToken is missing") },
    { state: "ok" },
  ]);
  const again = await webhooks("create", "shipstation");
  expect(doneOf(again.webhooks, "shipstation")).toEqual(
    shipped.flatMap((topic) => [`created ${topic}`, `deleted ${topic}`]),
  );
  expect(hooks().some(({ url }) => url === before)).toBe(false);
  expect(outputs.join()).not.toContain(before.split("/").at(-1));
});

it("they are deleted, and no output ever had a secret in it", async () => {
  const secrets = [hooks()[0]?.url.split("/").at(-1) ?? "", bench.shipbob.webhooks.subscriptions[0]?.secret ?? ""];
  const gone = await webhooks("delete");
  expect([gone.code, gone.webhooks.length]).toEqual([0, 14]);
  expect([hooks(), bench.shipbob.webhooks.subscriptions]).toEqual([[], []]);
  expect(config().shipstation.webhooks).toBeUndefined();
  expect(await webhooks("delete")).toMatchObject({ code: 0, webhooks: [] });
  await run("audit", "--json");
  for (const secret of secrets) {
    expect(secret.length).toBeGreaterThan(30);
    expect(outputs.join()).not.toContain(secret);
  }
});
