import { join } from "node:path";
import { sandboxCredentials } from "../src/commands/support/sandboxes.ts";
import { fieldsOf } from "../src/connectors/fno/fields.ts";
import * as goods from "../src/connectors/fno/goods/schema.ts";
import * as fno from "../src/connectors/fno/schema.ts";
import { type Bench, comparison, type Figure, inDirectory, median, type Ran, root, runNode } from "./kit.ts";
import type { PlainLoop } from "./plain-loop.ts";
import { type ServedSandbox, serveSandbox, type Vendor } from "./sandbox.ts";

const what = "plain fetch loop";

/** A run over new orders, and what it asked the vendors. */
interface Delivered {
  ran: Ran;
  calls: Record<Vendor, number>;
}

/** Orders read, mapped and written, against a loop that only reads and writes. */
export const bench: Bench = {
  name: "orders",
  run: async (runs) => [
    ...(await delivery(2_000, { runs, most: 2.5 })),
    ...(await delivery(20_000, { runs, most: 1.9 })),
    ...(await peak(2_000, { runs, mostMb: 150, heapMb: 80 })),
    ...(await peak(100_000, { runs: 1, mostMb: 220, heapMb: 117 })),
  ],
};

async function delivery(orders: number, given: { runs: number; most: number }): Promise<Figure[]> {
  const [mlc, plain]: [Delivered[], number[]] = [[], []];
  for (let round = 0; round < given.runs; round += 1) {
    mlc.push(await deliver(orders));
    plain.push(await deliverPlainly(orders));
  }
  return [
    comparison({
      what: `${count(orders)} new orders, whole process`,
      unit: "ms",
      values: mlc.map(({ ran }) => ran.ms),
      baseline: { what, values: plain },
      most: given.most,
    }),
    ...callFigures(orders, mlc),
  ];
}

/** Pages of 300 orders, and no more heap for Node than is said: without a limit it leaves garbage lie. */
async function peak(orders: number, given: { runs: number; mostMb: number; heapMb: number }): Promise<Figure[]> {
  const node = [`--max-old-space-size=${given.heapMb}`, "--max-semi-space-size=2"];
  const mlc: Delivered[] = [];
  for (let round = 0; round < given.runs; round += 1) mlc.push(await deliver(orders, node));
  return [peakFigure(orders, mlc, given)];
}

function peakFigure(
  orders: number,
  mlc: readonly Delivered[],
  { mostMb, heapMb }: { mostMb: number; heapMb: number },
): Figure {
  const value = median(mlc.map(({ ran }) => (ran.usage?.peakBytes ?? Number.NaN) / 2 ** 20));
  return {
    what: `${count(orders)} new orders${mlc.length === 1 ? ", one run" : ""}: peak memory at a heap of ${heapMb} MB`,
    value,
    unit: "MB",
    target: `≤ ${mostMb} MB`,
    isMet: value <= mostMb,
  };
}

function callFigures(orders: number, mlc: readonly Delivered[]): Figure[] {
  const most = { fno: 0.01, shipstation: 0.0125 };
  return (["fno", "shipstation"] as const).map((vendor) => {
    const value = median(mlc.map(({ calls }) => calls[vendor] / orders));
    return {
      what: `${count(orders)} new orders: calls to ${vendor} an order`,
      value,
      unit: "calls",
      target: `≤ ${most[vendor]}`,
      isMet: value <= most[vendor],
    };
  });
}

/** Vendors of their own for each run: none begins where another one ended. */
async function withVendors<T>(orders: number, work: (sandbox: ServedSandbox) => Promise<T>): Promise<T> {
  const sandbox = await serveSandbox({ orders });
  try {
    return await work(sandbox);
  } finally {
    await sandbox.close();
  }
}

function deliver(orders: number, node: readonly string[] = []): Promise<Delivered> {
  return withVendors(orders, (sandbox) =>
    inDirectory(async (home) => {
      const env = await sandbox.connect(home);
      await sandbox.takeCalls();
      const mlc = join(root, "bin", "run.js");
      const ran = await runNode([...node, mlc, "sync", "orders", "--json"], { env, withUsage: true });
      const { flows } = JSON.parse(ran.stdout) as { flows: { created: number }[] };
      if (flows[0]?.created !== orders) throw new Error(`not all orders were created: ${ran.stdout}`);
      return { ran, calls: await sandbox.takeCalls() };
    }),
  );
}

function deliverPlainly(orders: number): Promise<number> {
  return withVendors(orders, async ({ urls }) => {
    const names = (schema: Parameters<typeof fieldsOf>[0]) => fieldsOf(schema).join(",");
    const told: PlainLoop = {
      urls,
      credentials: sandboxCredentials,
      fields: {
        header: names(fno.salesOrderHeader),
        line: names(fno.salesOrderLine),
        customer: names(fno.customer),
        product: names(goods.releasedProduct),
      },
    };
    return (await runNode([join(import.meta.dirname, "plain-loop.js"), JSON.stringify(told)])).ms;
  });
}

function count(orders: number): string {
  return orders.toLocaleString("en-US");
}
