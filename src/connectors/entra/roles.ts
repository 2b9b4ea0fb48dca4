import { z } from "zod";

const claims = z.object({ roles: z.array(z.string()).optional() });

/**
 * The application roles in a bearer header's token, for a diagnosis only: an administrator who consented put them there.
 * Undefined when the token cannot be read, which no contract promises. Pure.
 */
export function rolesIn(authorization: string): string[] | undefined {
  const payload = /^Bearer [^.]+\.([^.]+)\./.exec(authorization)?.[1];
  if (payload === undefined) return undefined;
  try {
    const parsed = claims.safeParse(JSON.parse(Buffer.from(payload, "base64url").toString("utf8")));
    return parsed.success ? (parsed.data.roles ?? []) : undefined;
  } catch {
    return undefined;
  }
}
