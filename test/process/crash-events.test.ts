import { describe, expect, it } from "vitest";
import { syncFailpoints } from "../../src/core/sync/run.ts";
import { openMlc } from "../../src/mlc.ts";
import { signatureOf } from "../../src/sandbox/shipbob/webhooks.ts";
import { inboxFailpoints } from "../../src/webhooks/inbox/inbox.ts";
import { shipTo } from "./crash-sweep.ts";
import { type Bench, openBench } from "./fixture.ts";
import { runAgain } from "./kill.ts";
import { startReceiver, workOff } from "./receiver.ts";
import { openShipBobBench } from "./shipbob-bench.ts";

/** All places, not only some; by hand: MLC_TEST_SWEEP=all npx vitest run test/process/crash-events.test.ts */
const isWhole = process.env.MLC_TEST_SWEEP === "all";

/** A run for what events name moves no cursor. */
const ofRuns = syncFailpoints.filter((name) => !name.startsWith("cursor."));
/** The log grows by the run's start, then the intents, then the results. */
const ofLog = ["log.append.before", "log.write.after", "log.fsync.after"].flatMap((name) =>
  [1, 2, 3].map((hit) => `${name}:${hit}`),
);
const every = [
  ...inboxFailpoints.map((name) => `${name}:1`),
  "event.stored:3",
  ...ofRuns.map((name) => `${name}:1`),
  ...ofLog,
];

/** A failpoint and how the receiver that meets it runs. */
const swept = (some: readonly string[], others: readonly string[] = []) => {
  const failpoints = isWhole ? every : some;
  // A watch polls too: only what events bring meets these for the first time.
  const inWatch = isWhole ? [...inboxFailpoints, ...ofRuns].map((name) => `${name}:1`) : others;
  return [
    ...failpoints.map((failpoint) => ({ args: ["listen"], failpoint })),
    ...inWatch.map((failpoint) => ({ args: ["sync", "--watch", "--listen", "--every", "1h"], failpoint })),
  ];
};

type Posted = { of: string; status: number | undefined };

/** Kills a receiver at a failpoint while it is told of what just happened; returns of what it said 2xx. */
async function killedWhileTold(
  bench: Pick<Bench, "run">,
  { args, failpoint }: { args: readonly string[]; failpoint: string },
  happens: (url: string) => Promise<Posted[]>,
): Promise<string[]> {
  const receiver = await startReceiver(bench, args, { MLC_FAILPOINT: failpoint });
  if (args.includes("--watch")) await Promise.all([receiver.hears(/ orders: /), receiver.hears(/ shipments: /)]);
  const posted = await happens(receiver.url);
  const late = setTimeout(() => receiver.kill("SIGTERM"), 20_000);
  const { code, stderr } = await receiver.ended;
  clearTimeout(late);
  expect(code, `${failpoint} was never met: ${stderr}`).toBeNull();
  return posted.flatMap(({ of, status }) => (status === 200 ? [of] : []));
}

const post = async (url: string, body: object, headers: Record<string, string> = {}) =>
  (
    await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    }).catch(() => undefined)
  )?.status;

async function keep({ env, home }: Pick<Bench, "env" | "home">, secrets: Record<string, string>): Promise<void> {
  const signal = new AbortController().signal;
  const mlc = await openMlc({
    ...{ profile: "default", env, platform: process.platform, homedir: home, version: "0.0.0", signal, isTty: false },
  });
  await mlc.secrets.write(secrets, "vault");
}

const tokens = { fno: "fno-token-0123456789abcdef", shipstation: "v1-token-0123456789abcdef" };
const shipBobSecret = `whsec_${Buffer.alloc(24, 7).toString("base64")}`;
const orders = ["SO-1", "SO-2", "SO-3"];

/** Sets the vendors to the machine's clock, by which receivers run, or so long before. */
function toNow({ clock }: Pick<Bench, "clock">, before = 0): void {
  clock.advance(Date.now() - before - clock.now().getTime());
}

/** A bench by the machine's clock, as a receiver runs. */
async function opened() {
  const bench = await openBench({ seeded: false });
  await keep(bench, { "fno.webhookToken": tokens.fno, "shipstation.webhookToken": tokens.shipstation });
  // Orders come in before, by a sync of its own.
  toNow(bench, 20 * 60_000);
  const { fno } = bench;
  const customer = { CustomerAccount: "C-1", OrganizationName: "Harbor Tools", PrimaryContactPhone: "555 0100" };
  fno.addCustomer("usmf", customer);
  fno.addProduct("usmf", { ItemNumber: "A-1", ProductType: "Item", NetProductWeight: 1 });
  const addOrders = () => {
    const lines = [{ item: "A-1", quantity: 1, price: 10, warehouse: "24" }];
    for (const number of orders) fno.addOrder({ legalEntity: "usmf", number, customer: "C-1", shipTo, lines });
  };
  return { bench, addOrders };
}

/** What was killed is worked off by the next receiver; sync comes behind it as the backstop. */
async function comesBack(bench: Pick<Bench, "clock" | "env" | "home">): Promise<void> {
  bench.clock.advance(15 * 60_000);
  await workOff(bench);
}

describe("F&O's events", () => {
  it.each(
    swept(
      ["event.stored:2", "log.fsync.after:1", "intent.after:1", "send.after:1", "settle.half:1"],
      ["result.before:1"],
    ),
  )("killed at $failpoint, $args.0 brings each order of which it said 2xx to ShipStation once", async (kill) => {
    const { bench, addOrders } = await opened();
    toNow(bench);
    const told = await killedWhileTold(bench, kill, async (url) => {
      addOrders();
      return Promise.all(
        orders.map(async (of) => {
          const number = { BusinessEventLegalEntity: "usmf", SalesOrderNumber: of, EventId: `E-${of}` };
          const body = { BusinessEventId: "SalesOrderConfirmedBusinessEvent", ...number };
          return { of, status: await post(`${url}/webhooks/fno/${tokens.fno}`, body) };
        }),
      );
    });
    await comesBack(bench);
    const created = () => bench.shipstation.ledger.map(({ action, key }) => `${action} ${key}`).sort();
    expect(created()).toEqual(expect.arrayContaining(told.map((number) => `create usmf-${number}`)));
    await runAgain(bench, [], 2);
    expect(created()).toEqual(orders.map((number) => `create usmf-${number}`));
    await bench.close();
  });
});

describe("ShipStation's events", () => {
  it.each(swept(["event.stored:1", "intent.after:1", "send.after:1", "settle.before:1"], ["send.before:1"]))(
    "killed at $failpoint, $args.0 writes each tracking number of which it was told to F&O once",
    async (kill) => {
      const { bench, addOrders } = await opened();
      const { shipstation, fno } = bench;
      addOrders();
      await runAgain(bench, ["orders"], 1);
      toNow(bench);
      const told = await killedWhileTold(bench, kill, async (url) => {
        const hook = {
          api: "v1",
          event: "SHIP_NOTIFY",
          storeId: null,
          name: null,
          origin: bench.urls.shipstation,
        } as const;
        shipstation.webhooks.add({ ...hook, url: `${url}/webhooks/shipstation/${tokens.shipstation}` });
        const printed = shipstation.orders.map(({ orderId }) => shipstation.print(orderId).trackingNumbers[0] ?? "");
        const posts = await shipstation.webhooks.deliver((request) => fetch(request));
        return printed.map((of, at) => ({ of, status: posts[at]?.status }));
      });
      await comesBack(bench);
      const notes = () => fno.attachments.map(({ Notes }) => String(Notes));
      for (const number of told) expect(notes().filter((text) => text.includes(number))).toHaveLength(1);
      await runAgain(bench, [], 2);
      for (const { trackingNumbers } of shipstation.shipments)
        expect(notes().filter((text) => text.includes(trackingNumbers[0] ?? "-"))).toHaveLength(1);
      expect(notes()).toHaveLength(orders.length);
      await bench.close();
    },
  );
});

function signed(id: string, body: object): Record<string, string> {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = signatureOf({ secret: shipBobSecret, id, timestamp, body: JSON.stringify(body) });
  return { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature };
}

const shipBobSettings = {
  fulfillmentCenters: { "8": "24" },
  shippingMethods: { Ground: "Standard" },
  // A watch would send products too, before anybody calls.
  flows: { products: { enabled: false } },
  charges: { mode: "orderLine", orderLine: { item: "FREIGHT" } },
  writeBack: { headerFields: { map: { trackingNumber: "CustTracking" } }, packingSlipTracking: false },
};

describe("ShipBob's events", () => {
  it.each(swept(["log.append.before:1", "send.after:1", "result.before:1", "settle.after:1"]))(
    "killed at $failpoint, $args.0 writes each tracking number of which it was told to F&O once, and each charge",
    async (kill) => {
      const bench = await openShipBobBench({ pair: shipBobSettings });
      const { fno, shipbob, clock } = bench;
      toNow(bench, 20 * 60_000);
      await keep(bench, { "shipbob.webhookSecret": shipBobSecret });
      fno.addCustomer("usmf", { CustomerAccount: "C-1", OrganizationName: "Harbor Tools" });
      const mug = { ProductType: "Item", NetProductWeight: 1, InventoryUnitSymbol: "ea" };
      fno.addProduct("usmf", { ItemNumber: "MUG", ProductNumber: "MUG", ...mug });
      fno.addProduct("usmf", { ItemNumber: "FREIGHT", ProductNumber: "FREIGHT", ProductType: "Service" });
      shipbob.desk.addProduct({ sku: "MUG", stock: { 8: 50 } });
      const lines = [{ item: "MUG", quantity: 2, price: 10, warehouse: "24" }];
      for (const number of orders) fno.addOrder({ legalEntity: "usmf", number, customer: "C-1", lines });
      await runAgain(bench, ["orders"], 1);
      toNow(bench);
      const told = await killedWhileTold(bench, kill, async (base) => {
        const url = `${base}/webhooks/shipbob`;
        shipbob.webhooks.subscriptions.push({
          ...{ id: "ep_1", topics: ["order.shipped"], url, description: null, secret: shipBobSecret },
          ...{ enabled: true, failingSince: null, created: clock.now().toISOString() },
        });
        const charges = orders.map((number) => {
          shipbob.desk.ship(`usmf-${number}`);
          return shipbob.desk.charge(`usmf-${number}`, { fee: "Address Correction", amount: 1.5 });
        });
        shipbob.desk.closeInvoice();
        // The newest first.
        const sent = (await shipbob.webhooks.deliver((request) => fetch(request))).reverse();
        const billed = charges.map(async ({ id }, at) => {
          const headers = { ...signed(`msg_charge${at}`, { id }), "x-webhook-topic": "billing.charge.created" };
          return { of: `charge of ${orders[at]}`, status: await post(url, { id }, headers) };
        });
        return [...sent.map(({ status }, at) => ({ of: orders[at] ?? "", status })), ...(await Promise.all(billed))];
      });
      await comesBack(bench);
      const holds = () =>
        orders.map((number) => {
          const { header, lines = [] } = fno.order("usmf", number) ?? {};
          const notes = fno.attachments.filter(({ SalesOrderNumber }) => SalesOrderNumber === number).length;
          return {
            number,
            notes,
            tracking: header?.CustTracking,
            charges: lines.filter(({ values }) => values.ItemNumber === "FREIGHT").length,
          };
        });
      for (const { number, ...held } of holds())
        if (told.includes(number)) expect(held).toMatchObject({ notes: 1, tracking: expect.stringMatching(/^9205/) });
      // A day's charges are read once it is over.
      clock.advance(24 * 3_600_000);
      await runAgain(bench, [], 2);
      expect(holds()).toEqual(
        orders.map((number) => ({ number, notes: 1, tracking: expect.stringMatching(/^9205/), charges: 1 })),
      );
      await bench.close();
    },
  );
});
