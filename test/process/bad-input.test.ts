import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { SimulatedVendor } from "../../src/sandbox/kit.ts";
import { type Bench, openBench } from "./fixture.ts";

let bench: Bench;
afterEach(() => bench.close());

interface ReportedError {
  kind: string;
  message: string;
  hint?: string;
  exitCode: number;
}

/** What a run is told wrong, and where it says so: of a flow, or of the run. */
async function errorOf(args: readonly string[]): Promise<{ code: number | null; error: ReportedError | undefined }> {
  const { code, stdout, stderr } = await bench.run([...args, "--json"]);
  expect(stdout + stderr).not.toMatch(/^\s+at .*:\d+:\d+/m);
  const { error, flows } = JSON.parse(stdout) as { error?: ReportedError; flows?: { error?: ReportedError }[] };
  const found = error ?? flows?.find((flow) => flow.error)?.error;
  if (found) expect(stderr).toContain(`→ ${found.hint}`);
  return { code, error: found };
}

const config = () => join(bench.home, "default", "config.json");

function changeConfig(change: (file: Record<string, Record<string, unknown>>) => unknown): void {
  const file = JSON.parse(readFileSync(config(), "utf8")) as Record<string, Record<string, unknown>>;
  change(file);
  writeFileSync(config(), JSON.stringify(file));
}

/** Lets a vendor answer all that `matches` its own way. */
function answering(vendor: SimulatedVendor, matches: RegExp, answer: () => Response): void {
  const own = vendor.fetch.bind(vendor);
  vendor.fetch = async (request, env) => (matches.test(new URL(request.url).pathname) ? answer() : own(request, env));
}

const json = (status: number, body: unknown) => () => Response.json(body, { status });
const page = () => new Response("<html>Sign in</html>", { headers: { "content-type": "text/html" } });
const cut = () =>
  new Response('{"value":[{"dataAreaId":"usmf","Sal', { headers: { "content-type": "application/json" } });
const orders = /\/data\/SalesOrderHeadersV/;
const token = /\/token$/;

async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address ? address.port : 0;
}

const entraRefusal = (code: number) => ({
  error: "invalid_client",
  error_description: `AADSTS${code}: Said so.\r\nTrace ID: 1`,
  error_codes: [code],
});

type Row = [what: string, spoil: () => unknown, kind: string, code: number, message: RegExp, hint: RegExp];

describe("sync orders sends nothing, and says what is wrong, of what kind and what to do", () => {
  const rows: Row[] = [
    ["a config that is no JSON", () => writeFileSync(config(), '{"schema":1,'), "ConfigError", 6, /config\.json/, /./],
    [
      "a config of a newer mlc",
      () => changeConfig((file) => Object.assign(file, { schema: 2 })),
      "ConfigError",
      6,
      /config\.json.*(newer|schema)/,
      /./,
    ],
    [
      "an unknown field",
      () => changeConfig((file) => Object.assign(file["fno-shipstation"] ?? {}, { orderStatsu: "on_hold" })),
      "ConfigError",
      6,
      /fno-shipstation\.orderStatsu/,
      /config unset fno-shipstation\.orderStatsu/,
    ],
    [
      "a setting of the wrong type",
      () => changeConfig((file) => Object.assign(file.fno ?? {}, { legalEntities: 7 })),
      "ConfigError",
      6,
      /fno\.legalEntities/,
      /config set fno\.legalEntities/,
    ],
    [
      "settings that are a list",
      () => changeConfig((file) => Object.assign(file, { shipstation: [] })),
      "ConfigError",
      6,
      /shipstation/,
      /./,
    ],
    ...([7000215, 7000222, 700027, 700016, 90002, 500011, 70011, 50034] as const).map(
      (code): Row => [
        `AADSTS${code}`,
        () => answering(bench.entra, token, json(401, entraRefusal(code))),
        "AuthError",
        4,
        new RegExp(`AADSTS${code}`),
        /secret|certificate|clientId|tenantId|host/,
      ],
    ),
    ["401 of F&O", () => answering(bench.fno, orders, json(401, {})), "AuthError", 4, /401/, /tenantId/],
    ["403 of F&O", () => answering(bench.fno, orders, json(403, {})), "AuthError", 4, /403/, /Register the client id/],
    ...([401, 402, 403] as const).map(
      (status): Row => [
        `${status} of ShipStation`,
        () => answering(bench.shipstation, /^\/orders/, json(status, { Message: "No." })),
        "AuthError",
        4,
        /ShipStation refused our credentials: No\./,
        /connect shipstation|Give the API key's user access/,
      ],
    ),
    [
      "a host that nobody answers",
      async () => {
        const host = `http://127.0.0.1:${await closedPort()}`;
        changeConfig((file) => Object.assign(file.fno ?? {}, { host }));
      },
      "UnavailableError",
      5,
      /ECONNREFUSED/,
      /address and port/,
    ],
    ["HTML with 200 of F&O", () => answering(bench.fno, orders, page), "ContractError", 5, /text\/html/, /login page/],
    [
      "HTML with 200 where the token is",
      () => answering(bench.entra, token, page),
      "ContractError",
      5,
      /No token for fno: .*text\/html/,
      /login page/,
    ],
    ["JSON that breaks off", () => answering(bench.fno, orders, cut), "ContractError", 5, /not JSON/, /./],
    [
      "a page whose rows are no list",
      () => answering(bench.fno, orders, json(200, { value: { "0": {} } })),
      "ContractError",
      5,
      /not an OData page/,
      /address/,
    ],
    ["a page that is a list", () => answering(bench.fno, orders, json(200, [])), "ContractError", 5, /F&O|fno/, /./],
    [
      "a link to another host",
      () => answering(bench.fno, orders, json(200, { value: [], "@odata.nextLink": "https://else.example/data/x" })),
      "ContractError",
      5,
      /else\.example/,
      /./,
    ],
    [
      "429 to the end",
      () => answering(bench.fno, orders, () => new Response("", { status: 429, headers: { "retry-after": "7" } })),
      "UnavailableError",
      5,
      /429/,
      /again later/,
    ],
    [
      "another key for the vault",
      () => writeFileSync(join(bench.home, "vault.key"), "ab".repeat(32)),
      "ConfigError",
      6,
      /key/,
      /./,
    ],
    [
      "a vault that is damaged",
      () => writeFileSync(join(bench.home, "default", "vault.json"), "{}"),
      "StateError",
      7,
      /vault\.json/,
      /./,
    ],
    [
      "a key that others can read",
      () => chmodSync(join(bench.home, "vault.key"), 0o644),
      "ConfigError",
      6,
      /644/,
      /chmod/,
    ],
    ["a key that is gone", () => rmSync(join(bench.home, "vault.key")), "ConfigError", 6, /vault\.key/, /./],
    [
      "a place that cannot be written",
      () => writeFileSync(join(bench.home, "default", "state"), ""),
      "StateError",
      7,
      /state/,
      /./,
    ],
  ];

  it.each(rows)("%s", async (_what, spoil, kind, exitCode, message, hint) => {
    bench = await openBench();
    await spoil();
    const { code, error } = await errorOf(["sync", "orders"]);
    expect({ code, error }).toEqual({
      code: exitCode,
      error: { kind, exitCode, message: expect.stringMatching(message), hint: expect.stringMatching(hint) },
    });
    expect(bench.shipstation.ledger).toEqual([]);
  });
});

describe("state that somebody damaged", () => {
  const flow = () => join(bench.home, "default", "state", "fno-shipstation.orders");
  const spoil = (name: RegExp) => {
    for (const file of readdirSync(flow()).filter((one) => name.test(one))) {
      const bytes = readFileSync(join(flow(), file));
      bytes[Math.floor(bytes.length / 2)] = 0x7e;
      writeFileSync(join(flow(), file), bytes);
    }
  };

  it("comes back from the log when the log is whole", async () => {
    bench = await openBench();
    await bench.run(["sync", "orders"]);
    const sent = bench.shipstation.ledger.length;
    spoil(/^state.*json$/);
    expect(await errorOf(["sync", "orders"])).toEqual({ code: 0, error: undefined });
    expect(bench.shipstation.ledger).toHaveLength(sent);
  });

  it("stops the run with 7 and sends nothing when the log is damaged too", async () => {
    bench = await openBench();
    await bench.run(["sync", "orders"]);
    const sent = bench.shipstation.ledger.length;
    spoil(/^(state|log).*json/);
    for (const args of [["sync"], ["status"], ["replay", "SO-1001"]]) {
      const { code, error } = await errorOf(args);
      expect([args[0], code, error?.kind]).toEqual([args[0], 7, "StateError"]);
      expect(error?.message).toMatch(/log-2026-11\.jsonl/);
    }
    expect(bench.shipstation.ledger).toHaveLength(sent);
  });
});
