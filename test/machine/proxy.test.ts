import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { createServer, connect as dial } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { connect as dialTls } from "node:tls";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { systemClock } from "../../src/core/clock.ts";
import { acquireLock } from "../../src/core/state/lock.ts";
import { thisMachine } from "../../src/core/state/machine.ts";
import { type Mlc, openMlc } from "../../src/mlc.ts";
import { type Bench, type Ended, jsonLines, openBench } from "../process/fixture.ts";
import { signedStandard } from "../webhooks/callers.ts";
import { wants } from "./kit.ts";
import { readmeExample } from "./readme.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

const secrets = {
  "fno.webhookToken": "fno-token-0123456789abcdef",
  "shipstation.webhookToken": "v1-token-0123456789abcdef",
  "shipbob.webhookSecret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  "fedex.webhookSecret": "FedExSecurityToken1234567890",
};
const tokens = [secrets["fno.webhookToken"], secrets["shipstation.webhookToken"]];

let dir = "";
let bench: Bench;
let mlc: Mlc;
let receiver: { port: number; stop(): Promise<Ended> };
const [cert, key] = [() => join(dir, "cert.pem"), () => join(dir, "key.pem")];

beforeAll(async () => {
  wants("nginx", "nginx");
  wants("caddy", "caddy");
  wants("openssl", "openssl");
  dir = mkdtempSync(join(tmpdir(), "mlc-proxy-"));
  const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
  const made = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key(), "-out", cert()];
  execFileSync("openssl", [...made, ...names], { stdio: "ignore" });
  bench = await openBench({ fedex: {}, bc: {}, seeded: false });
  const { env, home } = bench;
  const signal = new AbortController().signal;
  mlc = await openMlc({
    ...{ profile: "default", env, platform: process.platform, homedir: home, version: "0.0.0", signal, isTty: false },
  });
  await mlc.secrets.write({ ...secrets, "bc.webhookSecret": "client-state-of-mlc" }, "vault");
  await mlc.settings.save({ ...mlc.config, shipbob: bench.settings.shipbob });
  receiver = await listening();
});
afterAll(async () => {
  await receiver.stop();
  await bench.close();
  rmSync(dir, { recursive: true, force: true });
});

async function listening() {
  let stop = () => {};
  let ended: Promise<Ended> | undefined;
  const port = await new Promise<number>((resolve) => {
    ended = bench.run(["listen", "--port", "0", "--trust-proxy"], {
      env: { MLC_TEST_NOW: "" },
      started: (child) => {
        stop = () => child.kill("SIGTERM");
        child.stderr?.on("data", (text: string) => {
          const found = /Listening on http:\/\/127\.0\.0\.1:(\d+)\/webhooks/.exec(text)?.[1];
          if (found) resolve(Number(found));
        });
      },
    });
  });
  return {
    port,
    stop: () => {
      stop();
      return ended ?? Promise.reject(new Error("it never began"));
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address ? address.port : 0;
}

/** Starts a proxy and waits until its port takes connections. */
async function started(program: string, args: readonly string[], port: number) {
  let said = "";
  const env = { PATH: process.env.PATH ?? "", HOME: dir, XDG_DATA_HOME: dir, XDG_CONFIG_HOME: dir };
  const child: ChildProcess = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], env });
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
  const ended = new Promise((resolve) => child.on("close", resolve));
  const isThere = () =>
    new Promise<boolean>((resolve) => {
      const socket = dial(port, "127.0.0.1", () => resolve(socket.end() !== undefined));
      socket.on("error", () => resolve(false));
    });
  while (!(await isThere())) {
    if (child.exitCode !== null) throw new Error(`${program} ended: ${said}`);
    await delay(50);
  }
  return {
    said: () => said,
    stop: async () => {
      // Both let what is at work end, and write it down.
      child.kill(program === "nginx" ? "SIGQUIT" : "SIGTERM");
      await ended;
    },
  };
}

interface Sent {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

/** A caller at 127.0.0.2, which is not the proxy's own address. */
function call(port: number, path: string, { method = "POST", headers = {}, body = "" }: Sent = {}) {
  const about = { "content-type": "application/json", "content-length": Buffer.byteLength(body), ...headers };
  const given = { host: "localhost", port, path, method, headers: about, ca: readFileSync(cert()), family: 4 };
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const sent = request({ ...given, localAddress: "127.0.0.2", agent: false }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, text }));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

const labels = (batch: number) =>
  JSON.stringify({
    resource_url: `${bench.settings.shipstation.apiUrl}/shipments?batchId=${batch}`,
    resource_type: "SHIP_NOTIFY",
  });

function fromShipBob(id: string): Sent {
  const [body, timestamp] = ['{"id":240765630}', String(Math.floor(Date.now() / 1000))];
  const signature = signedStandard(id, timestamp, body, secrets["shipbob.webhookSecret"]);
  const proof = { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature };
  return { body, headers: { ...proof, "x-webhook-topic": "order.shipped" } };
}

/** Holds the lock of those who subscribe, in which alone handshakes are answered. */
async function whileSubscribing<T>(work: () => Promise<T>): Promise<T> {
  const { disk, surroundings } = mlc;
  const lock = await acquireLock({
    ...{
      disk,
      dir: mlc.dir,
      clock: systemClock,
      signal: surroundings.signal,
      name: "webhooks.lock",
      command: "a test",
    },
    ...{ mode: "wait", machine: thisMachine(process.platform), token: () => "t", waitMs: 1_000 },
  });
  try {
    return await work();
  } finally {
    await lock?.release();
  }
}

/** What every proxy before `mlc listen` must do. */
async function passes(port: number, { batch, tooLarge }: { batch: number; tooLarge: number[] }): Promise<void> {
  const [fno, v1] = tokens;
  const status = async (path: string, sent?: Sent) => (await call(port, path, sent)).status;
  expect(await status(`/webhooks/shipstation/${v1}`, { body: labels(batch) })).toBe(200);
  expect(await status(`/webhooks/shipstation/${v1}x`, { body: labels(batch) })).toBe(401);
  expect(await status("/webhooks/shipbob", fromShipBob(`msg_${batch}`))).toBe(200);
  expect(await status("/webhooks/shipbob", { ...fromShipBob(`msg_${batch}`), body: "{}" })).toBe(401);
  const handshake = "/webhooks/bc?validationToken=abc%2B123";
  expect(await whileSubscribing(() => call(port, handshake))).toEqual({ status: 200, text: "abc+123" });
  expect(await status(handshake)).toBe(400);
  expect(tooLarge).toContain(await status(`/webhooks/fno/${fno}`, { body: " ".repeat(2 * 1024 ** 2) }));
  const spoofed = { body: labels(batch + 1), headers: { "x-forwarded-for": "203.0.113.9" } };
  expect(await status(`/webhooks/shipstation/${v1}`, spoofed)).toBe(200);
  for (const path of ["/", "/readyz", "/webhooks", `/webhooks/fno/${fno}/more`, "/webhooks/fno"])
    expect([path, await status(path)]).toEqual([path, 404]);
  expect(await status("/healthz?probe=1", { method: "GET" })).toBe(200);
  const trial = await bench.run(
    ["webhooks", "trigger", "fno.SalesOrderConfirmedBusinessEvent", "--url", `https://localhost:${port}`],
    { env: { MLC_TEST_NOW: "", NODE_EXTRA_CA_CERTS: cert() } },
  );
  expect([trial.code, trial.stdout]).toEqual([0, expect.stringContaining("200  taken")]);
}

/** How long a sender is waited for who stops in the middle of a body. */
function slowBody(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    const socket = dialTls({ host: "127.0.0.1", servername: "localhost", port, ca: readFileSync(cert()) }, () => {
      socket.write(`POST /webhooks/fno/${tokens[0]} HTTP/1.1\r\nhost: localhost\r\n`);
      socket.write("content-type: application/json\r\ncontent-length: 100\r\n\r\n{");
    });
    socket.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(said));
  });
}

describe("the README's example", () => {
  const ended: { calls: Record<string, unknown>[] } = { calls: [] };

  it("of nginx has nothing wrong, passes calls on, and writes no token down", async () => {
    const port = await freePort();
    const logs = join(dir, "nginx");
    mkdirSync(logs);
    const site = readmeExample("nginx", [
      ["listen 443 ssl;", `listen 127.0.0.1:${port} ssl;`],
      ["    listen [::]:443 ssl;\n", ""],
      ["127.0.0.1:8787", `127.0.0.1:${receiver.port}`],
      ["/etc/letsencrypt/live/sync.contoso.example/fullchain.pem", cert()],
      ["/etc/letsencrypt/live/sync.contoso.example/privkey.pem", key()],
      ["/var/log/nginx/", `${logs}/`],
      // A real wait.
      ["client_body_timeout 10s", "client_body_timeout 1s"],
    ]);
    const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
      (name) => `${name}_temp_path ${logs}/${name};`,
    );
    const own = process.getuid?.() === 0 ? "user root;\n" : "";
    const main = `${own}daemon off; pid ${logs}/pid; error_log ${logs}/main.log info; events {}\nhttp { access_log off; ${temporary.join(" ")}\n${site}}\n`;
    writeFileSync(join(logs, "nginx.conf"), main);
    const args = ["-p", logs, "-e", join(logs, "main.log"), "-c", join(logs, "nginx.conf")];
    const tested = spawnSync("nginx", ["-t", ...args], { encoding: "utf8" });
    expect([tested.status, tested.stderr]).toEqual([0, expect.not.stringContaining("[warn]")]);

    const nginx = await started("nginx", args, port);
    try {
      await passes(port, { batch: 1, tooLarge: [413] });
      expect(await slowBody(port)).not.toContain("200");
    } finally {
      await nginx.stop();
    }
    const [access, ...errors] = ["mlc.log", "mlc-error.log", "main.log"].map((name) =>
      readFileSync(join(logs, name), "utf8"),
    );
    expect(access).toMatch(/ 127\.0\.0\.2 \/webhooks\/shipstation\/\(token\) 200 /);
    expect(access).toMatch(/ \/webhooks\/fno\/\(token\) 413 /);
    expect(access).toMatch(/ \(elsewhere\) 404 /);
    for (const token of tokens) expect([access, ...errors, nginx.said()].join("")).not.toContain(token);
  });

  it("of nginx tells of a receiver that is not there by a 502, and writes no token down", async () => {
    const port = await freePort();
    const logs = join(dir, "nginx");
    const conf = readFileSync(join(logs, "nginx.conf"), "utf8");
    const gone = await freePort();
    const other = conf
      .replace(/127\.0\.0\.1:\d+ ssl/, `127.0.0.1:${port} ssl`)
      .replace(/server 127\.0\.0\.1:\d+/, `server 127.0.0.1:${gone}`);
    writeFileSync(join(logs, "gone.conf"), other);
    const nginx = await started(
      "nginx",
      ["-p", logs, "-e", join(logs, "main.log"), "-c", join(logs, "gone.conf")],
      port,
    );
    const answer = await call(port, `/webhooks/fno/${tokens[0]}`, { body: "{}" }).finally(() => nginx.stop());
    expect(answer.status).toBe(502);
    const written = ["mlc.log", "mlc-error.log", "main.log"]
      .map((name) => readFileSync(join(logs, name), "utf8"))
      .join("");
    expect(written).toMatch(/\/webhooks\/fno\/\(token\) 502 /);
    for (const token of tokens) expect(written + nginx.said()).not.toContain(token);
  });

  it("of Caddy has nothing wrong, passes calls on, and writes no token down", async () => {
    const port = await freePort();
    const file = join(dir, "Caddyfile");
    const example = readmeExample("caddyfile", [
      ["sync.contoso.example {", `https://localhost:${port} {\n\ttls ${cert()} ${key()}`],
      ["127.0.0.1:8787", `127.0.0.1:${receiver.port}`],
    ]);
    writeFileSync(file, example.replace("{\n", "{\n\tadmin off\n\tauto_https disable_redirects\n"));
    const args = ["--config", file, "--adapter", "caddyfile"];
    const tested = spawnSync("caddy", ["validate", ...args], {
      encoding: "utf8",
      env: { PATH: process.env.PATH, HOME: dir },
    });
    expect([tested.status, tested.stdout]).toEqual([0, expect.stringContaining("Valid configuration")]);
    const caddy = await started("caddy", ["run", ...args], port);
    try {
      // Caddy breaks a body off in the middle, and may hear of that from itself first.
      await passes(port, { batch: 11, tooLarge: [413, 502] });
    } finally {
      await caddy.stop();
    }
    for (const token of tokens) expect(caddy.said()).not.toContain(token);
  });

  it("of Caddy writes no token down where the receiver is not there", async () => {
    const port = await freePort();
    const file = join(dir, "Caddyfile.gone");
    const before = readFileSync(join(dir, "Caddyfile"), "utf8");
    const gone = await freePort();
    const moved = before.replace(/localhost:\d+/, `localhost:${port}`);
    writeFileSync(file, moved.replace(/127\.0\.0\.1:\d+/, `127.0.0.1:${gone}`));
    const caddy = await started("caddy", ["run", "--config", file, "--adapter", "caddyfile"], port);
    const answer = await call(port, `/webhooks/fno/${tokens[0]}`, { body: "{}" }).finally(() => caddy.stop());
    expect(answer.status).toBe(502);
    for (const token of tokens) expect(caddy.said()).not.toContain(token);
  });

  it("leaves the caller's own address in the receiver's log", async () => {
    const { stdout } = await receiver.stop();
    ended.calls = jsonLines(stdout);
    expect(ended.calls.length).toBeGreaterThan(10);
    const addresses = new Set(ended.calls.filter(({ route }) => route === "shipstation").map(({ address }) => address));
    expect([...addresses]).toEqual(["127.0.0.2"]);
    for (const token of tokens) expect(stdout).not.toContain(token);
  });
});
