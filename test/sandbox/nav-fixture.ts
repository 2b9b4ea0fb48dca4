import { type NavOptions, NavSandbox } from "../../src/sandbox/nav.ts";
import { TestClock } from "./shipstation-fixture.ts";

export const origin = "http://nav.local:7048";
export const accessKey = "2pE0xkPz7vRq5mWnYt8sHd3uLcGb6fJa1iKoXeZrNwQ=";
export const basic = (name: string, secret: string) => `Basic ${Buffer.from(`${name}:${secret}`).toString("base64")}`;

/** A call beside its address. */
export interface Call {
  method?: string;
  body?: unknown;
  headers?: Record<string, string>;
}

/** A company with a customer, two items and two agents, and short ways to call it. */
export function dynamicsNav(options: Partial<NavOptions> = {}, time = "2026-11-20T09:00:00.000Z") {
  const clock = new TestClock(time);
  const users = [{ name: "SYNC", password: "s3cret", accessKey }];
  const nav = new NavSandbox({ clock, users, ...options });
  const desk = nav.desk();
  desk.addCustomer({ No: "C00120", Name: "Adatum Corporation", Address: "1 Market St", City: "Portland" });
  desk.addItem({ No: "SKU-100", Description: "Blue mug", Unit_Price: 19.95, Gross_Weight: 0.4 });
  desk.addItem({ No: "SKU-200", Description: "Red mug", Unit_Price: 24.5 });
  desk.addAgent("FEDEX", ["GROUND", "2DAY"]);
  desk.addAgent("UPS", ["03"]);
  const base = `${origin}${nav.path}`;
  const company = `${base}/Company('${encodeURIComponent(desk.company.name)}')`;
  const at = (path: string) =>
    path.startsWith("http") ? path : path.startsWith("/") ? `${base}${path}` : `${company}/${path}`;
  const call = (path: string, { method = "GET", body, headers = {} }: Call = {}) =>
    nav.fetch(
      new Request(at(path), {
        method,
        headers: { authorization: basic("SYNC", accessKey), ...headers },
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
    nav,
    desk,
    base,
    company,
    call,
    json,
    post: (path: string, body: unknown) => json(path, { method: "POST", body }),
    patch: (path: string, body: unknown, ifMatch = "*") =>
      json(path, { method: "PATCH", body, headers: { "if-match": ifMatch } }),
    remove: (path: string, ifMatch = "*") => json(path, { method: "DELETE", headers: { "if-match": ifMatch } }),
    filter: async (set: string, filter: string) => (await json(`${set}?$filter=${encodeURIComponent(filter)}`)).body,
    /** An order of two lines, 2 and 5 pieces. */
    order: (more: Record<string, string | number> = {}) =>
      desk.addOrder({ Sell_to_Customer_No: "C00120", External_Document_No: "SS-884213", ...more }, [
        { No: "SKU-100", Quantity: 2 },
        { No: "SKU-200", Quantity: 5 },
      ]),
  };
}

/** The address of an order, and of one of its lines. */
export const orderAt = (number: string) => `SalesOrder(Document_Type='Order',No='${number}')`;
export const lineAt = (number: string, line = 10_000) => `SalesOrderSalesLines('Order','${number}',${line})`;
