import { type FedExOptions, FedExSandbox } from "../../src/sandbox/fedex.ts";
import { TestClock } from "./shipstation-fixture.ts";

/** An answer with its body read. */
export interface Answer {
  status: number;
  headers: Headers;
  // A vendor's reply is read here as loosely as a test wants.
  body: ReturnType<typeof JSON.parse>;
}

/** A sandbox with its clock, tokens of both projects and short ways to call it. */
export async function fedEx(options: Partial<FedExOptions> = {}, time = "2026-11-23T16:00:00Z") {
  const clock = new TestClock(time);
  const sandbox = new FedExSandbox({
    clock,
    accountNumber: "700000000",
    apiKey: "ship-key",
    apiSecret: "ship-secret",
    trackApiKey: "track-key",
    trackApiSecret: "track-secret",
    ...options,
  });
  const read = async (response: Response): Promise<Answer> => {
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === "" ? undefined : JSON.parse(text) };
  };
  const token = async (project: "ship" | "track", secret = `${project}-secret`) => {
    const body = new URLSearchParams({
      grant_type: "client_credentials",
      client_id: `${project}-key`,
      client_secret: secret,
    });
    return read(await sandbox.fetch(new Request("http://fedex.local/oauth/token", { method: "POST", body })));
  };
  const tokens = { ship: (await token("ship")).body.access_token, track: (await token("track")).body.access_token };
  const send = (method: string, path: string, body: unknown, headers: Record<string, string> = {}) =>
    sandbox.fetch(
      new Request(`http://fedex.local${path}`, {
        method,
        headers: {
          authorization: `Bearer ${tokens[path.startsWith("/track") ? "track" : "ship"]}`,
          "content-type": "application/json",
          ...headers,
        },
        body: typeof body === "string" ? body : JSON.stringify(body),
      }),
    );
  const call = async (...args: Parameters<typeof send>) => read(await send(...args));
  const create = (body: unknown = shipment(), headers?: Record<string, string>) =>
    call("POST", "/ship/v1/shipments", body, headers);
  return {
    clock,
    sandbox,
    tokens,
    token,
    send,
    call,
    create,
    /** Creates a shipment and gives its master number. */
    ship: async (body: unknown = shipment()): Promise<string> =>
      (await create(body)).body.output.transactionShipments[0].masterTrackingNumber,
    validate: (body: unknown) => call("POST", "/ship/v1/shipments/packages/validate", body),
    results: (jobId: string) =>
      call("POST", "/ship/v1/shipments/results", { accountNumber: { value: "700000000" }, jobId }),
    cancel: (trackingNumber: string) =>
      call("PUT", "/ship/v1/shipments/cancel", { accountNumber: { value: "700000000" }, trackingNumber }),
    track: (numbers: readonly string[], includeDetailedScans = true) =>
      call("POST", "/track/v1/trackingnumbers", {
        includeDetailedScans,
        trackingInfo: numbers.map((trackingNumber) => ({ trackingNumberInfo: { trackingNumber } })),
      }),
    byReference: (value: string, more: object = {}) =>
      call("POST", "/track/v1/referencenumbers", {
        referencesInformation: {
          value,
          accountNumber: "700000000",
          shipDateBegin: "2026-11-22",
          shipDateEndDate: "2026-11-23",
          shipDateEnd: "2026-11-23",
          ...more,
        },
      }),
  };
}

/** A package line with our reference. */
export const line = (reference = "SH-100231-1", more: object = {}) => ({
  weight: { units: "LB", value: 4.25 },
  dimensions: { length: 12, width: 9, height: 5, units: "IN" },
  customerReferences: [
    { customerReferenceType: "CUSTOMER_REFERENCE", value: reference },
    { customerReferenceType: "P_O_NUMBER", value: "SO-1" },
  ],
  ...more,
});

const shipper = {
  contact: { companyName: "Northwind Parts", personName: "Shipping Desk", phoneNumber: "6155550100" },
  address: {
    streetLines: ["12 Depot Rd"],
    city: "Nashville",
    stateOrProvinceCode: "TN",
    postalCode: "37210",
    countryCode: "US",
  },
};

/** The smallest domestic body, with members of `requestedShipment` laid over it. */
export const shipment = (more: object = {}, beside: object = {}) => ({
  labelResponseOptions: "LABEL",
  accountNumber: { value: "700000000" },
  requestedShipment: {
    shipper,
    recipients: [recipient()],
    shipDatestamp: "2026-11-23",
    serviceType: "FEDEX_GROUND",
    packagingType: "YOUR_PACKAGING",
    pickupType: "USE_SCHEDULED_PICKUP",
    shippingChargesPayment: { paymentType: "SENDER" },
    labelSpecification: { imageType: "ZPLII", labelStockType: "STOCK_4X6" },
    rateRequestType: ["ACCOUNT"],
    requestedPackageLineItems: [line()],
    ...more,
  },
  ...beside,
});

/** Who receives, with parts of the address and of the contact laid over. */
export const recipient = (address: object = {}, contact: object = {}) => ({
  contact: { personName: "Ana Lopez", phoneNumber: "5125550123", ...contact },
  address: {
    streetLines: ["88 Cedar St", "Apt 4"],
    city: "Austin",
    stateOrProvinceCode: "TX",
    postalCode: "78701",
    countryCode: "US",
    residential: true,
    ...address,
  },
});

/** What makes a shipment one to Germany. */
export const toGermany = (commodity: object = {}, more: object = {}) => ({
  serviceType: "FEDEX_INTERNATIONAL_PRIORITY",
  recipients: [
    {
      contact: { companyName: "Werkzeug Nord GmbH", phoneNumber: "+49305550101" },
      address: { streetLines: ["Hafenstrasse 12"], city: "Hamburg", postalCode: "20359", countryCode: "DE" },
    },
  ],
  totalWeight: 4.25,
  customsClearanceDetail: {
    commercialInvoice: { shipmentPurpose: "SOLD", termsOfSale: "DAP" },
    dutiesPayment: { paymentType: "RECIPIENT" },
    totalCustomsValue: { amount: 83, currency: "USD" },
    commodities: [
      {
        description: "Mid-range speaker",
        countryOfManufacture: "CN",
        harmonizedCode: "85182100",
        quantity: 2,
        quantityUnits: "EA",
        numberOfPieces: 2,
        unitPrice: { amount: 41.5, currency: "USD" },
        customsValue: { amount: 83, currency: "USD" },
        weight: { units: "LB", value: 4.25 },
        ...commodity,
      },
    ],
    ...more,
  },
});

/** The codes of a refusal. */
export const codesOf = ({ body }: Answer): string[] => body.errors.map(({ code }: { code: string }) => code);
