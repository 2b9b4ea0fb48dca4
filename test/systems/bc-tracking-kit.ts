import { z } from "zod";
import { BcClient } from "../../src/connectors/bc/client.ts";
import { bcPairSettings, bcSettings } from "../../src/connectors/bc/config.ts";
import { parseSettings } from "../../src/core/config.ts";
import type { Ref } from "../../src/core/delivery.ts";
import { memoryTokenCache } from "../../src/core/http/token-cache.ts";
import { hashOf } from "../../src/core/json.ts";
import type { Shipment } from "../../src/core/model.ts";
import type { OrderDone, Page, Source, SourceRecord } from "../../src/core/ports.ts";
import { Secret } from "../../src/core/secret.ts";
import { newDelivery } from "../../src/core/state/fold.ts";
import type { Planned, RunOptions } from "../../src/core/sync/run.ts";
import { syncFlow } from "../../src/core/sync.ts";
import { BusinessCentralSandbox, type CustomApi } from "../../src/sandbox/bc.ts";
import { EntraSandbox } from "../../src/sandbox/entra.ts";
import type { BookedDocument } from "../../src/systems/bc/sale-memo.ts";
import type { ShipperStores } from "../../src/systems/bc/shipment-target.ts";
import { bcSystem } from "../../src/systems/bc.ts";
import { clock, MemoryStore } from "../core/sync/memory-systems.ts";
import { shipment } from "./fno-shipment.ts";

const tenantId = "5a11d000-0000-4000-8000-00000000cafe";
const clientId = "5a11d000-0000-4000-8000-0000000000c1";

/** A shipment of the sale 4711 with these tracking numbers. */
export function parcel(id: string, numbers: readonly string[] = [`1Z${id}`], change: Partial<Shipment> = {}): Shipment {
  const packages = numbers.map((trackingNumber) => ({ trackingNumber }));
  return shipment({ id, number: "WEB-1", orderKey: "web-1", orderId: "4711", packages, ...change });
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

/** What a BC world is opened with. */
export interface TrackingOptions {
  pair?: object;
  stores?: ShipperStores;
  customApi?: CustomApi;
}

/** A simulated company, and the shipments flow to it with sales whose memo is made by hand. */
export function trackingWorld({ pair = {}, stores, customApi }: TrackingOptions = {}) {
  const entra = new EntraSandbox({ clock, tenantId, clientId, clientSecret: "right" });
  const bc = new BusinessCentralSandbox({
    clock,
    tenantId,
    accepts: (token) => entra.accepts(token),
    ...(customApi ? { customApi } : {}),
  });
  const settings = parseSettings(bcSettings, { tenantId, environment: "production", clientId, company: name }, "bc");
  const context = {
    secrets: { clientSecret: new Secret("right") },
    clock,
    fetch: async (input: string | URL | Request) => {
      const request = new Request(input);
      return new URL(request.url).host.startsWith("login.") ? entra.fetch(request) : bc.fetch(request);
    },
    signal: new AbortController().signal,
    tokens: memoryTokenCache(),
    random: () => 0,
  };
  const client = new BcClient({ settings, ...context });
  const desk = bc.desk();
  desk.addItem({ number: "A-1", displayName: "Bolt", unitPrice: 10 });
  desk.addCustomer({ number: "C-1", displayName: "Web shop" });
  const source = new Parcels();
  const store = new MemoryStore();
  const sales = new Map<string, OrderDone>();
  const planned: Planned[] = [];

  /** A sale of which these documents were made. */
  const book = (
    documents: readonly BookedDocument[],
    {
      id = "4711",
      steps = {},
      ordered = {},
    }: { id?: string; steps?: OrderDone["delivery"]["steps"]; ordered?: Record<string, number> } = {},
  ) => {
    const memo = { documents: z.json().parse(JSON.parse(JSON.stringify(documents))), ordered };
    const delivery = { ...newDelivery("WEB-1", id, ""), memo, steps };
    sales.set(id, { key: id, delivery });
  };
  const system = (given: object = pair) =>
    bcSystem(
      settings,
      { ...parseSettings(bcPairSettings, given, "bc-shipstation"), ...(stores ? { stores } : {}) },
      context,
    );
  /** Runs the flow as a new process would, 20 minutes after the last one. */
  const sync = async (options: Partial<RunOptions> & { pair?: object } = {}) => {
    const { pair: given, ...request } = options;
    const before = bc.requests.length;
    const target = system(given).shipmentTarget();
    const result = await syncFlow({
      flow: { pair: "bc-shipstation", name: "shipments", source, target },
      store,
      clock,
      signal: context.signal,
      run: "run",
      options: { command: "sync shipments", ...request },
      observer: { planned: (one) => planned.push(one) },
      account: {},
      mapping: hashOf(given ?? pair),
      assertHeld: async () => {},
      findOrder: async ({ id }) => (id === undefined ? undefined : sales.get(id)),
      lookAgain: async () => {},
      failpoint: () => {},
      callsMade: () => 0,
      budgets: () => [],
      waitingMaxDays: 14,
    });
    clock.advance(20 * 60_000);
    return { ...result, requests: bc.requests.slice(before) };
  };
  return {
    bc,
    desk,
    client,
    store,
    source,
    planned,
    sales,
    book,
    system,
    sync,
    ship: (...parcels: Shipment[]) => {
      for (const one of parcels) source.all.set(one.id, one);
    },
    /** What was sent to change something, in the last part of its address. */
    writes: () => bc.ledger.map(({ action, key }) => `${action} ${key.replace(`${name}/`, "")}`),
    /** Outcome and remark or error of every entry. */
    told: () =>
      store.lines.flatMap((line) =>
        "outcome" in line && line.outcome
          ? [
              `${line.outcome} ${line.kind === "aside" ? line.error.message : (line.kind === "result" && line.remark) || ""}`.trim(),
            ]
          : [],
      ),
    comments: (number: string) =>
      [...desk.orders, ...desk.invoices]
        .filter(({ header }) => header.number === number)
        .flatMap(({ lines }) =>
          lines.filter(({ lineType }) => lineType === "Comment").map(({ description }) => description),
        ),
    files: () =>
      desk.attachments.map(({ values, content }) => [values.fileName, new TextDecoder().decode(content)] as const),
    /** A draft invoice as a sale is booked, and what its memo says. */
    draftInvoice: async (externalNumber = "WEB-1"): Promise<BookedDocument> => {
      const { value } = await client.sales.createSalesInvoice({
        customerNumber: "C-1",
        externalDocumentNumber: externalNumber,
        salesInvoiceLines: [{ lineType: "Item", lineObjectNumber: "A-1", quantity: 2, unitPrice: 10 }],
      });
      return booked({ kind: "invoice", externalNumber, id: value.id, number: value.number });
    },
    order: async (externalNumber = "WEB-1"): Promise<BookedDocument> => {
      const { value } = await client.sales.createSalesOrder({
        customerNumber: "C-1",
        externalDocumentNumber: externalNumber,
        salesOrderLines: [{ lineType: "Item", lineObjectNumber: "A-1", quantity: 2, unitPrice: 10 }],
      });
      return booked({ kind: "order", externalNumber, id: value.id, number: value.number });
    },
  };
}

const name = "CRONUS USA, Inc.";

/** A document of the sale, with what a memo says of it. */
export function booked(
  change: Partial<BookedDocument> & Pick<BookedDocument, "kind" | "id" | "number">,
): BookedDocument {
  return { externalNumber: "WEB-1", part: 1, generation: 1, booked: { L1: 2 }, tracked: [], ...change };
}

/** The routes in the settings of a pair. */
export const routes = (...names: string[]) => ({
  tracking: {
    routes: names,
    ...(names.includes("customApi") ? { customApi: { path: "contoso/shipping/v1.0/salesShipments" } } : {}),
  },
});
