import { ShipBobClient } from "../../src/connectors/shipbob/client.ts";
import { shipBobSettings } from "../../src/connectors/shipbob/config.ts";
import { memoryTokenCache } from "../../src/core/http/token-cache.ts";
import type { Shipment } from "../../src/core/model.ts";
import { Secret } from "../../src/core/secret.ts";
import { fold } from "../../src/core/state/fold.ts";
import type { LineDraft, LogLine } from "../../src/core/state/lines.ts";
import { type RunOptions, type SyncContext, syncFailpoints } from "../../src/core/sync/run.ts";
import { syncFlow } from "../../src/core/sync.ts";
import { type ShipBobOptions, ShipBobSandbox } from "../../src/sandbox/shipbob.ts";
import { ShipBobShipmentSource } from "../../src/systems/shipbob/shipment-source.ts";
import { Crash, MemoryStore } from "../core/sync/memory-systems.ts";
import { order, ownChannel } from "../sandbox/shipbob-fixture.ts";
import { environment } from "./fno-environment.ts";

const customFields = {
  CustTracking: { type: "Edm.String", maxLength: 200 },
  CustCost: { type: "Edm.Decimal" },
  CustDelivery: { type: "Edm.String", maxLength: 100 },
} as const;
const map = { trackingNumber: "CustTracking", shippingCost: "CustCost", deliveryStatus: "CustDelivery" };

/** A store whose lines are stamped by the world's own clock. */
class ClockStore extends MemoryStore {
  readonly #now: () => Date;

  constructor(now: () => Date) {
    super();
    this.#now = now;
  }

  override async append(drafts: readonly LineDraft[]): Promise<LogLine[]> {
    if (this.isDead) throw new Crash("the process is gone");
    return drafts.map((draft) => {
      const seq = this.lines.length + 1;
      const at = this.#now().toISOString();
      const line: LogLine = { ...draft, id: String(seq).padStart(26, "0"), at, seq, prev: "", mac: "" };
      this.lines.push(structuredClone(line));
      fold(this.state, line);
      return line;
    });
  }
}

/** Simulated ShipBob and F&O with the flow of shipments between them, and an order that is in both. */
export async function shipmentsBack(
  options: Partial<ShipBobOptions> & { markTrackingUploaded?: boolean; slips?: boolean } = {},
) {
  const writeBack = { headerFields: { map }, packingSlipTracking: options.slips ?? false };
  const { clock, fno, system } = environment({ pair: { writeBack }, sandbox: { customFields } });
  const shipbob = new ShipBobSandbox({ clock, token: "pat", limit: 100_000, ...options });
  const access = {
    settings: shipBobSettings.parse({ apiUrl: "https://shipbob.test", channelId: 100_101 }),
    secrets: { accessToken: new Secret("pat") },
    tokens: memoryTokenCache(),
    fetch: async (input: string | URL | Request, init?: RequestInit) => shipbob.fetch(new Request(input, init)),
    clock,
    random: () => 1,
  };
  const store = new ClockStore(() => clock.now());
  const addOrder = async (number: string, quantity = 2) => {
    fno.addOrder({ legalEntity: "usmf", number, customer: "C-1", lines: [{ item: "D0001", quantity }] });
    const products = [{ reference_id: "D0001", name: "Mid-range speaker", quantity }];
    const body = order({ reference_id: `usmf-${number}`, order_number: number, products });
    const headers = {
      authorization: "Bearer pat",
      "user-agent": "test",
      "content-type": "application/json",
      ...ownChannel,
    };
    const request = { method: "POST", headers, body: JSON.stringify(body) };
    const answer = await shipbob.fetch(new Request("https://shipbob.test/2026-01/order", request));
    if (answer.status !== 201) throw new Error(await answer.text());
    clock.advance(60_000);
  };

  /** Runs the flow as a new process would, sixteen minutes after the last one. */
  const sync = async (more: Partial<RunOptions> & { failpoint?: (name: string) => void; afterMs?: number } = {}) => {
    const { failpoint = () => {}, afterMs = 16 * 60_000, ...given } = more;
    const source = new ShipBobShipmentSource(new ShipBobClient(access), {
      lookBack: 30,
      markTrackingUploaded: options.markTrackingUploaded ?? false,
      now: () => clock.now(),
    });
    const context: SyncContext<Shipment> = {
      flow: { pair: "fno-shipbob", name: "shipments", source, target: system.shipmentTarget() },
      store,
      clock,
      signal: new AbortController().signal,
      run: "run",
      options: { command: "sync shipments", ...given },
      observer: {},
      account: { shipbob: 1 },
      mapping: "m",
      assertHeld: async () => {
        if (store.isDead) throw new Crash("the process is gone");
      },
      findOrder: async () => undefined,
      heldElsewhere: undefined,
      lookAgain: async () => {},
      failpoint,
      callsMade: () => shipbob.requests.length,
      budgets: () => [],
      waitingMaxDays: 14,
    };
    const result = await syncFlow(context);
    clock.advance(afterMs);
    return result;
  };

  shipbob.desk.addProduct({ sku: "D0001", stock: { 8: 1000, 20: 1000 } });
  await addOrder("SO-1");
  return {
    clock,
    fno,
    shipbob,
    desk: shipbob.desk,
    store,
    sync,
    addOrder,
    failpoints: syncFailpoints,
    fields: (number = "SO-1") => {
      const { CustTracking, CustCost, CustDelivery } = fno.order("usmf", number)?.header ?? {};
      return [CustTracking, CustCost, CustDelivery];
    },
    notes: () => fno.attachments.map(({ Notes }) => String(Notes)),
    remarks: () => store.lines.flatMap((line) => ("remark" in line && line.remark ? [line.remark] : [])),
  };
}
