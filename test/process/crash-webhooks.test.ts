import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { sandboxShipBob } from "../../src/commands/support/sandbox-shipbob.ts";
import { openMlc } from "../../src/mlc.ts";
import { proofOf } from "../../src/webhooks/reached.ts";
import { type Bench, openBench } from "./fixture.ts";
import { killAt } from "./kill.ts";

/** Business Central calls the address as soon as it is subscribed to. */
const receiver = { url: "", close: () => {}, proof: (_: string): string | undefined => undefined };
beforeAll(async () => {
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? "", "http://receiver");
    response.end(searchParams.get("validationToken") ?? receiver.proof(searchParams.get("probe") ?? ""));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  receiver.close = () => void server.close();
});
afterAll(() => receiver.close());

const open = ({ env, home, clock }: Bench) =>
  openMlc({
    ...{ profile: "default", env: { ...env, MLC_TEST_NOW: clock.now().toISOString() }, platform: process.platform },
    ...{ homedir: home, version: "0.0.0", signal: new AbortController().signal, isTty: false },
  });

type Name = "shipstation" | "shipbob" | "bc";

const entries = { shipstation: "webhookToken", shipbob: "webhookSecret", bc: "webhookSecret" } as const;

async function opened(name: Name): Promise<Bench> {
  const bench = await openBench({ seeded: false, ...(name === "bc" ? { bc: {} } : {}) });
  if (name !== "shipbob") return bench;
  const mlc = await open(bench);
  await mlc.secrets.write({ "shipbob.accessToken": sandboxShipBob.accessToken }, "vault");
  await mlc.settings.save({ ...mlc.config, shipbob: bench.settings.shipbob });
  return bench;
}

/** What a system calls: the topic, and the address with what proves the call. */
function subscribed({ shipstation, shipbob, bc }: Bench, name: Name): { topic: string; url: string; proof: string }[] {
  if (name === "shipstation")
    return shipstation.webhooks.hooks.map(({ event, url }) => ({
      ...{ topic: event, url: url.slice(0, url.lastIndexOf("/")), proof: url.slice(url.lastIndexOf("/") + 1) },
    }));
  if (name === "shipbob")
    return shipbob.webhooks.subscriptions.map(({ topics, url, secret }) => ({
      topic: `${topics}`,
      url,
      proof: secret,
    }));
  return bc.subscriptions.map(({ resource, notificationUrl: url, clientState }) => ({
    ...{ topic: resource.slice(resource.lastIndexOf("/") + 1), url, proof: clientState },
  }));
}

/** All places of all changes, not only the replacing of a secret; by hand: MLC_TEST_SWEEP=all npx vitest run test/process/crash-webhooks.test.ts */
const isWhole = process.env.MLC_TEST_SWEEP === "all";
const places = ["webhooks.secret:1", "webhooks.created:1", "webhooks.created:3", "webhooks.made:1", "webhooks.kept:1"];
const names = ["shipstation", "shipbob", "bc"] as const;
const changes = [
  { of: "the first ones", args: (url: string) => ["--url", url], again: (url: string) => ["--url", url] },
  { of: "a new secret", args: () => ["--rotate"], again: () => [] },
  {
    of: "another address",
    args: (url: string) => ["--url", `${url}/other`],
    again: (url: string) => ["--url", `${url}/other`],
  },
];
const kills = names
  .flatMap((name) => changes.flatMap((change) => places.map((at) => ({ name, ...change, at }))))
  .filter(({ of, at }) => isWhole || (of === "a new secret" && /secret|created:3|made/.test(at)));

it.each(kills)(
  "killed at $at of $of, webhooks create $name leaves one subscription a topic, with a secret that is known",
  async ({ name, of, args, again, at }) => {
    const bench = await opened(name);
    const url = `${receiver.url}/webhooks/${name}`;
    const mlc = await open(bench);
    const key = await mlc.secrets.macKey();
    receiver.proof = (nonce) => proofOf(key, nonce);
    if (of !== "the first ones") expect((await mlc.webhooks.create(name, url, { isDry: false })).error).toBeUndefined();
    const before = subscribed(bench, name);
    await killAt(bench, ["webhooks", "create", name, ...args(url)], at);
    const { code, stderr } = await bench.run(["webhooks", "create", name, ...again(url)]);
    expect(code, stderr).toBe(0);
    const now = await open(bench);
    const hooks = subscribed(bench, name);
    const rows = await now.webhooks.list(name, now.webhooks.addresses.of(name) ?? "");
    expect(hooks.map(({ topic }) => topic).sort()).toEqual(rows.map(({ topic }) => topic).sort());
    expect(rows.every(({ state }) => state === "live")).toBe(true);
    const proof = (await now.settings.readSecret(`${name}.${entries[name]}`))?.value.reveal();
    const called = of === "another address" ? `${url}/other` : url;
    for (const hook of hooks) expect(hook).toMatchObject({ url: called, proof });
    if (of === "a new secret") expect(before.every((hook) => hook.proof !== proof)).toBe(true);
    expect(
      (await now.webhooks.status()).find(({ system }) => system === name)?.subscriptions.every(({ isLive }) => isLive),
    ).toBe(true);
    await bench.close();
  },
);
