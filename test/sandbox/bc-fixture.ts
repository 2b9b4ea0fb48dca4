import { type BusinessCentralOptions, BusinessCentralSandbox, type Desk } from "../../src/sandbox/bc.ts";
import { TestClock } from "./shipstation-fixture.ts";

export const tenantId = "5a11d000-0000-4000-8000-00000000cafe";
export const root = `http://bc.local/v2.0/${tenantId}/production/api/v2.0`;

/** A call beside its address. */
export interface Call {
  method?: string;
  body?: unknown;
  headers?: Record<string, string>;
}

/** A company with two items and a customer, and short ways to call it. */
export function businessCentral(options: Partial<BusinessCentralOptions> = {}, time = "2026-11-20T09:00:00.000Z") {
  const clock = new TestClock(time);
  const bc = new BusinessCentralSandbox({ clock, tenantId, accepts: (token) => token === "good", ...options });
  const desk = bc.desk();
  stock(desk);
  const base = `${root}/companies(${desk.company.id})`;
  const at = (path: string) =>
    path.startsWith("http") ? path : path.startsWith("/") ? `${root}${path}` : `${base}/${path}`;
  const call = (path: string, { method = "GET", body, headers = {} }: Call = {}) =>
    bc.fetch(
      new Request(at(path), {
        method,
        headers: { authorization: "Bearer good", ...headers },
        ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
      }),
    );
  const json = async (path: string, more?: Call) => {
    const response = await call(path, more);
    const text = await response.text();
    return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
  };
  return {
    clock,
    bc,
    desk,
    base,
    call,
    json,
    post: (path: string, body?: unknown, headers: Record<string, string> = {}) =>
      json(path, { method: "POST", headers, ...(body === undefined ? {} : { body }) }),
    patch: (path: string, body: unknown, ifMatch = "*") =>
      json(path, { method: "PATCH", body, headers: { "if-match": ifMatch } }),
    remove: (path: string, ifMatch = "*") => json(path, { method: "DELETE", headers: { "if-match": ifMatch } }),
    filter: async (set: string, filter: string) => (await json(`${set}?$filter=${encodeURIComponent(filter)}`)).body,
  };
}

function stock(desk: Desk): void {
  desk.addItem({ number: "SKU-100", displayName: "Blue mug", unitPrice: 19.95, unitCost: 8 });
  desk.addItem({ number: "SKU-200", displayName: "Red mug", unitPrice: 24.5 });
  desk.addCustomer({
    number: "C00120",
    displayName: "Adatum Corporation",
    addressLine1: "1 Market St",
    city: "Portland",
    state: "OR",
    country: "US",
    postalCode: "97201",
    email: "ap@adatum.example",
  });
}

/** The order that the sheet prints. */
export const order = (more: object = {}) => ({
  customerNumber: "C00120",
  externalDocumentNumber: "SS-884213",
  orderDate: "2026-11-20",
  shipToName: "Maria Keller",
  shipToAddressLine1: "12 Harbour Rd",
  shipToCity: "Portland",
  shipToState: "OR",
  shipToPostCode: "97201",
  shipToCountry: "US",
  salesOrderLines: [
    { lineType: "Item", lineObjectNumber: "SKU-100", quantity: 2, unitPrice: 19.95 },
    { lineType: "Comment", description: "Web shop order 884213" },
  ],
  ...more,
});

/** A draft invoice. */
export const invoice = (more: object = {}) => ({
  customerNumber: "C00120",
  externalDocumentNumber: "SS-1001",
  invoiceDate: "2026-11-20",
  salesInvoiceLines: [
    { lineType: "Item", lineObjectNumber: "SKU-100", quantity: 3, unitPrice: 19.95, discountAmount: 1 },
    { lineType: "Account", lineObjectNumber: "40200", quantity: 1, unitPrice: 7.25 },
  ],
  ...more,
});
