import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { isFedexToken } from "../../src/webhooks/guide/fedex.ts";
import { type Bench, openBench } from "./fixture.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench({ fedex: {}, seeded: false });
});
afterAll(() => bench.close());

const url = "https://sync.contoso.example";
const guide = (...args: string[]) => bench.run(["webhooks", "guide", ...args]);
const json = async (...args: string[]) => {
  const { code, stdout, stderr } = await guide(...args, "--json");
  return { code, stderr, stdout, guide: JSON.parse(stdout) };
};
const path = (name: string) => join(bench.home, name);

it("prints FedEx's steps with address and account, and changes nothing without --out", async () => {
  const { code, stdout, stderr } = await guide("fedex", "--url", url);
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toContain(`Destination URL: ${url}/webhooks/fedex`);
  expect(stdout).toMatch(/with account\s+700000000/);
  expect(stdout).toContain("20.65.16.22/31");
  expect(stdout).toContain(`mlc webhooks trigger fedex.tracking --url ${url}/webhooks/fedex`);
  expect((await bench.run(["secrets", "list"])).stdout).not.toContain("fedex.webhookSecret");
});

it("writes a token that FedEx takes to a file of mode 0600 and to the secret store, and to no output", async () => {
  const file = path("token.txt");
  const made = await json("fedex", "--url", url, "--out", file);
  expect(made).toMatchObject({ code: 0, guide: { secret: "made", file } });
  const token = readFileSync(file, "utf8");
  expect([isFedexToken(token), statSync(file).mode & 0o777]).toEqual([true, 0o600]);
  const again = await guide("fedex", "--out", path("again.txt"));
  expect(again.code).toBe(0);
  expect(readFileSync(path("again.txt"), "utf8")).toBe(token);
  const secrets = await bench.run(["secrets", "list"]);
  expect(secrets.stdout).toContain("fedex.webhookSecret");
  for (const { stdout, stderr } of [made, again, secrets]) expect(stdout + stderr).not.toContain(token);
});

it("replaces a token only when somebody says yes, and overwrites no file", async () => {
  const before = readFileSync(path("token.txt"), "utf8");
  const asked = await guide("fedex", "--out", path("new.txt"), "--rotate");
  expect([asked.code, asked.stderr]).toEqual([2, expect.stringContaining("--yes")]);
  expect(existsSync(path("new.txt"))).toBe(false);
  const taken = await guide("fedex", "--out", path("token.txt"), "--rotate", "--yes");
  expect([taken.code, taken.stderr]).toEqual([2, expect.stringContaining("is there already")]);
  expect(readFileSync(path("token.txt"), "utf8")).toBe(before);
  expect(await json("fedex", "--out", path("new.txt"), "--rotate", "--yes")).toMatchObject({
    code: 0,
    guide: { secret: "replaced" },
  });
  expect(readFileSync(path("new.txt"), "utf8")).not.toBe(before);
});

it("writes F&O's address with its token, and prints it without", async () => {
  const file = path("fno url.txt");
  const { code, stdout, stderr } = await guide("fno", "--url", url, "--out", file);
  expect([code, stderr]).toEqual([0, ""]);
  const [, token = ""] =
    /^https:\/\/sync\.contoso\.example\/webhooks\/fno\/([\w-]{43})$/.exec(readFileSync(file, "utf8")) ?? [];
  expect(token).toHaveLength(43);
  expect(stdout).not.toContain(token);
  expect(stdout).toContain(`Address: ${url}/webhooks/fno/<token>`);
  expect(stdout).toContain(`az keyvault secret set --vault-name <vault> --name <secret> --file '${file}'`);
  expect(stdout.replace(/\s+/g, " ")).toContain("for each company: usmf, demf");
});

it("looks into F&O's catalogue for the configured events, and proposes those of sales orders", async () => {
  const text = async () => (await guide("fno", "--url", url)).stdout.replace(/\s+/g, " ");
  expect(await text()).toContain("mlc config set fno.webhooks.events=SalesOrderConfirmedBusinessEvent");
  const settings = ["fno.webhooks.events=SalesOrderConfirmed", "fno.webhooks.orderNumberPath=Order.Number"];
  expect((await bench.run(["config", "set", ...settings])).code).toBe(0);
  expect(await text()).toMatch(
    /these name sales orders: SalesOrderConfirmedBusinessEvent\. Not in the catalogue: SalesOrderConfirmed\. .*at Order\.Number;/,
  );
  bench.fno.switches.absentSets = ["BusinessEventsCatalogs"];
  expect(await text()).toContain("does not publish BusinessEventsCatalogs");
  bench.fno.switches.absentSets = [];
  bench.fno.switches.forbiddenSets = ["BusinessEventsCatalogs"];
  expect(await text()).toContain("F&O's catalogue could not be read: ");
  bench.fno.switches.forbiddenSets = [];
});

it("takes the profile's public address where none is typed", async () => {
  const file = join(bench.home, "default", "config.json");
  const config = JSON.parse(readFileSync(file, "utf8"));
  writeFileSync(file, JSON.stringify({ ...config, webhooks: { publicUrl: "https://shop.example/mlc" } }));
  expect((await guide("fedex")).stdout).toContain("Destination URL: https://shop.example/mlc/webhooks/fedex\n");
  writeFileSync(file, JSON.stringify({ ...config, webhooks: { publicUrl: `https://${"a.".repeat(100)}example` } }));
  const { code, stderr } = await guide("fedex");
  expect([code, stderr]).toEqual([6, expect.stringContaining("200 are allowed")]);
  writeFileSync(file, JSON.stringify(config));
});

it("refuses an address that FedEx would not take, a system without a guide and one that is not connected", async () => {
  const cases: [args: string[], code: number, text: string][] = [
    [["fedex", "--url", "https://203.0.113.5"], 2, "not an IP address"],
    [["fedex", "--url", "http://localhost:8787"], 2, "localhost is not reached"],
    [["fedex", "--url", "http://sync.contoso.example"], 2, "https://"],
    [["fno", "--out", path("none.txt")], 2, "needs --url"],
    [["fno", "--url", url, "--out", path("none/none.txt")], 2, "cannot be made"],
    [["shipbob"], 2, "mlc webhooks create shipbob"],
    [["nothing"], 2, "There is no system nothing"],
    [[], 2, "system"],
    [["fedex", "--rotate"], 2, "--out"],
  ];
  for (const [args, code, text] of cases) {
    const ended = await guide(...args);
    expect([args, ended.code, ended.stderr]).toEqual([args, code, expect.stringContaining(text)]);
  }
  writeFileSync(path("empty"), "");
  const other = await bench.run(["webhooks", "guide", "fedex", "--profile", "other"]);
  expect([other.code, other.stderr]).toEqual([6, expect.stringContaining("mlc connect fedex")]);
});
