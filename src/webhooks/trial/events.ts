import { shipStationTopics } from "../receive/shipstation.ts";
import {
  bcCall,
  fedexCall,
  fnoCall,
  fnoTest,
  type Naming,
  shipBobCall,
  shipStationCall,
  type TrialCall,
  type TrialGiven,
} from "./call.ts";

/** The calls of one system that mlc can make as it would. */
export interface TrialKind {
  system: string;
  title: string;
  /** The secret that proves them. */
  entry: string;
  /** What makes that secret. */
  makes: string;
  events: readonly string[];
  /** Events of any other name are its customer's own. */
  isOpen?: true;
  /** What of a call a person can name. */
  naming: readonly (keyof Naming)[];
  call(event: string, given: TrialGiven): TrialCall;
}

/** The systems whose calls can be made by whoever has the profile's secrets. */
export const trialKinds: readonly TrialKind[] = [
  {
    system: "shipstation",
    title: "ShipStation",
    entry: "shipstation.webhookToken",
    makes: "mlc webhooks create shipstation",
    events: shipStationTopics,
    naming: ["order", "id"],
    call: shipStationCall,
  },
  {
    system: "shipbob",
    title: "ShipBob",
    entry: "shipbob.webhookSecret",
    makes: "mlc webhooks create shipbob",
    events: [
      "order.shipped",
      "order.shipment.delivered",
      "order.shipment.exception",
      "order.shipment.on_hold",
      "order.shipment.cancelled",
      "billing.charge.created",
    ],
    naming: ["order", "id"],
    call: shipBobCall,
  },
  {
    system: "fedex",
    title: "FedEx",
    entry: "fedex.webhookSecret",
    makes: "mlc webhooks guide fedex --out <file>",
    events: ["tracking"],
    naming: ["tracking"],
    call: fedexCall,
  },
  {
    system: "bc",
    title: "Business Central",
    entry: "bc.webhookSecret",
    makes: "mlc webhooks create bc",
    events: ["items", "customers", "salesOrders", "salesInvoices"],
    naming: ["id"],
    call: bcCall,
  },
  {
    system: "fno",
    title: "F&O",
    entry: "fno.webhookToken",
    makes: "mlc webhooks guide fno --url <https://…> --out <file>",
    events: [fnoTest],
    isOpen: true,
    naming: ["order", "legalEntity"],
    call: fnoCall,
  },
];

/** The kind and the event that a name means: `<system>.<event>`; undefined when there is none. Pure. */
export function trialOf(name: string): { kind: TrialKind; event: string } | undefined {
  const [system, event = ""] = [name.split(".", 1)[0], name.slice(name.indexOf(".") + 1)];
  const kind = trialKinds.find((one) => one.system === system && name.includes("."));
  const isThere = kind?.events.includes(event) || (kind?.isOpen === true && /^[A-Za-z]\w{0,199}$/.test(event));
  return kind && isThere ? { kind, event } : undefined;
}
