import { NavClient } from "../../src/connectors/nav/client.ts";
import { navPairSettings, navSettings } from "../../src/connectors/nav/config.ts";
import { jumpingClock } from "../../src/core/clock.ts";
import { parseSettings } from "../../src/core/config.ts";
import type { Ref } from "../../src/core/delivery.ts";
import { memoryTokenCache } from "../../src/core/http/token-cache.ts";
import { hashOf } from "../../src/core/json.ts";
import { type OrderThen, personalValues, type Shipment } from "../../src/core/model.ts";
import type { Page, Source, SourceRecord } from "../../src/core/ports.ts";
import { Secret } from "../../src/core/secret.ts";
import { fold } from "../../src/core/state/fold.ts";
import type { Planned, RunOptions } from "../../src/core/sync/run.ts";
import { syncFlow } from "../../src/core/sync.ts";
import { type NavOptions, NavSandbox, type Values } from "../../src/sandbox/nav.ts";
import { NavShipmentTarget } from "../../src/systems/nav/shipment-target.ts";
import { MemoryStore } from "../core/sync/memory-systems.ts";
import { shipment } from "./fno-shipment.ts";

const accessKey = "web-service-key";
export const company = "CRONUS International Ltd.";
const buyer: OrderThen = { customerNames: ["Adatum Corporation"], orderDate: "2026-11-20" };

/** A parcel of the order SS-884213 with two blue mugs. */
export function parcel(id: string, change: Partial<Shipment> = {}): Shipment {
  return shipment({
    id,
    number: "SS-884213",
    orderKey: "web-1",
    orderId: "4711",
    orderNumber: "SS-884213",
    order: buyer,
    personal: personalValues([], buyer.customerNames),
    packages: [{ trackingNumber: `1Z${id}` }],
    lines: [{ sku: "SKU-100", quantity: 2 }],
    ...change,
  });
}

/** A parcel of another order of the shipper's. */
export function parcelOf(order: string, id: string, change: Partial<Shipment> = {}): Shipment {
  return parcel(id, { number: order, orderNumber: order, orderKey: `key-${order}`, orderId: `id-${order}`, ...change });
}

/** Shipments as a source gives them; each is read anew at every run. */
class Parcels implements Source<Shipment> {
  readonly system = "shipstation";
  readonly reads = "changes";
  readonly all = new Map<string, Shipment>();

  async *list(): AsyncGenerator<Page> {
    yield { records: [...this.all.values()].map(recordOf) };
  }

  async get(refs: readonly Ref[]): Promise<Map<string, SourceRecord | "gone">> {
    return new Map(
      refs.map((ref) => {
        const found = this.all.get(String(ref));
        return [String(ref), found ? recordOf(found) : "gone"];
      }),
    );
  }

  idOf(ref: Ref): string {
    return String(ref);
  }

  read({ id }: SourceRecord): Shipment[] {
    return [...this.all.values()].filter((one) => one.id === id);
  }
}

const recordOf = (one: Shipment): SourceRecord => ({ id: one.id, version: hashOf(one), ref: one.id, payload: null });

/** What a NAV world is opened with. */
export interface WorldOptions {
  pair?: object;
  switches?: NavOptions["switches"];
  customFields?: NavOptions["customFields"];
}

/** A simulated company, and the shipments flow to it. */
export function navWorld({ pair = {}, switches = {}, customFields = {} }: WorldOptions = {}) {
  const clock = jumpingClock(new Date("2026-11-21T12:00:00Z"));
  const users = [{ name: "SYNC", password: "s3cret", accessKey }];
  const nav = new NavSandbox({ clock, users, switches, customFields });
  const desk = nav.desk();
  desk.addCustomer({ No: "C00120", Name: "Adatum Corporation", City: "Portland" });
  desk.addItem({ No: "SKU-100", Description: "Blue mug", Unit_Price: 19.95 });
  desk.addItem({ No: "SKU-200", Description: "Red mug", Unit_Price: 24.5 });
  desk.addAgent("FEDEX", ["GROUND", "2DAY"]);
  desk.addAgent("UPS", ["GROUND"]);
  const settings = parseSettings(
    navSettings,
    { baseUrl: `https://nav.local:7048${nav.path}`, company, username: "SYNC" },
    "nav",
  );
  const agents = { ups: "UPS", "ups/ups_ground": "UPS/GROUND", fedex: "FEDEX/GROUND" };
  const source = new Parcels();
  let store = new MemoryStore();
  const planned: Planned[] = [];
  /** What happens before the server has a request, and after it has answered. */
  const hooks: {
    onRequest?: (request: Pick<Request, "method" | "url">) => void;
    onAnswer?: (request: Pick<Request, "method" | "url">) => void;
  } = {};

  const target = (given: object = pair) => {
    const parsed = parseSettings(navPairSettings, { shippingAgents: agents, ...given }, "nav-shipstation");
    const client = new NavClient(
      {
        settings,
        secrets: { password: new Secret(accessKey) },
        tokens: memoryTokenCache(),
        fetch: async (input) => {
          const request = new Request(input);
          hooks.onRequest?.(request);
          const answer = await nav.fetch(request);
          hooks.onAnswer?.(request);
          return answer;
        },
        clock,
        random: () => 0,
      },
      parsed,
    );
    return { target: new NavShipmentTarget(client, parsed, () => clock.now()), maxDays: parsed.waiting.maxDays };
  };

  /** Runs the flow as a new process would, 20 minutes after the last one. */
  const sync = async (options: Partial<RunOptions> & { pair?: object; failpoint?: (name: string) => void } = {}) => {
    const { pair: given, failpoint = () => {}, ...request } = options;
    const before = nav.requests.length;
    const made = target(given);
    const result = await syncFlow({
      flow: { pair: "nav-shipstation", name: "shipments", source, target: made.target },
      store,
      clock,
      signal: new AbortController().signal,
      run: "run",
      options: { command: "sync shipments", ...request },
      observer: { planned: (one) => planned.push(one) },
      account: {},
      mapping: hashOf(given ?? pair),
      assertHeld: async () => {},
      findOrder: async () => undefined,
      lookAgain: async () => {},
      failpoint,
      callsMade: () => 0,
      budgets: () => [],
      waitingMaxDays: made.maxDays,
    }).finally(() => clock.advance(20 * 60_000));
    return { ...result, requests: nav.requests.slice(before) };
  };

  return {
    clock,
    nav,
    desk,
    source,
    planned,
    hooks,
    sync,
    target,
    get store() {
      return store;
    },
    /** A new process: nothing is left but what the log says. */
    restart: () => {
      const old = store;
      store = new MemoryStore();
      for (const line of old.lines) {
        store.lines.push(line);
        fold(store.state, line);
      }
    },
    ship: (...parcels: Shipment[]) => {
      for (const one of parcels) source.all.set(one.id, one);
    },
    /** An order of two blue and five red mugs. */
    order: (more: Values = {}) =>
      desk.addOrder(
        { Sell_to_Customer_No: "C00120", External_Document_No: "SS-884213", Order_Date: "2026-11-20", ...more },
        [
          { No: "SKU-100", Quantity: 2 },
          { No: "SKU-200", Quantity: 5 },
        ],
      ),
    /** What was sent to change something: `PATCH salesOrder 101001 Package_Tracking_No`. */
    writes: () =>
      nav.ledger.map(
        ({ action, key, body }) =>
          `${action} ${key.replace(`${company}/`, "")} ${Object.keys(typeof body === "object" && body ? body : {}).join(",")}`,
      ),
    /** Outcome and remark or error of every entry. */
    told: () =>
      store.lines.flatMap((line) =>
        "outcome" in line && line.outcome
          ? [
              `${line.outcome} ${line.kind === "aside" ? line.error.message : (line.kind === "result" && (line.remark ?? line.step)) || ""}`.trim(),
            ]
          : [],
      ),
  };
}
