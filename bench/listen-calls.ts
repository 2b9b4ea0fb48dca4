import { createHmac } from "node:crypto";
import type { KnownCallers } from "../src/webhooks/receive/receiver.ts";

const secrets = {
  shipstation: "token-of-shipstation-0001",
  fno: "token-of-fno-0001",
  shipbob: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  fedex: "FedExSecurityToken1234567890",
};

/** Vendors whose calls are made and proved cheaply enough to load a receiver with. */
export const benchCallers: KnownCallers = {
  shipstation: { token: secrets.shipstation, apiUrl: "https://ssapi.shipstation.com" },
  shipbob: { secrets: [secrets.shipbob] },
  fedex: { secret: secrets.fedex },
  fno: { token: secrets.fno, eventIds: [] },
};

/** Calls of four vendors in turn, each with an id and a record of its own, as bytes for the wire. */
export function callBytes(number: number, now: number): Buffer {
  const made = makers[number % makers.length] ?? fromFno;
  const { path, headers, body } = made(number, now);
  const head = `POST /webhooks/${path} HTTP/1.1\r\nHost: mlc.example\r\nUser-Agent: bench\r\nAccept: */*\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`;
  return Buffer.from(`${head}${headers}\r\n${body}`);
}

/** A call on its way. */
export interface Call {
  path: string;
  /** Beside those that all have. */
  headers: string;
  body: string;
}

const makers = [fromShipBob, fromFedEx, fromShipStation, fromFno];
const shipBobKey = Buffer.from(secrets.shipbob.replace("whsec_", ""), "base64");
const lines = Array.from({ length: 4 }, (_, at) => ({ id: at, sku: `SKU-${at}-4711`, quantity: 2, name: "A thing" }));
const scans = Array.from({ length: 4 }, (_, at) => ({
  date: `2026-11-2${at}T10:00:00-06:00`,
  eventType: "IT",
  eventDescription: "In transit",
  scanLocation: { city: "MEMPHIS", stateOrProvinceCode: "TN", countryCode: "US" },
}));

function fromShipBob(number: number, now: number): Call {
  const body = JSON.stringify({ id: number, reference_id: `SO-${number}`, status: "Fulfilled", products: lines });
  const timestamp = Math.floor(now / 1000);
  const digest = createHmac("sha256", shipBobKey).update(`msg_${number}.${timestamp}.${body}`).digest("base64");
  const signature = `webhook-id: msg_${number}\r\nwebhook-timestamp: ${timestamp}\r\nwebhook-signature: v1,${digest}\r\n`;
  return { path: "shipbob", headers: `${signature}x-webhook-topic: order.shipped\r\n`, body };
}

function fromFedEx(number: number): Call {
  const results = [{ trackingNumberInfo: { trackingNumber: String(794_600_000_000 + number) }, scanEvents: scans }];
  const body = JSON.stringify({ output: { completeTrackResults: [{ trackResults: results }] } });
  const digest = createHmac("sha256", secrets.fedex).update(body).digest("base64");
  return { path: "fedex", headers: `fdx-signature: ${digest}\r\n`, body };
}

function fromShipStation(number: number): Call {
  const resource_url = `https://ssapi6.shipstation.com/shipments?batchId=${number}&includeShipmentItems=False`;
  const body = JSON.stringify({ resource_url, resource_type: "SHIP_NOTIFY" });
  return { path: `shipstation/${secrets.shipstation}`, headers: "", body };
}

/** The stub of F&O, which nobody signs. */
export function fromFno(number: number): Call {
  const body = JSON.stringify({
    BusinessEventId: "SalesOrderConfirmedBusinessEvent",
    BusinessEventLegalEntity: "usmf",
    ContextRecordSubject: "",
    ControlNumber: 5_637_166_326 + number,
    EventId: `B7C6A5D4-${number}`,
    EventTime: "/Date(1763740800000)/",
    SalesOrderNumber: `SO-${number}`,
  });
  return { path: `fno/${secrets.fno}`, headers: "", body };
}
