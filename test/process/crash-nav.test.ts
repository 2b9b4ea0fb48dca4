import { beforeAll, describe, expect, it } from "vitest";
import { sandboxNav } from "../../src/commands/support/sandbox-nav.ts";
import { syncFailpoints } from "../../src/core/sync/run.ts";
import { type Bench, openBench } from "./fixture.ts";
import { killAt, runAgain } from "./kill.ts";

const sync = ["sync", "shipments", "--ignore-schedule"];
const navWrite = "nav.write:";
const goods: readonly [item: string, quantity: number][] = [
  ["MUG", 2],
  ["BOWL", 5],
];

/** Two orders that left: an open one in two shipments, whose numbers have no room in one field, and a released one. */
function fill({ nav, shipstation, clock }: Bench) {
  nav.switches.localisation = "northAmerica";
  const desk = nav.desk();
  desk.addCustomer({ No: "C-1", Name: "Adatum Corporation" });
  desk.addAgent("UPS", ["GROUND"]);
  for (const [No] of goods) {
    desk.addItem({ No, Description: No, Unit_Price: 10 });
    desk.countStock(No, 100);
  }
  const Order_Date = clock.now().toISOString().slice(0, 10);
  const [open = "", released = ""] = ["WEB-1", "WEB-2"].map((orderNumber) => {
    const items = goods.map(([sku, quantity]) => ({ lineItemKey: sku, sku, name: sku, quantity, unitPrice: 10 }));
    shipstation.addOrder({ orderNumber, orderKey: orderNumber, items });
    const lines = goods.map(([No, Quantity]) => ({ No, Quantity }));
    const dates = { Order_Date, Shipment_Date: "2026-11-20" };
    return desk.addOrder({ Sell_to_Customer_No: "C-1", External_Document_No: orderNumber, ...dates }, lines);
  });
  desk.release(released);
  const inTwo = ["1Z999AA10123456784", "1Z999AA10123456785"];
  const first = shipstation.print("WEB-1", { trackingNumbers: inTwo, items: [{ sku: "MUG", quantity: 2 }] });
  shipstation.print("WEB-1", { trackingNumbers: ["1Z999AA10123456786"] });
  shipstation.print("WEB-2", { trackingNumbers: ["1Z999AA10123456787"] });
  const moveOn = () => {
    shipstation.void(first.shipmentId);
    desk.postShipment(released);
  };
  return { moveOn, views: () => [open, released].map((number) => desk.orderOf(number)) };
}

/** Kills the process at once when NAV takes its nth write, whose answer is lost. */
async function killAtWrite(bench: Bench, nth: number): Promise<void> {
  let left = nth;
  let kill = () => {};
  bench.nav.faults = ({ method }) => {
    if (method === "GET") return undefined;
    left -= 1;
    if (left !== 0) return undefined;
    kill();
    return "resetAfter";
  };
  const { code, stderr } = await bench.run(sync, {
    started: (child) => {
      kill = () => child.kill("SIGKILL");
    },
  });
  bench.nav.faults = undefined;
  expect(code, `write ${nth} was never sent: ${stderr}`).toBeNull();
}

/** Which of the two syncs is killed: the first, or the one after a void and a posting; at a failpoint, or at NAV's nth write (`nav.write:3`). */
interface Kill {
  sync: "first" | "later";
  at: string;
}

/** What NAV holds in the end, and each value that it was sent: `PATCH salesOrder 101001 Package_Tracking_No=1Z1`. */
async function played(kill?: Kill) {
  const settings = { shippingAgents: { ups: "UPS/GROUND" }, flows: { shipments: { startDate: "2026-11-01" } } };
  const bench = await openBench({ seeded: false, nav: settings });
  const play = async (part: Kill["sync"]) => {
    if (kill?.sync !== part) await runAgain(bench, ["shipments"], 1);
    else if (kill.at.startsWith(navWrite)) await killAtWrite(bench, Number(kill.at.slice(navWrite.length)));
    else await killAt(bench, sync, kill.at);
    await runAgain(bench, ["shipments"], 1);
  };
  try {
    const { moveOn, views } = fill(bench);
    await play("first");
    const first = bench.nav.ledger.length;
    moveOn();
    await play("later");
    const sent = bench.nav.ledger.flatMap(({ action, key, body }) =>
      Object.entries(typeof body === "object" && body ? body : {}).map(
        ([name, value]) => `${action} ${key.replace(`${sandboxNav.company}/`, "")} ${name}=${value}`,
      ),
    );
    return { views: views(), sent, first, later: bench.nav.ledger.length - first };
  } finally {
    await bench.close();
  }
}

const atWrites = { first: 12, later: 4 };
const writes = (sync: Kill["sync"]): Kill[] =>
  Array.from({ length: atWrites[sync] }, (_, index) => ({ sync, at: `${navWrite}${index + 1}` }));
const kills: Kill[] = [
  ...writes("first"),
  ...writes("later"),
  ...syncFailpoints.map((name) => ({ sync: "first" as const, at: `${name}:1` })),
  ...["intent.after", "result.before"].map((name) => ({ sync: "later" as const, at: `${name}:1` })),
];

describe("sync shipments to Dynamics NAV", () => {
  let undisturbed: Awaited<ReturnType<typeof played>>;
  beforeAll(async () => {
    undisturbed = await played();
  });

  it("is measured by what it leaves when nobody disturbs it", () => {
    const { views, sent, ...counts } = undisturbed;
    expect(counts).toEqual(atWrites);
    expect(new Set(sent).size).toBe(sent.length);
    const [void1, void2, kept, other] = ["84", "85", "86", "87"].map((end) => `1Z999AA101234567${end}`);
    const tells = (...numbers: unknown[]) => `Tracking numbers: ${numbers.join(", ")}`;
    expect(views).toMatchObject([
      {
        tracking: kept,
        agent: "UPS",
        shipmentDate: "2026-11-21",
        comments: [tells(void2), tells(kept), `VOID: ${void2}`],
        lines: [
          { toShip: 0, tracking: "" },
          { toShip: 5, tracking: kept },
        ],
      },
      {
        tracking: other,
        comments: [`Ship date 2026-11-21: ${other}`],
        shipments: [{ tracking: other, agent: "UPS", service: "GROUND", comments: [`Ship date 2026-11-21: ${other}`] }],
      },
    ]);
    expect(sent).toContain(`PATCH salesOrder 101001 Package_Tracking_No=${void1}`);
  });

  it.each(kills)("killed at $at of the $sync run, writes every value once and loses none", async (kill) => {
    const { views, sent } = await played(kill);
    expect(views).toEqual(undisturbed.views);
    expect(sent.toSorted()).toEqual(undisturbed.sent.toSorted());
  });
});
