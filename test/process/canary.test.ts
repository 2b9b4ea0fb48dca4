import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serve } from "@hono/node-server";
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeNav, navSettings, sandboxNav } from "../../src/commands/support/sandbox-nav.ts";
import { jumpingClock } from "../../src/core/clock.ts";
import { openMlc } from "../../src/mlc.ts";
import { BusinessCentralSandbox } from "../../src/sandbox/bc.ts";
import { EntraSandbox } from "../../src/sandbox/entra.ts";
import { FnoSandbox } from "../../src/sandbox/fno.ts";
import { type SimulatedVendor, seededRandom } from "../../src/sandbox/kit.ts";
import { seedShipBob } from "../../src/sandbox/seed/shipbob.ts";
import { seedOrders } from "../../src/sandbox/seed.ts";
import { ShipBobSandbox } from "../../src/sandbox/shipbob.ts";
import { ShipStationSandbox } from "../../src/sandbox/shipstation.ts";
import { type Ended, type RunOptions, runMlc } from "./fixture.ts";
import { startReceiver } from "./receiver.ts";

const fixture = (name: string) => readFileSync(join(import.meta.dirname, "..", "fixtures", "entra", name), "utf8");
const certificate = fixture("app-certificate.pem");
const privateKey = fixture("app-key.pem");
const canaries = {
  clientSecret: "Cnry8Q~fno-client/secret+1=&%",
  apiKey: "cnry0shipstation0key0a1b2c3d4e5f",
  apiSecret: "cnry0shipstation0secret/+~0a1b2c",
  apiKeyV2: "TEST_cnry/shipstation+v2~key=&%00",
  accessToken: "cnry0shipbob/access+token=0a1b2c3d",
  refreshToken: "cnry0shipbob/refresh+token=&0a1b2c",
  wrong: "cnry~a/wrong+secret=&%",
};
const { clientSecret, apiKey, apiSecret, apiKeyV2, accessToken, refreshToken, wrong } = canaries;
const [tenantId, clientId] = ["5a11d000-0000-4000-8000-00000000cafe", "5a11d000-0000-4000-8000-0000000000c1"];

/** What must be seen nowhere: the canaries, the key's own lines, and what the vendors gave and were given on the way. */
const secrets = new Set([
  ...Object.values(canaries),
  ...privateKey.split("\n").filter((line) => line.length > 20 && !line.startsWith("-----")),
]);
const clock = jumpingClock(new Date("2026-11-21T16:00:00Z"));
const home = mkdtempSync(join(tmpdir(), "mlc-canary-"));
const keyFile = join(home, "vault.key");
const logFile = join(home, "log", "mlc.log");
const env = {
  MLC_HOME: home,
  MLC_VAULT_KEY_FILE: keyFile,
  MLC_TEST_NOW: clock.now().toISOString(),
  MLC_LOG_FILE: logFile,
};
const servers: ReturnType<typeof serve>[] = [];

/** Answers a batch of orders with 200, and each order with a refusal. */
const refusedEach = 299;

/** Says everything that it was sent, in each place where mlc might look for a sentence. */
async function echo(request: Request, status: number): Promise<Response> {
  const sent = [...request.headers].map(([name, value]) => `${name}: ${value}`).join(" ");
  const basic = request.headers.get("authorization")?.replace(/^Basic /, "") ?? "";
  // Of the body only its beginning, where the credentials of a token request are.
  const posted = await request.text();
  const text = `${sent} ${posted.slice(0, 2000)} ${Buffer.from(basic, "base64")}`;
  const line = text.replace(/[^\x20-\x7e]/g, " ").slice(0, 1500);
  const authorization = request.headers.get("authorization") ?? request.headers.get("api-key") ?? "none";
  const headers = { "x-request-id": authorization, "request-id": line, "www-authenticate": line, location: `/${line}` };
  if (status === refusedEach) {
    const orders = JSON.parse(posted) as { orderKey: string }[];
    const results = orders.map(({ orderKey }) => ({ orderKey, success: false, errorMessage: line }));
    return Response.json({ hasErrors: true, results }, { headers });
  }
  if (status === 200)
    return new Response(`<html>${text}</html>`, { headers: { "content-type": "text/html", ...headers } });
  const isToken = new URL(request.url).pathname.endsWith("/token");
  const fno = { code: authorization, message: line, innererror: { message: `Infolog: Error: ${line}` } };
  const body = {
    error: isToken ? "invalid_client" : fno,
    error_description: `AADSTS99: ${text}`,
    error_codes: [99],
    correlation_id: authorization,
    Message: text,
    ExceptionMessage: text,
    ModelState: { [`apiOrder.${authorization}`]: [text] },
    request_id: authorization,
    errors: [{ error_code: authorization, message: text }],
  };
  return Response.json(body, { status, headers });
}

/** Which requests are answered by an echo of themselves, and with which status. */
let echoes: (request: Request) => number | undefined = () => undefined;

async function served(vendor: SimulatedVendor): Promise<string> {
  const server = serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: async (request, socket) => {
      const status = echoes(request);
      const bearer = /^Bearer (.*)$/.exec(request.headers.get("authorization") ?? "")?.[1];
      if (bearer) secrets.add(bearer);
      const assertion = new URLSearchParams(await request.clone().text()).get("client_assertion");
      if (assertion) secrets.add(assertion);
      return status === undefined ? vendor.fetch(request, socket) : echo(request, status);
    },
  });
  servers.push(server);
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

let settings: { fno: string[]; shipstation: string[]; shipbob: string[] };
let others: { bc: Record<string, unknown>; nav: Record<string, unknown> };
beforeAll(async () => {
  const entra = new EntraSandbox({ clock, tenantId, clientId, clientSecret, certificate });
  const fno = new FnoSandbox({ clock, accepts: (token) => entra.accepts(token) });
  const shipstation = new ShipStationSandbox({ clock, apiKey, apiSecret, apiKeyV2, limitV1: 10_000 });
  const shipbob = new ShipBobSandbox({ clock, token: accessToken });
  seedOrders(fno, seededRandom(1));
  seedShipBob(shipbob);
  const [host, authority, apiUrl] = [await served(fno), await served(entra), await served(shipstation)];
  const shipBobUrl = await served(shipbob);
  const answers = async (...sent: Parameters<typeof fetch>) =>
    new Response(new URL(new Request(...sent).url).searchParams.get("validationToken"), { status: 200 });
  const accepts = (token: string) => entra.accepts(token);
  const bc = new BusinessCentralSandbox({ clock, tenantId, accepts, companies: [{ name: "CRONUS" }], fetch: answers });
  const { nav, navGateway } = makeNav(clock, true);
  const apps = { apiUrl: await served(bc), authority, tenantId, environment: "production", clientId };
  others = {
    bc: { ...apps, company: bc.desk().company.id },
    nav: navSettings(await served(nav), await served(navGateway), nav.path).nav,
  };
  const given = { host, authority, tenantId, clientId, legalEntities: "usmf,demf" };
  const flags = (values: Record<string, string>) => Object.entries(values).flatMap(([k, v]) => ["--set", `${k}=${v}`]);
  settings = {
    fno: flags(given),
    shipstation: flags({ apiUrl, apiUrlV2: apiUrl }),
    shipbob: flags({ apiUrl: shipBobUrl, authUrl: shipBobUrl, channelId: "100101", clientId: "sandbox-application" }),
  };
});
afterAll(() => {
  for (const server of servers) server.close();
  rmSync(home, { recursive: true, force: true });
});

const seen: string[] = [];
const commandLines = new Set<string>();

/** The arguments of every process of this machine that can be read. */
function lookAtProcesses(): void {
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      commandLines.add(readFileSync(`/proc/${pid}/cmdline`, "utf8"));
    } catch {
      // It ended in between.
    }
  }
}

async function run(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const watch = setInterval(lookAtProcesses, 30);
  const ended = await runMlc(args, { ...options, env: { ...env, ...options.env } }).finally(() => clearInterval(watch));
  seen.push(`${args.join(" ")}\n${ended.stdout}`, ended.stderr);
  return ended;
}

const connect = (system: keyof typeof settings, given: Record<string, string>, ...more: string[]) =>
  run(["connect", system, "--no-input", "--secrets-stdin", ...settings[system], ...more], {
    stdin: JSON.stringify(given),
  });

/** A secret as it may be met: as it is, encoded, and in base64 wherever it begins in a group of three. */
function formsOf(secret: string): string[] {
  const shifted = [0, 1, 2].flatMap((shift) => {
    const bytes = Buffer.concat([Buffer.alloc(shift), Buffer.from(secret)]);
    const [from, to] = [Math.ceil((shift * 8) / 6), Math.floor((bytes.length * 8) / 6)];
    return [bytes.toString("base64").slice(from, to), bytes.toString("base64url").slice(from, to)];
  });
  const form = new URLSearchParams({ "": secret }).toString().slice(1);
  const hex = Buffer.from(secret).toString("hex");
  return [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret), form, hex, ...shifted];
}

/** Where a secret was met, by its form. */
function leaks(): string[] {
  const key = readFileSync(keyFile, "utf8").trim();
  const keyBytes = Buffer.from(key, /^[0-9a-f]{64}$/i.test(key) ? "hex" : "base64");
  const forms = new Set([...secrets].flatMap(formsOf));
  for (const form of [key, keyBytes.toString("hex"), keyBytes.toString("base64"), keyBytes.toString("latin1")])
    forms.add(form);
  const files = readdirSync(home, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => path !== keyFile);
  const places = [
    ...seen.splice(0).map((text) => ["a stream", text] as const),
    ...[...commandLines].map((text) => ["a process's arguments", text] as const),
    ...files.map((path) => [path, readFileSync(path, "latin1")] as const),
  ];
  return places.flatMap(([place, text]) => {
    const form = [...forms].find((one) => text.includes(one));
    return form === undefined
      ? []
      : [`${place}: ${form} in: ${text.slice(Math.max(0, text.indexOf(form) - 300))}`.slice(0, 800)];
  });
}

it("no secret is in any output of a set-up that works", { timeout: 240_000 }, async () => {
  const keys = { apiKey, apiSecret, apiKeyV2 };
  const codes = [
    await connect("fno", { clientSecret: wrong }, "--store", "vault", "--verbose"),
    await connect("fno", { clientSecret: wrong }, "--store", "vault", "--json"),
    await connect("fno", { clientSecret }, "--store", "vault", "--verbose"),
    await connect("shipstation", { ...keys, apiSecret: wrong }, "--store", "vault", "--json"),
    await connect("shipstation", keys, "--store", "vault", "--json"),
    await run(["connect", "fno-shipstation", "--no-input", "--json"]),
    await connect("fno", { certificate, privateKey }, "--profile", "certified", "--store", "vault", "--verbose"),
    await connect("fno", { certificate, privateKey: wrong }, "--profile", "spoiled", "--store", "vault", "--json"),
    // Without a bus the keychain's process is asked to keep the secret, and cannot.
    await connect("fno", { clientSecret }, "--profile", "chained", "--store", "keychain", "--json"),
    await run(["ping", "--profile", "certified", "--json", "--verbose"]),
  ].map(({ code }) => code);
  expect(codes).toEqual([4, 4, 0, 4, 0, 0, 0, 6, 6, 0]);
  expect([...commandLines].some((line) => line.includes("keychain-child"))).toBe(true);
  // What is refused is kept with the vendor's sentence.
  echoes = (request) => (request.method === "POST" && request.url.includes("/orders/") ? 400 : undefined);
  await run(["sync", "orders", "--verbose"]);
  expect((await run(["audit", "--status", "dead", "--json"])).stdout).toContain("***");
  echoes = ({ url }) => (url.endsWith("/createorders") ? refusedEach : undefined);
  await run(["replay", "--all", "--yes", "--verbose"]);
  const last = (await run(["audit", "--status", "dead", "--json", "--limit", "1"])).stdout;
  expect(last).toMatch(/authorization: Basic \*\*\*/);
  echoes = () => undefined;
  await run(["replay", "--all", "--yes", "--json"]);
  const commands = [
    "ping --verbose",
    "ping --json",
    "doctor --verbose",
    "doctor --json",
    "sync orders --dry-run --resend --json",
    "sync shipments --verbose",
    "sync --json",
    "replay SO-1001 --verbose",
    "status --verbose",
    "status --json",
    "audit --verbose",
    "audit --json",
    "audit verify --json",
    "config list --defaults",
    "config list --json",
    "config get fno --json",
    "config set fno.legalEntities=usmf,demf",
    "config set fno.clientSecret=nothing",
    "config schema",
  ];
  const writing = /^(sync|replay|config set)/;
  for (const command of commands.filter((one) => writing.test(one))) await run(command.split(" "));
  await Promise.all(commands.filter((one) => !writing.test(one)).map((command) => run(command.split(" "))));
  expect(secrets.size).toBeGreaterThan(Object.keys(canaries).length + 25);
  const logged = readFileSync(logFile, "utf8");
  for (const event of ["start", "call", "aside", "said", "end"]) expect(logged).toContain(` ${event} `);
  expect(leaks()).toEqual([]);
});

it("no secret comes back from servers that say whatever they were sent", { timeout: 240_000 }, async () => {
  const isToken = ({ url }: Request) => new URL(url).pathname.endsWith("/token");
  const modes: [string, typeof echoes][] = [
    ["tokens", (request) => (isToken(request) ? 401 : undefined)],
    ["401", (request) => (isToken(request) ? undefined : 401)],
    ["403", (request) => (isToken(request) ? undefined : 403)],
    ["500", () => 500],
    ["a redirect", () => 302],
    ["HTML", (request) => (isToken(request) ? undefined : 200)],
  ];
  for (const [name, mode] of modes) {
    rmSync(join(home, "default", "tokens"), { recursive: true, force: true });
    echoes = mode;
    const ended = await Promise.all([
      run(["ping", "--verbose"]),
      run(["doctor", "--json"]),
      connect("fno", { clientSecret: wrong }, "--json"),
      connect("shipstation", { apiKey, apiSecret: wrong }, "--verbose"),
      run(["sync", "--verbose"]),
    ]);
    ended.push(await run(["replay", "--all", "--yes", "--json"]));
    expect([name, ...ended.map(({ code }) => code)]).not.toContain(1);
    for (const { stdout, stderr } of ended) expect(stdout + stderr).not.toMatch(/^ {2,}at .*:\d+:\d+/m);
    expect([name, leaks()]).toEqual([name, []]);
  }
  echoes = () => undefined;
  await run(["audit", "--json"]);
  expect(leaks()).toEqual([]);
});

it("no secret of ShipBob is in any output, nor comes back from one that says whatever it was sent", {
  timeout: 240_000,
}, async () => {
  const own = ["--profile", "shipbob"];
  const bob = (...args: string[]) => run([...args, ...own]);
  const codes = [
    await connect("fno", { clientSecret }, ...own, "--store", "vault"),
    await connect("shipbob", { accessToken: wrong }, ...own, "--verbose"),
    await connect("shipbob", { clientSecret: wrong, refreshToken }, ...own, "--json"),
    await connect("shipbob", { accessToken }, ...own, "--json"),
    await bob("connect", "fno-shipbob", "--no-input", "--set", "flows.orders.filter.deliveryModes=Ground"),
  ].map(({ code }) => code);
  expect(codes).toEqual([0, 4, 4, 0, 0]);
  const commands = ["sync --verbose", "sync inventory --json", "charges --json", "status --json", "doctor --verbose"];
  for (const command of commands) expect([command, (await bob(...command.split(" "))).code]).not.toContain(1);
  const modes = [401, 403, 422, 500, 302, 200];
  for (const mode of modes) {
    echoes = ({ url }) => (new URL(url).pathname.startsWith("/data/") ? undefined : mode);
    const ended = [
      await bob("ping", "--verbose"),
      await bob("sync", "--resend", "--verbose"),
      await bob("sync", "inventory"),
      await bob("charges"),
      await connect("shipbob", { clientSecret: wrong, refreshToken }, ...own, "--verbose"),
    ];
    expect([mode, ...ended.map(({ code }) => code)]).not.toContain(1);
  }
  echoes = () => undefined;
  await bob("audit", "--json");
  expect(leaks()).toEqual([]);
});

const own = {
  "fno.webhookToken": "cnry0fno-webhook-token_0a1b2c3d4e",
  "shipstation.webhookToken": "cnry0shipstation-webhook-token_0a1b",
  "shipbob.webhookSecret": `whsec_${Buffer.from("cnry0shipbob/hook+0a1b2c").toString("base64")}`,
  "fedex.webhookSecret": "Cnry0FedExWebhookToken0a1b2c3d",
  "bc.webhookSecret": "cnry0bc-webhook-secret_0a1b2c3d4e",
  "nav.password": sandboxNav.accessKey,
};
const hooksProfile = ["--profile", "hooks"];

/** A profile that all vendors call, by its files; gives what reads its secrets. */
async function openHooks(): Promise<(entry: string) => Promise<string>> {
  const options = { env, platform: process.platform, homedir: home, version: "0.0.0" };
  const signal = new AbortController().signal;
  const mlc = await openMlc({ ...options, profile: "hooks", signal, isTty: false });
  await mlc.disk.makeDirectory(mlc.dir);
  if (!existsSync(keyFile)) await mlc.secrets.makeVaultKey();
  const keys = {
    apiKey: "cnry0fedex0key",
    apiSecret: "cnry0fedex0secret",
    trackApiKey: "c1",
    trackApiSecret: "cnry0track",
  };
  const fedex = Object.entries(keys).map(([name, value]) => [`fedex.${name}`, value] as const);
  const signIns = {
    "fno.clientSecret": clientSecret,
    "bc.clientSecret": clientSecret,
    "shipbob.accessToken": accessToken,
  };
  const shipstation = { "shipstation.apiKey": apiKey, "shipstation.apiSecret": apiSecret };
  await mlc.secrets.write({ ...own, ...signIns, ...shipstation, ...Object.fromEntries(fedex) }, "vault");
  const read = (flags: readonly string[]) =>
    Object.fromEntries(
      flags.filter((one) => one !== "--set").map((one) => [one.split("=")[0], one.slice(one.indexOf("=") + 1)]),
    );
  const { legalEntities: _, ...fno } = read(settings.fno);
  const { channelId, ...shipbob } = read(settings.shipbob);
  await mlc.settings.save({
    ...{ schema: 1, secrets: "vault", fno: { ...fno, legalEntities: ["usmf", "demf"] } },
    ...{ shipstation: read(settings.shipstation), shipbob: { ...shipbob, channelId: Number(channelId) } },
    ...{ ...others, fedex: { apiUrl: shipbob.apiUrl, accountNumber: "700000000" } },
    ...{ "fno-shipstation": {}, "nav-shipstation": {} },
  });
  for (const secret of [...Object.values(own), keys.apiSecret, keys.trackApiSecret]) secrets.add(secret);
  return async (entry) => (await mlc.settings.readSecret(entry))?.value.reveal() ?? "";
}

it("no secret of webhooks or of NAV is in any output, nor comes back from what says whatever it was sent", {
  timeout: 240_000,
}, async () => {
  const readSecret = await openHooks();
  const made = async () => {
    for (const entry of Object.keys(own)) secrets.add(await readSecret(entry));
  };
  const hooks = (...args: string[]) => run([...args, ...hooksProfile], { env: { MLC_TEST_NOW: "" } });
  const bench = { run: (args: readonly string[], options?: RunOptions) => run(args, options) };
  for (const form of [
    ["listen"],
    ["listen", "--print"],
    ["listen", "--print", "--json"],
    ["sync", "--watch", "--listen"],
  ]) {
    const receiver = await startReceiver(bench, [...form, ...hooksProfile, "--verbose"]);
    const at = ["--url", receiver.url];
    const post = (path: string, body: object) =>
      fetch(`${receiver.url}/webhooks/${path}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      }).catch(() => undefined);
    const [fno, v1] = [own["fno.webhookToken"], own["shipstation.webhookToken"]];
    await Promise.all([
      hooks("webhooks", "trigger", "fno.SalesOrderConfirmedBusinessEvent", "--order", "SO-1001", ...at),
      ...["shipstation.SHIP_NOTIFY", "shipbob.order.shipped", "fedex.tracking", "bc.salesOrders"].map((event) =>
        hooks("webhooks", "trigger", event, ...at),
      ),
      post(`shipstation/${v1}`, { resource_type: "SHIP_NOTIFY", resource_url: `https://evil.example/${v1}` }),
      post(`shipstation/${v1}x`, { resource_type: "SHIP_NOTIFY", resource_url: "https://evil.example" }),
      post(`fno/${fno}/${fno}`, {}),
      post(`${fno}/${fno}`, {}),
      post(`shipbob?secret=${own["shipbob.webhookSecret"]}`, {}),
    ]);
    receiver.kill("SIGTERM");
    await receiver.ended;
  }
  const url = ["--url", "http://127.0.0.1:9/"];
  const commands = [
    ["webhooks", "create", ...url, "--verbose"],
    ["webhooks", "create", "shipstation", "--rotate", "--json"],
    ["webhooks", "list", "--json"],
    ["webhooks", "renew", "--verbose"],
    ["webhooks", "events", "--json"],
    ["webhooks", "events", "--verbose"],
    ["webhooks", "events", "ev1", "--body"],
    ["webhooks", "guide", "fno", "--json"],
    ["webhooks", "guide", "fedex", ...url, "--verbose"],
    ["replay", "ev1", "--verbose"],
    ["ping", "--verbose"],
    ["sync", "--verbose"],
    ["status", "--json"],
    ["status"],
    ["audit", "--json"],
    ["doctor", "--json"],
    ["config", "list", "--json"],
    ["secrets", "list", "--json"],
  ];
  // Those that change subscriptions come first, one after the other.
  for (const command of commands.slice(0, 4)) expect([command, (await hooks(...command)).code]).not.toContain(1);
  const ended = await Promise.all(commands.slice(4).map((command) => hooks(...command)));
  expect(ended.map(({ code }) => code)).not.toContain(1);
  const shown = seen.join("\n");
  for (const part of ['"outcome":"stored"', '"state":"refused"', "https://evil.example"]) expect(shown).toContain(part);
  await made();
  expect(leaks()).toEqual([]);
  for (const mode of [400, 401, 500, 200]) {
    echoes = ({ url: asked }) => (new URL(asked).pathname.endsWith("/token") ? undefined : mode);
    const ended = await Promise.all([
      hooks("webhooks", "create", ...url, "--verbose"),
      hooks("webhooks", "create", "shipbob", "--rotate", "--json"),
      hooks("webhooks", "renew", "--verbose"),
      hooks("webhooks", "delete", "--json"),
      hooks("sync", "--pair", "nav-shipstation", "--verbose"),
      hooks("doctor", "--json"),
    ]);
    await made();
    if (mode === 400) expect(ended.map(({ stdout, stderr }) => stdout + stderr).join()).toContain("***");
    expect([mode, ...ended.map(({ code }) => code)]).not.toContain(1);
    expect([mode, leaks()]).toEqual([mode, []]);
  }
  echoes = () => undefined;
});
