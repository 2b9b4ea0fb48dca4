import { afterEach, expect, it } from "vitest";
import { allScopes, personalApplication } from "../../src/sandbox/shipbob/reference.ts";
import type { ShipBobSandbox } from "../../src/sandbox/shipbob.ts";
import { openShipBobBench, type ShipBobBench } from "./shipbob-bench.ts";

let bench: ShipBobBench;
afterEach(() => bench.close());

const app = { clientId: "app-1", clientSecret: "app-secret", name: personalApplication, redirectUris: ["http://here"] };
const tokenPath = "/connect/token";

/** The refresh token that a person's sign-in brings. */
function signedIn({ grants }: ShipBobSandbox): string {
  const [redirectUri = ""] = app.redirectUris;
  const scopes = [...allScopes, "openid", "offline_access"];
  const code = grants.code({ app, redirectUri, scopes, nonce: undefined, challenge: undefined });
  return String(grants.redeem(app, { code, redirectUri, verifier: null }).refresh_token);
}

async function open(): Promise<void> {
  bench = await openShipBobBench({
    shipbob: { clientId: app.clientId },
    sandbox: { applications: [app], switches: { shortage: "ignored" } },
    secrets: (shipbob) => ({ "shipbob.clientSecret": app.clientSecret, "shipbob.refreshToken": signedIn(shipbob) }),
  });
  const { fno } = bench;
  fno.addCustomer("usmf", { CustomerAccount: "C-1", OrganizationName: "Harbor Tools" });
  fno.addProduct("usmf", { ItemNumber: "MUG", ProductType: "Item", InventoryUnitSymbol: "ea" });
  fno.addOrder({
    legalEntity: "usmf",
    number: "SO-1",
    customer: "C-1",
    lines: [{ item: "MUG", quantity: 1, price: 5 }],
  });
}

const exchanges = () => bench.shipbob.requests.filter((request) => request === `POST ${tokenPath}`).length;
// A machine's own clock: processes wait for each other in real time.
const run = (...args: string[]) => bench.run(args, { env: { MLC_TEST_NOW: "" } });

/** Kills a run when the first request to a path was done, before its answer arrives. */
async function killAt(isIt: (path: string) => boolean): Promise<void> {
  let kill = () => {};
  bench.shipbob.faults = ({ url }) => {
    if (!isIt(new URL(url).pathname)) return undefined;
    kill();
    return "resetAfter";
  };
  const { code, stderr } = await bench.run(["sync", "orders"], {
    env: { MLC_TEST_NOW: "" },
    started: (child) => {
      kill = () => child.kill("SIGKILL");
    },
  });
  bench.shipbob.faults = undefined;
  expect(code, stderr).toBeNull();
}

it("a process killed before it could keep the next refresh token leaves a sign-in to do, and says so", async () => {
  await open();
  await killAt((path) => path === tokenPath);
  for (let times = 0; times < 2; times += 1) {
    const { code, stderr } = await run("sync", "orders");
    expect([code, stderr]).toEqual([4, expect.stringContaining("ShipBob refused the refresh token (invalid_grant)")]);
    expect(stderr.replace(/\s+/g, " ")).toContain("was exchanged by a process that ended before it could keep the new");
    expect(stderr.replace(/\s+/g, " ")).toContain(
      "Run `mlc connect shipbob` again and sign in; nothing else is to be done.",
    );
    expect(stderr).not.toMatch(/sandbox-refresh|app-secret/);
  }
  const { secrets } = await bench.open();
  await secrets.write({ "shipbob.refreshToken": signedIn(bench.shipbob) }, "vault");
  const again = await run("sync", "orders");
  expect(again.code, again.stderr).toBe(0);
  expect(bench.shipbob.orders).toHaveLength(1);
});

it("a process killed after it kept the next refresh token leaves nothing to do", async () => {
  await open();
  await killAt((path) => path !== tokenPath);
  expect(exchanges()).toBe(1);
  // What was cached is worth nothing, so that the one that was kept is needed.
  bench.shipbob.grants.revokeAccess();
  const { code, stderr } = await run("sync", "orders");
  expect(code, stderr).toBe(0);
  expect(exchanges()).toBe(2);
  expect(bench.shipbob.orders).toHaveLength(1);
});

it("processes at once exchange a refresh token once", async () => {
  await open();
  const ended = await Promise.all(Array.from({ length: 4 }, () => run("ping", "shipbob")));
  expect(ended.map(({ code, stderr }) => [code, stderr])).toEqual(ended.map(() => [0, ""]));
  expect(exchanges()).toBe(1);
});
