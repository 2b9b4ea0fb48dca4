import { ConfigError } from "../errors.ts";
import type { Secret } from "../secret.ts";
import { policy } from "./trail.ts";
import type { Auth, Policy } from "./types.ts";

/** Signs each request; after a 401 once more with renewed headers, if there are any. */
export function signed(auth: Auth, system: string): Policy {
  return policy(async (request, trail, next) => {
    const first = await auth.headers();
    trail.hidden = [...trail.hidden, ...Object.values(first)];
    const spare = request.clone();
    const response = await next(sign(request, first, system));
    if (response.status !== 401) return response;
    const renewed = await auth.headers(first);
    if (Object.entries(renewed).every(([name, value]) => first[name] === value)) return response;
    trail.hidden = [...trail.hidden, ...Object.values(renewed)];
    await response.body?.cancel();
    return next(sign(spare, renewed, system));
  });
}

/** Headers that never change, such as an API key's. */
export function fixedAuth(headers: Record<string, Secret>): Auth {
  return {
    headers: async () => Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.reveal()])),
  };
}

function sign(request: Request, headers: Record<string, string>, system: string): Request {
  for (const [name, value] of Object.entries(headers)) {
    // fetch would quote the value in its complaint.
    if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) {
      throw new ConfigError(`The credential for ${system} holds characters that cannot be sent.`, {
        system,
        hint: "Enter it again, without line breaks.",
      });
    }
    request.headers.set(name, value);
  }
  return request;
}
