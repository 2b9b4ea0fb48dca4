/** The codeunit over SOAP, with one record of parameters and one of results (Dynamics NAV, 1, 5.3 and 7). */

import { type Done, runFunction } from "./codeunit.ts";
import type { Company } from "./company.ts";
import { notFound, Refusal } from "./refusals.ts";
import type { Wire } from "./types.ts";

const entities: Readonly<Record<string, string>> = {
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&apos;": "'",
  "&amp;": "&",
};
const plain = (text: string) => text.replace(/&(?:lt|gt|quot|apos|amp);/g, (entity) => entities[entity] ?? entity);
const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

const element = /<(?:\w+:)?(\w+)\b(?:[^>]*[^>/])?>([\s\S]*?)<\/(?:\w+:)?\1>/g;

/** The elements of a fragment by name; `lines` holds one record a child. */
function elementsOf(xml: string): Wire {
  const found: Wire = {};
  for (const [, name = "", content = ""] of xml.matchAll(element))
    found[name] =
      name === "lines" ? [...content.matchAll(element)].map(([, , line = ""]) => elementsOf(line)) : plain(content);
  return found;
}

function envelope(content: string, status: number): Response {
  const xml = `<?xml version="1.0" encoding="utf-8"?><Soap:Envelope xmlns:Soap="http://schemas.xmlsoap.org/soap/envelope/"><Soap:Body>${content}</Soap:Body></Soap:Envelope>`;
  return new Response(xml, { status, headers: { "content-type": "text/xml; charset=utf-8" } });
}

/** A fault: HTTP 500 with NAV's text. */
export const soapFault = (message: string): Response =>
  envelope(
    `<s:Fault xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><faultcode>s:Server</faultcode><faultstring>${escaped(message)}</faultstring></s:Fault>`,
    500,
  );

/** Runs the function that a SOAP body names; `note` is told what was done. */
export function answerSoap(company: Company, text: string, note: (done: Done) => void): Response {
  const call = /<(?:\w+:)?Body\b[^>]*>\s*<(?:\w+:)?(\w+)\b[^>]*>([\s\S]*)<\/(?:\w+:)?\1>\s*<\/(?:\w+:)?Body>/.exec(
    text,
  );
  try {
    if (!call?.[1]) throw notFound("Codeunit");
    const [, name, content = ""] = call;
    const done = company.tables.request(() => runFunction(company, name, elementsOf(content)));
    note(done);
    const results = Object.entries(done.answer).map(([key, value]) => `<${key}>${escaped(value)}</${key}>`);
    return envelope(`<${name}_Result>${results.join("")}</${name}_Result>`, 200);
  } catch (error) {
    if (error instanceof Refusal) return soapFault(error.message);
    throw error;
  }
}
