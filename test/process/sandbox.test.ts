import { expect, it } from "vitest";
import { sandboxCredentials } from "../../src/commands/support/sandboxes.ts";
import { runMlc } from "./fixture.ts";

it("serves the simulated vendors, says how to connect to them, and ends with 0 on Ctrl-C", async () => {
  const statuses: Promise<number[]>[] = [];
  const { stdout, stderr, code } = await runMlc(["sandbox"], {
    env: { MLC_HOME: "/nonexistent" },
    started: (child) =>
      child.stdout?.once("data", (text: string) => {
        const urls = [...text.matchAll(/^\w\S*(?: \w+)? +(http:\/\/127\.0\.0\.1:\d+)/gm)].map(([, url]) => url ?? "");
        const paths = [
          ...["/tenant/oauth2/v2.0/token", "/data/SalesOrderHeadersV3", "/stores", "/ship/v1/shipments"],
          `/v2.0/${sandboxCredentials.tenantId}/production/api/v2.0/companies`,
          ...["/DynamicsNAV110/ODataV4/", "/DynamicsNAV110/ODataV4/", "/2026-01/channel"],
        ];
        const answers = urls.map(async (url, index) => {
          const method = index === 0 ? "POST" : "GET";
          return (await fetch(`${url}${paths[index]}`, { method })).status;
        });
        statuses.push(Promise.all(answers).finally(() => child.kill("SIGINT")));
      }),
  });
  expect((await statuses[0])?.every((status) => status >= 400 && status < 404)).toBe(true);
  expect(await statuses[0]).toHaveLength(8);
  expect(stdout).toMatch(/mlc connect fno --profile sandbox --no-input .*--set host=http.*--secrets-stdin/s);
  expect(stdout).toMatch(/"apiSecret":".*mlc connect shipstation .*mlc connect fno-shipstation/s);
  expect(stdout).toMatch(
    /"trackApiSecret":".*mlc connect fedex .*--set accountNumber=7.*--set 'shipFrom\.24=\{"company"/s,
  );
  expect(stdout).toMatch(
    /mlc config set .*fno-shipstation\.flows\.orders\.filter\.deliveryModes=Ground,Pallet\nmlc connect fno-fedex .*startDate=\d{4}-\d\d-\d\d \\\n {4}--set flows\.orders\.filter\.deliveryModes=Express,2Day\n/s,
  );
  expect(stdout).toMatch(
    /mlc connect bc --profile sandbox .*--set environment=production .*\nmlc connect bc-shipstation .*--set customers\.account=WEBSHOP .*\nmlc sync --profile sandbox --pair bc-shipstation\n.*\/sandbox\/ship\/WEB-1009\n/s,
  );
  expect(stdout).toMatch(
    /\nmlc listen --profile sandbox --print\n.*\nmlc webhooks create --profile sandbox --url http:.*\/sandbox\/ship\/SO-1001\n/s,
  );
  expect(stdout).toMatch(
    /mlc connect nav .*--set 'company=CRONUS USA, Inc\.' .*--set auth=basic .*mlc connect nav .*--set tokenUrl=.*mlc connect nav-shipstation .*mlc sync --profile sandbox-nav\n/s,
  );
  expect(stdout).toMatch(
    /mlc connect shipbob .*--set channelId=100101 .*\nmlc connect fno-shipbob .*--set fulfillmentCenters\.8=24 .*mlc connect shipbob --profile sandbox-shipbob --store vault .*--set clientId=.*\/sandbox\/ship\/SO-1001\n/s,
  );
  expect(stderr).toBe("Ctrl-C ends it.\n\nClosing the sandbox.\n");
  expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(code).toBe(0);
});

it("a port that is taken is told with 2", async () => {
  const { createServer } = await import("node:net");
  const server = createServer();
  const port = await new Promise<number>((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as { port: number }).port));
  });
  const { code, stderr } = await runMlc(["sandbox", "--port", String(Math.min(port, 65_528))]);
  expect(code).toBe(2);
  expect(stderr).toContain("--port");
  server.close();
});
