import { z } from "zod";

const loopback = new Set(["localhost", "127.0.0.1", "[::1]"]);

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
    return url?.protocol === "https:" || (url?.protocol === "http:" && loopback.has(url.hostname));
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
