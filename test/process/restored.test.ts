import { expect, it } from "vitest";
import { openBench } from "./fixture.ts";

it("doctor --restored marks every flow; doctor and status say so until each has read to its end", async () => {
  const bench = await openBench({ seeded: false });
  expect((await bench.run(["sync"])).code).toBe(0);
  expect((await bench.run(["status"])).stdout).not.toContain("restored");
  const marked = await bench.run(["doctor", "--restored"]);
  expect(marked.code, marked.stderr).toBe(0);
  for (const flow of ["orders", "shipments"])
    expect(marked.stdout).toMatch(new RegExp(`warning +Restored: fno-shipstation ${flow}: restored from a backup`));
  const status = await bench.run(["status"]);
  expect(status.code, status.stderr).toBe(0);
  expect(status.stdout).toContain("each write is looked up first until it has read to its end");
  expect((await bench.run(["sync", "orders", "--yes"])).code).toBe(0);
  const { flows } = JSON.parse((await bench.run(["status", "--json"])).stdout);
  expect(flows.map(({ restoredAt }: { restoredAt: string | null }) => restoredAt === null)).toEqual([true, false]);
  expect((await bench.run(["sync"])).code).toBe(0);
  expect((await bench.run(["doctor"])).stdout).not.toContain("Restored");
  expect((await bench.run(["audit", "verify"])).code).toBe(0);
  await bench.close();
});
