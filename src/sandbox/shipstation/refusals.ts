/** ShipStation's refusals; V1 has three shapes and V2 one (ShipStation V1, 1.2 and V2, 7.1). */

import type { ModelState } from "./order-input.ts";

/** A V1 400; the fields get the server's parameter name before them. */
export function invalidV1(parameter: string, modelState: ModelState): Response {
  const fields = Object.entries(modelState).map(([field, reasons]) => [`${parameter}.${field}`, reasons]);
  return Response.json({ Message: "The request is invalid.", ModelState: Object.fromEntries(fields) }, { status: 400 });
}

/** A V1 400 of .NET's deserialiser: an object where an array belongs, the reverse, or no JSON. */
export function unreadableV1(parameter: string, found: "array" | "object" | "text"): Response {
  const type = parameter === "apiOrders" ? "System.Collections.Generic.List`1[ApiOrder]" : "ApiOrder";
  const reason =
    found === "text"
      ? "Unexpected character encountered while parsing value."
      : `Cannot deserialize the current JSON ${found} into type '${type}'.`;
  return Response.json({ Message: "The request is invalid.", ModelState: { [parameter]: [reason] } }, { status: 400 });
}

/** A V1 400 without fields. */
export function refusedV1(message: string): Response {
  return Response.json({ Message: message }, { status: 400 });
}

/** A V1 500, as the SQL time-outs seen in the field. */
export function brokenV1(): Response {
  return Response.json(
    {
      Message: "An error has occurred.",
      ExceptionMessage:
        "Execution Timeout Expired. The timeout period elapsed prior to completion of the operation or the server is not responding.",
      ExceptionType: "System.Data.SqlClient.SqlException",
    },
    { status: 500 },
  );
}

/** Any other V1 refusal. */
export function messageV1(status: 401 | 402 | 404 | 429, message: string): Response {
  return Response.json({ message }, { status });
}

/** A V2 refusal. */
export function errorV2(status: number, type: string, code: string, message: string): Response {
  return Response.json(
    {
      request_id: "00000000-0000-0000-0000-000000000000",
      errors: [{ error_source: "ShipStation", error_type: type, error_code: code, message }],
    },
    { status },
  );
}

/** V2's throttle, with the seconds to wait. */
export function throttledV2(seconds: number): Response {
  const response = errorV2(429, "system", "rate_limit_exceeded", "The rate limit is exceeded.");
  response.headers.set("Retry-After", String(seconds));
  return response;
}
