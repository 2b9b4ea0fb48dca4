import { z } from "zod";

/** A value of a `Code` field of Business Central or NAV: at most so many characters, kept in upper case. */
export function code(length: number) {
  return z.string().trim().toUpperCase().min(1).max(length, `must have at most ${length} characters`);
}

const row = z.strictObject({ agent: code(10), service: code(10).optional() });

/** `UPS`, `UPS/GROUND` or both by name. */
const agent = z.preprocess((value) => {
  if (typeof value !== "string" || value.startsWith("{")) return value;
  const [agent, service] = value.split("/");
  return { agent, ...(service === undefined ? {} : { service }) };
}, row);

/** `<carrier>` or `<carrier>/<service>` in mlc's codes → the shipping agent and its service, as Business Central and NAV have them. */
export const agentTable = z.record(z.string().toLowerCase(), agent);
