const stars = "***";

/** Every way in which a server may give back what it was sent in confidence: whole, in its parts, and encoded. Pure. */
export function echoesOf(hidden: readonly string[]): string[] {
  const values = hidden.flatMap((value) => {
    const [, scheme, rest = value] = /^(Basic|Bearer) (.*)$/s.exec(value) ?? [];
    return scheme === "Basic" ? [rest, ...basicParts(rest)] : [rest];
  });
  // Replacing shorter ones would make any text unreadable.
  const forms = values.filter(({ length }) => length >= 4).flatMap(formsOf);
  return [...new Set(forms)].sort((a, b) => b.length - a.length);
}

/** Those of them that no document holds by chance, as it may hold a user name or a short password. Pure. */
export function unmistakable(echoes: readonly string[]): string[] {
  return echoes.filter(({ length }) => length >= 20);
}

/** Text in which nothing of that can be read any more. Pure. */
export function withoutEchoes(text: string, echoes: readonly string[]): string {
  return echoes.reduce((masked, echo) => masked.replaceAll(echo, stars), text);
}

function basicParts(encoded: string): string[] {
  const decoded = Buffer.from(encoded, "base64").toString("utf8");
  const colon = decoded.indexOf(":");
  return [decoded, decoded.slice(0, colon), decoded.slice(colon + 1)];
}

function formsOf(value: string): string[] {
  const json = JSON.stringify(value).slice(1, -1);
  const form = new URLSearchParams({ "": value }).toString().slice(1);
  return [value, json, json.replaceAll("/", "\\/"), encodeURIComponent(value), form, ...base64Of(value)];
}

function base64Of(value: string): string[] {
  const bytes = Buffer.from(value);
  return [bytes.toString("base64"), bytes.toString("base64url")];
}
