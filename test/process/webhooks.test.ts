import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { sandboxCredentials } from "../../src/commands/support/sandboxes.ts";
import { openMlc } from "../../src/mlc.ts";
import { proofOf } from "../../src/webhooks/reached.ts";
import { type Bench, openBench } from "./fixture.ts";

/** What Business Central calls: it gives the validation token back while `isThere`. */
const receiver = {
  isThere: true,
  url: "",
  paths: new Set<string>(),
  proof: (_: string): string | undefined => undefined,
  close: () => {},
};

let bench: Bench;
beforeAll(async () => {
  bench = await openBench({ connected: false, seeded: false });
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://receiver");
    if (pathname !== "/healthz") receiver.paths.add(pathname);
    const proof = receiver.proof(searchParams.get("probe") ?? "");
    response.writeHead(receiver.isThere ? 200 : 503).end(searchParams.get("validationToken") ?? proof);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  receiver.close = () => server.close();
  const { clientSecret, apiKey, apiSecret } = sandboxCredentials;
  await connect("bc", bench.settings.bc, { clientSecret });
  await connect("shipstation", bench.settings.shipstation, { apiKey, apiSecret });
  await connect("bc-shipstation", {});
  const signal = new AbortController().signal;
  const mlc = await openMlc({
    ...{ profile: "default", env: bench.env, platform: process.platform, homedir: bench.home },
    ...{ version: "0.0.0", signal, isTty: false },
  });
  const key = await mlc.secrets.macKey();
  receiver.proof = (nonce) => proofOf(key, nonce);
});
afterAll(async () => {
  receiver.close();
  await bench.close();
});

async function connect(name: string, settings: Record<string, unknown>, secrets?: Record<string, string>) {
  const sets = Object.entries(settings).flatMap(([path, value]) => ["--set", `${path}=${value}`]);
  const piped = secrets ? ["--secrets-stdin"] : [];
  const { code, stderr } = await bench.run(
    ["connect", name, "--no-input", "--no-check", "--store", "vault", ...piped, ...sets],
    { stdin: JSON.stringify(secrets ?? {}) },
  );
  if (code !== 0) throw new Error(stderr);
}

const config = () => JSON.parse(readFileSync(join(bench.home, "default", "config.json"), "utf8"));
const webhooks = async (...args: string[]) => {
  const { code, stdout, stderr } = await bench.run(["webhooks", ...args, "--json"]);
  return { code, stderr, ...(JSON.parse(stdout) as { webhooks: Record<string, unknown>[]; error?: unknown }) };
};
const topics = ["items", "customers", "salesOrders", "salesInvoices"];
const hours = (count: number) => bench.clock.advance(count * 3_600_000);

it("nothing is there before it is made, and without a terminal the address must be named", async () => {
  const none = "There is no subscription; `mlc webhooks create` makes them.\n";
  expect(await webhooks("list")).toMatchObject({ code: 0, webhooks: [], stderr: none });
  const { code, stderr } = await bench.run(["webhooks", "create", "bc"]);
  expect([code, stderr]).toEqual([2, expect.stringContaining("needs --url")]);
  const path = await bench.run(["webhooks", "create", "--url", `${receiver.url}/behind/a/proxy`]);
  expect([path.code, path.stderr]).toEqual([2, expect.stringContaining("has a path")]);
  expect((await bench.run(["webhooks", "create", "bc", "--url", "http://sync.contoso.example"])).code).toBe(2);
  expect((await bench.run(["webhooks", "list", "fno"])).code).toBe(6);
});

it("a receiver that does not answer is told in one sentence, exit 3, and nothing is kept", async () => {
  receiver.isThere = false;
  const { code, stderr } = await bench.run(["webhooks", "create", "bc", "--url", receiver.url]);
  receiver.isThere = true;
  expect(code).toBe(3);
  expect(stderr.replace(/\s+/g, " ")).toMatch(
    /did not return the validation token.* → See that the receiver is running/,
  );
  expect(config().bc.webhooks).toBeUndefined();
});

it("they are made once, at the receiver's path, and the address is kept but the secret never shown", async () => {
  expect(await webhooks("create", "bc", "--url", receiver.url, "--dry-run")).toMatchObject({ code: 0, dryRun: true });
  expect(bench.bc.subscriptions).toEqual([]);
  const made = await webhooks("create", "bc", "--url", receiver.url);
  expect(made.code).toBe(0);
  expect(made.webhooks.map(({ topic, done, endsAt }) => [topic, done, endsAt])).toEqual(
    topics.map((topic) => [topic, "created", "2026-11-24T16:00:00.000Z"]),
  );
  const again = await bench.run(["webhooks", "create"]);
  expect(again.stdout).toMatch(/^bc +items +unchanged +2026-11-21 +2026-11-24 16:00Z$/m);
  expect(again.stdout).toMatch(/^bc calls http:\/\/127.*\/webhooks\/bc$/m);
  expect(bench.bc.subscriptions).toHaveLength(4);
  expect([...receiver.paths].at(-1)).toBe("/webhooks/bc");
  expect(config().bc.webhooks).toEqual({ url: `${receiver.url}/webhooks/bc` });
  const secret = bench.bc.subscriptions[0]?.clientState ?? "";
  expect(secret).toHaveLength(43);
  const secrets = await bench.run(["secrets", "list"]);
  expect(secrets.stdout).toContain("bc.webhookSecret");
  expect(JSON.stringify([made, again, secrets, config()])).not.toContain(secret);
});

it("a sync renews them within 36 hours of their end, at most once an hour, and goes on when it cannot", async () => {
  const ends = () => bench.bc.subscriptions[0]?.expirationDateTime;
  hours(35);
  await bench.run(["sync", "-q"]);
  expect(ends()).toBe("2026-11-24T16:00:00.000Z");
  hours(1.5);
  receiver.isThere = false;
  const { code, stderr } = await bench.run(["sync", "-q"]);
  expect([code, stderr]).toEqual([
    0,
    expect.stringMatching(
      /^Warning: mlc's own receiver is not reached at http:.*it answers 503; the subscriptions of bc are left as they are/m,
    ),
  ]);
  receiver.isThere = true;
  expect((await bench.run(["sync", "-q"])).stderr).toBe("");
  expect(ends()).toBe("2026-11-24T16:00:00.000Z");
  hours(1);
  expect((await bench.run(["sync", "-q", "--dry-run"])).stderr).not.toContain("Warning");
  expect(ends()).toBe("2026-11-24T16:00:00.000Z");
  await bench.run(["sync", "-q"]);
  expect(ends()).toBe("2026-11-26T05:30:00.000Z");
});

it("status and doctor say when they end, and what is gone", async () => {
  const status = async () => (await bench.run(["status"])).stdout;
  const doctor = async () =>
    (JSON.parse((await bench.run(["doctor", "--json"])).stdout) as { checks: { name: string }[] }).checks.find(
      ({ name }) => name === "bc.webhooks",
    );
  expect(await status()).toMatch(
    /^webhooks of bc to http.*: items, .*salesInvoices since 2026-11-21 16:00Z until 2026-11-26 05:30Z$/m,
  );
  expect(await doctor()).toMatchObject({ state: "ok", message: expect.stringContaining("until 2026-11-26 05:30Z") });
  hours(80);
  expect(await status()).toMatch(/gone: items, .*; run `mlc webhooks create bc`$/m);
  expect(await doctor()).toMatchObject({ state: "warning", fix: expect.stringContaining("mlc webhooks create bc") });
  expect(await webhooks("renew")).toMatchObject({ code: 3, webhooks: topics.map(() => ({ state: "gone" })) });
  expect((await webhooks("create")).webhooks.map(({ done }) => done)).toEqual(topics.map(() => "created"));
});

it("another address takes the place of the old one", async () => {
  const moved = await webhooks("create", "bc", "--url", `${receiver.url}/behind/a/proxy`);
  expect(moved.webhooks.map(({ done }) => done)).toEqual([
    ...topics.map(() => "created"),
    ...topics.map(() => "deleted"),
  ]);
  expect(bench.bc.subscriptions.map(({ notificationUrl }) => notificationUrl)).toEqual(
    topics.map(() => `${receiver.url}/behind/a/proxy`),
  );
});

it("they are renewed on demand and deleted with their address, twice without an error", async () => {
  hours(1);
  expect((await webhooks("renew", "bc")).webhooks.map(({ done }) => done)).toEqual(topics.map(() => "renewed"));
  const removed = await webhooks("delete", "bc");
  expect([removed.code, removed.webhooks.map(({ done }) => done)]).toEqual([0, topics.map(() => "deleted")]);
  expect(bench.bc.subscriptions).toEqual([]);
  expect(config().bc.webhooks).toBeUndefined();
  expect(await webhooks("delete", "bc")).toMatchObject({ code: 0, webhooks: [] });
  expect(JSON.parse((await bench.run(["status", "--json"])).stdout).webhooks).toEqual([]);
});
