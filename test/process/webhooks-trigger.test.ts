import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Bench, type Ended, jsonLines, openBench } from "./fixture.ts";

let bench: Bench;
let receiver: { url: string; stop(): Promise<Ended> };
beforeAll(async () => {
  bench = await openBench({ fedex: { flows: { orders: { startDate: "2026-11-01" } } }, seeded: false });
  for (const [system, out] of [
    ["fno", "fno.txt"],
    ["fedex", "fedex.txt"],
  ]) {
    const { code } = await bench.run([
      "webhooks",
      "guide",
      system ?? "",
      "--url",
      "https://sync.contoso.example",
      "--out",
      join(bench.home, out ?? ""),
    ]);
    expect(code).toBe(0);
  }
  receiver = await listening();
});
afterAll(async () => {
  await receiver.stop();
  await bench.close();
});

async function listening() {
  let kill = () => {};
  let ended: Promise<Ended> | undefined;
  const url = await new Promise<string>((resolve) => {
    ended = bench.run(["listen", "--port", "0"], {
      env: { MLC_TEST_NOW: "" },
      started: (child) => {
        kill = () => child.kill("SIGTERM");
        child.stderr?.on("data", (text: string) => {
          const found = /Listening on (http\S+)\/webhooks/.exec(text)?.[1];
          if (found) resolve(found);
        });
      },
    });
  });
  return {
    url,
    stop: () => {
      kill();
      return ended ?? Promise.reject(new Error("it never began"));
    },
  };
}

const trigger = (...args: string[]) => bench.run(["webhooks", "trigger", ...args], { env: { MLC_TEST_NOW: "" } });

it("lists the events, which are ready and what names their record", async () => {
  const { code, stdout } = await trigger();
  expect(code).toBe(0);
  expect(stdout).toMatch(/^fno\.SalesOrderConfirmedBusinessEvent +ready +--order --legal-entity$/m);
  expect(stdout).toMatch(/^fedex\.tracking +ready +--tracking$/m);
  expect(stdout).toMatch(/^shipstation\.SHIP_NOTIFY +no secret/m);
  expect(stdout).toMatch(/^bc\.items +not connected/m);
  expect(stdout).toMatch(/^shipstation-v2\.\* +cannot be made$/m);
  for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
});

it("sends one that the running receiver takes, and shows no token", async () => {
  const fno = await trigger("fno.SalesOrderConfirmedBusinessEvent", "--order", "SO-9", "--url", receiver.url, "-v");
  expect([fno.code, fno.stdout]).toEqual([
    0,
    `fno.SalesOrderConfirmedBusinessEvent to ${receiver.url}/webhooks/fno/<token>\n200  taken\n`,
  ]);
  const fedex = await trigger("fedex.tracking", "--tracking", "794600000001", "--url", receiver.url, "--json");
  expect(JSON.parse(fedex.stdout)).toMatchObject({ event: "fedex.tracking", status: 200, isTaken: true, exitCode: 0 });
  const test = await trigger("fno.BusinessEventsTestEndpointContract", "--url", receiver.url);
  expect(test.stdout).toContain("nothing follows from it");
  const token = readFileSync(join(bench.home, "fno.txt"), "utf8").split("/").at(-1) ?? "";
  const fedexToken = readFileSync(join(bench.home, "fedex.txt"), "utf8");
  for (const { stdout, stderr } of [fno, fedex, test]) {
    expect(stdout + stderr).not.toContain(token);
    expect(stdout + stderr).not.toContain(fedexToken);
  }
});

it("says what another answer means, by its exit code too", async () => {
  const statuses = [401, 404, 503, 429, 500];
  const server = createServer((request, response) => {
    request.resume().on("end", () => response.writeHead(statuses.shift() ?? 200).end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const said: [number | null, string][] = [];
  for (const _ of [...statuses]) {
    const { code, stdout } = await trigger("fedex.tracking", "--url", url);
    said.push([code, stdout.split("\n")[1]?.slice(0, 3) ?? ""]);
  }
  server.close();
  expect(said).toEqual([
    [4, "401"],
    [5, "404"],
    [5, "503"],
    [5, "429"],
    [5, "500"],
  ]);
  const { code, stderr } = await trigger("fno.X", "--url", "http://127.0.0.1:9");
  expect([code, stderr]).toEqual([5, expect.stringMatching(/127\.0\.0\.1:9 gave no answer: .*\n.*mlc listen/)]);
});

it("refuses what it cannot make, and what names no record of that system", async () => {
  const cases: [args: string[], code: number, text: string][] = [
    [["shipstation-v2.LABEL_CREATED_V2"], 2, "keys that only ShipStation has"],
    [["fedex.other"], 2, "There is no event fedex.other"],
    [["fedex.tracking", "--order", "SO-1"], 2, "fedex.tracking has no --order"],
    [["fedex.tracking", "--url", "http://sync.contoso.example"], 2, "https://"],
    [["bc.items"], 6, "not connected"],
    [["shipstation.SHIP_NOTIFY"], 6, "mlc webhooks create shipstation"],
  ];
  for (const [args, code, text] of cases) {
    const ended = await trigger(...args);
    expect([args, ended.code, ended.stderr.replace(/\s+/g, " ")]).toEqual([args, code, expect.stringContaining(text)]);
  }
});

it("the receiver's log has each call", async () => {
  const { stdout } = await receiver.stop();
  expect(jsonLines(stdout).map(({ route, status }) => `${route} ${status}`)).toEqual([
    "fno 200",
    "fedex 200",
    "fno 200",
  ]);
});
