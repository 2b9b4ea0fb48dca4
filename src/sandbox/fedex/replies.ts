/** How FedEx answers: the envelope of every reply and the forms of refusals (FedEx, 7). */

import { gzipSync } from "node:zlib";
import type { FedExSwitches } from "./switches.ts";

/** One entry of `errors[]`, of `cxsErrors[]` or of a tracking number's `error`. */
export interface Problem {
  code: string;
  message: string;
  parameterList?: { key: string; value: string }[];
}

/** An alert on a reply that succeeded. */
export interface Alert {
  code: string;
  message: string;
  alertType: "NOTE" | "WARNING";
}

/** Ends the handling of a request with a refusal. */
export class Refusal extends Error {
  readonly status: number;
  readonly problems: readonly Problem[];

  constructor(status: number, problems: readonly Problem[] | Problem) {
    const list = Array.isArray(problems) ? problems : [problems];
    super(list.map(({ code }) => code).join(", "));
    this.status = status;
    this.problems = list;
  }
}

/** A problem whose code the sheet does not name; the parameter says which field. */
export function invalidInput(field: string, message: string): Problem {
  return { code: "INVALID.INPUT.EXCEPTION", message, parameterList: [{ key: field, value: "" }] };
}

/** Makes replies, each with a transaction id of its own. */
export class Replies {
  readonly #switches: FedExSwitches;
  #transactions = 0;

  constructor(switches: FedExSwitches) {
    this.#switches = switches;
  }

  /** A 200 with `output`, and with what else stands beside it. */
  output(request: Request, output: unknown, beside: object = {}): Response {
    return Response.json({ ...this.#envelope(request), ...beside, output });
  }

  /** A refusal in the standard body. */
  refuse(request: Request, { status, problems }: Pick<Refusal, "status" | "problems">): Response {
    return this.#failure(status, { ...this.#envelope(request), errors: problems });
  }

  /** A 401, in the form that the switch says. */
  unauthorized(request: Request): Response {
    if (this.#switches.unauthorized === "gateway")
      return this.#failure(401, { error_description: "Invalid CXS JWT", transactionId: this.#nextId() });
    const message = "Access token expired. Please modify your request and try again.";
    return this.refuse(request, { status: 401, problems: [{ code: "NOT.AUTHORIZED.ERROR", message }] });
  }

  /** A 429; its two kinds differ in their text only (FedEx, 1.3), and the sheet names no code. */
  throttled(request: Request, kind: "burst" | "daily"): Response {
    const message =
      kind === "burst"
        ? "We have received too many requests in a short duration. Please wait and try again."
        : "Your daily transaction quota exceeded. Please try again tomorrow.";
    const response = this.refuse(request, { status: 429, problems: [{ code: "RATE.LIMIT.EXCEEDED", message }] });
    const { retryAfterSeconds } = this.#switches;
    if (retryAfterSeconds !== undefined) response.headers.set("retry-after", String(retryAfterSeconds));
    return response;
  }

  /** A path that does not exist, in the gateway's form. */
  noSuchPath(request: Request): Response {
    const { pathname } = new URL(request.url);
    return this.#failure(404, {
      transactionId: this.#nextId(),
      error: "NOT.FOUND.ERROR",
      error_detail: `The resource ${pathname} does not exist.`,
    });
  }

  /** A 500. */
  broken(request: Request): Response {
    const message = "We encountered an unexpected error and are working to resolve the issue.";
    return this.refuse(request, { status: 500, problems: [{ code: "INTERNAL.SERVER.ERROR", message }] });
  }

  #envelope(request: Request): object {
    const customerTransactionId = request.headers.get("x-customer-transaction-id");
    return { transactionId: this.#nextId(), ...(customerTransactionId !== null && { customerTransactionId }) };
  }

  #nextId(): string {
    this.#transactions += 1;
    return `fed0e000-0000-4000-8000-${String(this.#transactions).padStart(12, "0")}`;
  }

  #failure(status: number, body: object): Response {
    const { errorBodies } = this.#switches;
    const text = JSON.stringify(body);
    if (errorBodies === "plain") return new Response(text, { status, headers: { "content-type": "application/json" } });
    return new Response(new Uint8Array(gzipSync(text)), {
      status,
      headers: {
        "content-type": "application/json",
        ...(errorBodies === "gzip" && { "content-encoding": "gzip" }),
      },
    });
  }
}
