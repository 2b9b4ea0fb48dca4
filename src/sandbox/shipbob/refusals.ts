/** ShipBob's refusals, whose bodies differ by area (ShipBob, 12). */

/** Names of fields with what is wrong with each. */
export type Fields = Record<string, string[]>;

/** Thrown where a call cannot be answered; carries its answer. */
export class Refusal extends Error {
  readonly response: () => Response;

  constructor(response: () => Response) {
    super("refused");
    this.response = response;
  }
}

/** Runs what answers a call; a refusal is an answer. */
export async function answered(run: () => Promise<Response>): Promise<Response> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof Refusal) return error.response();
    throw error;
  }
}

/** Orders, shipments, products: a map of fields. */
export function fields(status: 400 | 422 | 500, reasons: Fields): Refusal {
  return new Refusal(() => Response.json(reasons, { status }));
}

/** Inventory, billing, products not found: problem details. */
export function problem(status: 400 | 404 | 422, detail: string): Refusal {
  const titles = { 400: "Bad Request", 404: "Not Found", 422: "Unprocessable Entity" };
  const body = { type: `https://httpstatuses.io/${status}`, title: titles[status], status, detail, instance: null };
  return new Refusal(() =>
    Response.json(body, { status, headers: { "content-type": "application/problem+json; charset=utf-8" } }),
  );
}

/** Tracking: a plain string. */
export function plain(status: 400 | 404 | 500, text: string): Refusal {
  return new Refusal(() => Response.json(text, { status }));
}

/** 401, 403, 404, 410: no body at all. */
export function empty(status: 401 | 403 | 404 | 410): Refusal {
  return new Refusal(() => new Response(null, { status }));
}

/** The 500 seen on filters of orders. */
export function brokenDatabase(): Response {
  return Response.json({ "": ["An unexpected database error occurred."] }, { status: 500 });
}

/** The 429 with its seconds, in the text and in a header. */
export function throttled(seconds: number): Response {
  const message = `Rate limit is exceeded. Try again in ${seconds} seconds.`;
  return Response.json(
    { statusCode: 429, message },
    { status: 429, headers: { "x-retry-after": String(seconds), "x-remaining-calls": "0" } },
  );
}
