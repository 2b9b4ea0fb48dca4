import { z } from "zod";

const loopback = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Whether a host is this machine by its name. Pure. */
export function isLoopback(hostname: string): boolean {
  return loopback.has(hostname);
}

/** A vendor's address in its one form: scheme and host in lower case, no trailing slash; https, but on loopback. */
export const address = z
  .string()
  .overwrite((text) => {
    const typed = text.trim();
    const url = URL.parse(/^[a-z]+:\/\//i.test(typed) ? typed : `https://${typed}`);
    return url?.pathname === "/" && !url.search && !url.hash && !url.username ? url.origin : typed;
  })
  .refine((text) => URL.parse(text)?.origin === text, "must be scheme and host alone, like https://contoso.example")
  .refine((text) => {
    const url = URL.parse(text);
    return url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback(url.hostname));
  }, "must begin with https:// (plain http is for loopback hosts only)");

/** A list, or one as typed on the command line: JSON or commas. */
export function listOf<T extends z.ZodType>(item: T) {
  return z.preprocess((value) => {
    if (typeof value === "number") return [value];
    if (typeof value !== "string") return value;
    const items = value.replace(/^\s*\[|\]\s*$/g, "").split(",");
    return items.map((text) => text.trim().replace(/^"(.*)"$/, "$1")).filter((text) => text !== "");
  }, z.array(item));
}

/** A switch, or one as typed on the command line. */
export const flag = z.preprocess(
  (value) => (value === "true" ? true : value === "false" ? false : value),
  z.boolean("must be true or false"),
);

/** A whole address that is called: https, but on loopback. */
export const webAddress = z.string().refine((text) => {
  const url = URL.parse(text);
  return url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback(url.hostname));
}, "must be an address that begins with https:// (plain http is for loopback hosts only)");

/** The address at which a system reaches mlc's receiver, which listens at `path`; alone, scheme and host mean that. */
export function receiverAddress(path: string) {
  return webAddress
    .overwrite((text) => {
      const url = URL.parse(text.trim());
      if (url?.pathname === "/" && !url.search && !url.hash) url.pathname = path;
      return url?.href ?? text;
    })
    .refine((text) => {
      const url = URL.parse(text);
      return !url?.username && !url?.password && !url?.search && !url?.hash;
    }, "must be an address without user, query and fragment, like https://sync.contoso.example");
}

/** The address under which systems find mlc's receiver, without a slash at its end. */
export const publicAddress = webAddress
  .overwrite((text) => URL.parse(text.trim())?.href.replace(/\/+$/, "") ?? text)
  .refine((text) => {
    const url = URL.parse(text);
    return !url?.username && !url?.password && !url?.search && !url?.hash;
  }, "must be an address without user, query and fragment, like https://sync.contoso.example");

/** A span of time as it is typed: `30s`, `15m`, `2h`, `1d`. */
export const timeSpan = z.string().regex(/^[1-9]\d{0,5}[smhd]$/, "is not a time span like 15m");

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Milliseconds of a span that `timeSpan` took. Pure. */
export function spanMs(span: string): number {
  const unit = z.enum(["s", "m", "h", "d"]).parse(span.at(-1));
  return Number(span.slice(0, -1)) * unitMs[unit];
}

/** A program with its arguments. Alone it is typed as it is; one with arguments as JSON, since an argument may hold anything. */
export const program = z.preprocess(
  (value) => (typeof value === "string" && !value.startsWith("[") ? [value] : value),
  z.array(z.string().min(1), 'must be a program, or a list like ["mail", "-s", "mlc", "ops@contoso.example"]').min(1),
);
