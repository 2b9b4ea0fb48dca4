import { type ShipBobOptions, ShipBobSandbox } from "../../src/sandbox/shipbob.ts";

/** A clock that a test moves. */
export class TestClock {
  time: Date;

  constructor(time: string) {
    this.time = new Date(time);
  }

  now(): Date {
    return this.time;
  }

  pass(seconds: number): void {
    this.time = new Date(this.time.getTime() + seconds * 1000);
  }
}

/** The portal's application of the tests. */
export const application = {
  clientId: "client-1",
  clientSecret: "secret-1",
  name: "mlc",
  redirectUris: ["http://127.0.0.1:7777/callback"],
};

/** What the channel header of the personal token's own channel holds. */
export const ownChannel = { shipbob_channel_id: "100101" };

/** A sandbox with its clock and short ways to call it. */
export function account(options: Partial<ShipBobOptions> = {}, time = "2026-11-20T14:00:00.000Z") {
  const clock = new TestClock(time);
  const sandbox = new ShipBobSandbox({ clock, token: "pat", applications: [application], limit: 10_000, ...options });
  const call = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    sandbox.fetch(
      new Request(`http://sb.local${path}`, {
        method,
        headers: { authorization: "Bearer pat", "user-agent": "test", "content-type": "application/json", ...headers },
        ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
      }),
    );
  const get = async (path: string, headers: Record<string, string> = {}) =>
    (await call("GET", `/2026-01${path}`, undefined, headers)).json();
  const post = (path: string, body: unknown = {}) => call("POST", `/2026-01${path}`, body, ownChannel);
  return { clock, sandbox, call, get, post, create: (more: object = {}) => post("/order", order(more)) };
}

/** A whole order. */
export const order = (more: object = {}) => ({
  reference_id: "SO-1",
  order_number: "SO-1",
  type: "DTC",
  shipping_method: "Standard",
  purchase_date: "2026-11-20T09:03:00-05:00",
  recipient: {
    name: "Ana Silva",
    email: "ana@example.com",
    phone_number: "+1 312 555 0142",
    address: { address1: "12 Lake St", city: "Chicago", state: "IL", zip_code: "60601", country: "US" },
  },
  products: [{ reference_id: "D0001", name: "Mid-range speaker", quantity: 2, external_line_id: 10_000 }],
  ...more,
});
