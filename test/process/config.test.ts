import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { sandboxCredentials } from "../../src/commands/support/sandboxes.ts";
import { pairKinds, systemKinds } from "../../src/systems/index.ts";
import { type Bench, openBench } from "./fixture.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const config = (...args: string[]) => bench.run(["config", ...args]);
const file = () => readFileSync(join(bench.home, "default", "config.json"), "utf8");
const every = "fno-shipstation.flows.orders.every";

it("list shows what somebody set as path=value, and never a secret", async () => {
  const { stdout, code } = await config("list");
  expect(stdout).toMatch(/^fno\.host=http:\/\/127\.0\.0\.1:\d+$/m);
  expect(stdout).toMatch(/^fno\.legalEntities=usmf,demf$/m);
  expect(stdout).not.toContain(every);
  expect(code).toBe(0);
  const all = `${(await config("list", "--defaults")).stdout}${(await config("list", "--json", "--defaults")).stdout}`;
  expect(all).toContain(`${every}=15m`);
  for (const name of ["clientSecret", "apiKey", "apiSecret", "apiKeyV2"] as const)
    expect(all).not.toContain(sandboxCredentials[name]);
});

it("get shows the value in force, a section as JSON", async () => {
  expect((await config("get", every)).stdout).toBe("15m\n");
  expect((await config("get", "fno.legalEntities", "--json")).stdout.replace(/\s/g, "")).toBe('["usmf","demf"]');
  expect((await config("get", "fno-shipstation.writeBack.confirmedShipDate", "--json")).stdout).toBe("false\n");
  expect(JSON.parse((await config("get", "fno-shipstation.flows.orders")).stdout)).toMatchObject({ enabled: true });
});

it("set checks and saves, unset brings the default back", async () => {
  expect((await config("set", `${every}=10m`, "shipstation.stores=12,34")).code).toBe(0);
  expect((await config("get", every)).stdout).toBe("10m\n");
  expect(JSON.parse(file()).shipstation.stores).toEqual([12, 34]);
  expect((await config("set", every, "20m")).code).toBe(0);
  expect((await config("get", every)).stdout).toBe("20m\n");
  expect((await config("set", 'fno-shipstation.deliveryModes."Air.1"={"carrierCode":"ups"}')).code).toBe(0);
  expect((await config("get", 'fno-shipstation.deliveryModes."Air.1".carrierCode')).stdout).toBe("ups\n");
  expect((await config("unset", every, "shipstation.stores", "fno-shipstation.deliveryModes")).code).toBe(0);
  expect((await config("get", every)).stdout).toBe("15m\n");
});

it.each([
  ["an unknown system", ["set", "sap.host=x"], "sap.host"],
  ["an unknown setting", ["set", "fno-shipstation.flows.orders.evry=10m"], "fno-shipstation.flows.orders.evry"],
  ["an unknown setting to get", ["get", "fno.hosst"], "fno.hosst"],
  ["a path through a value", ["get", "fno.host.name"], "fno.host.name"],
  ["a bad value", ["set", `${every}=often`], every],
  ["plain http beyond loopback", ["set", "fno.host=http://contoso.example"], "fno.host"],
  ["one bad value among good ones", ["set", `${every}=10m`, "shipstation.storeId=x"], "shipstation.storeId"],
  ["a required one to unset", ["unset", "fno.tenantId"], "fno.tenantId"],
  ["a secret to set", ["set", "fno.clientSecret=canary-1"], "fno.clientSecret"],
  ["a secret to get", ["get", "shipstation.apiKey"], "shipstation.apiKey"],
  ["a way into prototypes", ["set", "fno.__proto__.x=1"], "__proto__"],
  ["a system that is not connected", ["get", "nav.baseUrl"], "nav is not connected"],
])("%s is refused with 6 and its path, and nothing is saved", async (_, args, path) => {
  const before = file();
  const { code, stdout, stderr } = await config(...args);
  expect([code, stdout]).toEqual([6, ""]);
  expect(stderr).toContain(path);
  expect(stderr).toContain("→");
  expect(stderr).not.toContain("canary-1");
  expect(file()).toBe(before);
});

it("what is typed wrong is 2", async () => {
  for (const args of [["set"], ["set", "fno.host=a", "fno.tenantId"], ["get"], ["list", "--all"], ["unset"]])
    expect([args.join(" "), (await config(...args)).code]).toEqual([args.join(" "), 2]);
});

it("what names orders freezes with the first one, by command and by hand", async () => {
  const path = "fno-shipstation.flows.orders.keyTemplate";
  expect((await config("set", `${path}={orderNumber}-{legalEntity}`)).code).toBe(0);
  expect((await config("unset", path)).code).toBe(0);
  await bench.run(["sync", "orders", "--limit", "1", "-q"]);
  const { code, stderr } = await config("set", `${path}={orderNumber}`);
  expect(code).toBe(6);
  expect(stderr).toMatch(/delivered already.*\n {2}→ Leave it at "\{legalEntity\}-\{orderNumber\}"/);
  const { writeFileSync } = await import("node:fs");
  const byHand = JSON.parse(file());
  writeFileSync(
    join(bench.home, "default", "config.json"),
    JSON.stringify({ ...byHand, "fno-shipstation": { flows: { orders: { keyTemplate: "{orderNumber}" } } } }),
  );
  const sync = await bench.run(["sync", "orders"]);
  expect(sync.code).toBe(6);
  expect(sync.stderr).toContain(path);
  expect(bench.shipstation.orders).toHaveLength(1);
});

it("schema is the JSON Schema of all settings", async () => {
  const { stdout, code } = await config("schema");
  const schema = JSON.parse(stdout);
  expect(code).toBe(0);
  expect(schema).toMatchObject({ type: "object", additionalProperties: false });
  const systems = [...Object.keys(systemKinds), ...Object.keys(pairKinds)];
  expect(Object.keys(schema.properties)).toEqual(["schema", "secrets", ...systems, "alerts", "retention", "webhooks"]);
  expect(schema.properties.fno.properties.legalEntities).toBeDefined();
});
