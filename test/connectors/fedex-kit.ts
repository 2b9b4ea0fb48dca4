import { gzipSync } from "node:zlib";
import type { FedExClient } from "../../src/connectors/fedex/client.ts";
import type { FedExAccess } from "../../src/connectors/fedex/http.ts";
import type { CreateRequest } from "../../src/connectors/fedex/requests.ts";
import { jumpingClock } from "../../src/core/clock.ts";
import { memoryTokenCache } from "../../src/core/http/token-cache.ts";
import { Secret } from "../../src/core/secret.ts";
import { fakeFetch, type Turn } from "../core/http/kit.ts";

export const start = new Date("2026-11-21T12:00:00Z");
export const canary = "s3cr3t-canary";

/** FedEx's two parts: it gives tokens `<key>-1`, `<key>-2` …, or answers the `tokens` turns; the rest goes by `turns`. */
export function fakeFedEx({ turns = [], tokens = [] }: { turns?: Turn[]; tokens?: Turn[] }) {
  const forms: Record<string, string>[] = [];
  const issue: Turn = () =>
    Response.json({
      access_token: `${forms.at(-1)?.client_id}-${forms.length}`,
      token_type: "bearer",
      expires_in: "3600",
      scope: "CXS",
    });
  const token = fakeFetch(async (request, index) => {
    forms.push(Object.fromEntries(new URLSearchParams(await request.text())));
    return (tokens[index] ?? tokens.at(-1) ?? issue)(request, index);
  });
  const api = fakeFetch(...turns);
  const fetch: typeof globalThis.fetch = (input, init) =>
    new URL(input instanceof Request ? input.url : input).pathname === "/oauth/token"
      ? token.fetch(input, init)
      : api.fetch(input instanceof Request ? input.clone() : input, init);
  return { fetch, requests: api.requests, tokenRequests: token.requests, forms };
}

/** What a client of it is made of. */
export function accessTo(
  server: { fetch: typeof fetch },
  more: Partial<Omit<FedExAccess, "clock">> = {},
  clock = jumpingClock(start),
) {
  return {
    settings: { apiUrl: "https://apis.fedex.com" },
    secrets: {
      apiKey: new Secret("ship"),
      apiSecret: new Secret(canary),
      trackApiKey: new Secret("track"),
      trackApiSecret: new Secret(canary),
    },
    tokens: memoryTokenCache(),
    fetch: server.fetch,
    clock,
    random: () => 1,
    ...more,
  };
}

export const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => new Error("it did not fail"),
    (error: unknown) => error,
  );

/** A refusal in FedEx's own form, gzip-compressed without saying so. */
export const compressed =
  (body: unknown, status: number): Turn =>
  () =>
    new Response(gzipSync(JSON.stringify(body)), { status, headers: { "content-type": "application/json" } });

export const errors = (...codes: string[]) => ({
  transactionId: "0f1c",
  errors: codes.map((code) => ({ code, message: `About ${code}.` })),
});

export const body: CreateRequest = {
  labelResponseOptions: "LABEL",
  accountNumber: { value: "700000000" },
  requestedShipment: {
    shipper: {
      contact: { companyName: "Northwind Parts", personName: "Shipping Desk", phoneNumber: "6155550100" },
      address: {
        streetLines: ["12 Depot Rd"],
        city: "Nashville",
        stateOrProvinceCode: "TN",
        postalCode: "37210",
        countryCode: "US",
      },
    },
    recipients: [
      {
        contact: { personName: "Ana Lopez", phoneNumber: "5125550123" },
        address: {
          streetLines: ["88 Cedar St", "Apt 4"],
          city: "Austin",
          stateOrProvinceCode: "TX",
          postalCode: "78701",
          countryCode: "US",
          residential: true,
        },
      },
    ],
    shipDatestamp: "2026-11-23",
    serviceType: "GROUND_HOME_DELIVERY",
    packagingType: "YOUR_PACKAGING",
    pickupType: "USE_SCHEDULED_PICKUP",
    shippingChargesPayment: { paymentType: "SENDER" },
    labelSpecification: { imageType: "ZPLII", labelStockType: "STOCK_4X6" },
    rateRequestType: ["ACCOUNT"],
    totalWeight: 4.25,
    requestedPackageLineItems: [
      {
        weight: { units: "LB", value: 4.25 },
        dimensions: { length: 12, width: 9, height: 5, units: "IN" },
        customerReferences: [{ customerReferenceType: "CUSTOMER_REFERENCE", value: "SH-100231-1" }],
      },
    ],
  },
};

export const createdBody = {
  transactionId: "0f1c",
  customerTransactionId: "SH-100231-1",
  output: {
    transactionShipments: [
      {
        masterTrackingNumber: "790000000001",
        serviceType: "GROUND_HOME_DELIVERY",
        shipDatestamp: "2026-11-23",
        pieceResponses: [
          {
            packageSequenceNumber: 1,
            trackingNumber: "790000000001",
            packageDocuments: [{ contentType: "LABEL", docType: "ZPLII", copiesToPrint: 1, encodedLabel: "XlhB" }],
          },
        ],
        completedShipmentDetail: {
          shipmentRating: {
            actualRateType: "PAYOR_ACCOUNT_SHIPMENT",
            shipmentRateDetails: [{ rateType: "PAYOR_ACCOUNT_SHIPMENT", currency: "USD", totalNetCharge: 14.37 }],
          },
        },
        alerts: [],
      },
    ],
  },
};

export const tracked = {
  output: {
    completeTrackResults: [
      {
        trackingNumber: "790000000001",
        trackResults: [
          {
            trackingNumberInfo: { trackingNumber: "790000000001", trackingNumberUniqueId: "2461" },
            latestStatusDetail: { code: "DL", statusByLocale: "Delivered" },
            additionalTrackingInfo: {
              packageIdentifiers: [
                { type: "CUSTOMER_REFERENCE", values: ["SH-100231-1"] },
                { type: "PURCHASE_ORDER", value: "PO-7781" },
              ],
            },
            deliveryDetails: { receivedByName: "A. LOPEZ", deliveryAttempts: "0" },
          },
        ],
      },
      {
        trackingNumber: "790000000002",
        trackResults: [{ error: { code: "TRACKING.TRACKINGNUMBER.NOTFOUND", message: "Not found." } }],
      },
    ],
    alerts: "VIRTUAL.RESPONSE",
  },
};

/** Every body that the client sends, by its path. */
export async function allCalls(client: FedExClient): Promise<void> {
  await client.createShipment(body, "SH-100231-1").catch(() => undefined);
  await client.validateShipment(body, "SH-100231-1").catch(() => undefined);
  await client.cancelShipment("700000000", "790000000001").catch(() => undefined);
  await client.trackNumbers(["790000000001"]).catch(() => undefined);
  const query = { value: "SH-100231-1", accountNumber: "700000000", from: "2026-11-20", to: "2026-11-21" };
  await client.trackReference(query).catch(() => undefined);
}
