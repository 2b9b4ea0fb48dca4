import anyAscii from "any-ascii";
import { isPhone, isPostalCode, needsState, phoneDigits } from "../../connectors/fedex/schema.ts";
import { MappingError } from "../../core/errors.ts";
import { needsPostalCode, stateCodeOf } from "../codes.ts";

/** What one request's fields are written with: the document they belong to, and what was done to them. */
export interface Notes {
  /** The order's id. */
  document: string;
  /** Fields whose text was written in ASCII; never their values. */
  transliterated: Set<string>;
  /** Other changes, in words without people's values. */
  remarks: string[];
}

/** What carriers print of one street line, and how many lines (2.2). */
const streetLine = { length: 35, lines: 3 };

const inErp = "Correct it in the ERP; the order is taken up again when it changes.";
const inSettings = "Correct shipFrom with `mlc connect fedex`, then run `mlc replay`.";

/** That a field cannot be made valid; the shipper's are settings. */
export function unmappable(notes: Pick<Notes, "document">, field: string, reason: string, hint?: string): MappingError {
  return new MappingError(`Order ${notes.document} cannot go to FedEx: ${field} ${reason}.`, {
    system: "fedex",
    document: notes.document,
    field,
    hint: hint ?? (field.startsWith("shipper.") ? inSettings : inErp),
  });
}

/** Text in printable ASCII on one line; what was not is noted by the field's name. Pure but for the note. */
export function plainText(text: string, field: string, notes: Notes): string {
  const plain = anyAscii(text)
    .replace(/[^\x20-\x7e]+/g, " ")
    .replace(/ +/g, " ")
    .trim();
  if (/[^\p{ASCII}]/u.test(text)) notes.transliterated.add(field);
  return plain;
}

/** Text cut at a word to fit; that it was is noted. Pure but for the note. */
export function cutText(text: string, field: string, limit: number, notes: Notes): string {
  const plain = plainText(text, field, notes);
  if (plain.length <= limit) return plain;
  const end = plain.lastIndexOf(" ", limit);
  const cut = plain.slice(0, end < 1 ? limit : end).replace(/[ ,;&-]+$/, "");
  notes.remarks.push(`${field} has ${plain.length} characters: cut to ${cut.length}`);
  return cut;
}

/** Text that must fit as it is. Throws MappingError. */
export function shortText(text: string, field: string, limit: number, notes: Notes): string {
  const plain = plainText(text, field, notes);
  if (plain.length <= limit) return plain;
  throw unmappable(notes, field, `has ${plain.length} characters, FedEx takes ${limit}`);
}

/** A street in at most three lines, split at words; lines are joined only where they would be too many. Throws MappingError. */
export function streetLines(street: readonly string[], field: string, notes: Notes): string[] {
  const given = street.map((line) => plainText(line, field, notes)).filter((line) => line !== "");
  if (given.length === 0) throw unmappable(notes, field, "is empty");
  for (const lines of [given.flatMap(wrap), wrap(given.join(", "))]) {
    if (lines.length <= streetLine.lines && lines.every((line) => line.length <= streetLine.length)) return lines;
  }
  const { length, lines } = streetLine;
  const all = given.join(", ").length;
  throw unmappable(notes, field, `has ${all} characters, which do not fit into ${lines} lines of ${length}`);
}

function wrap(line: string): string[] {
  if (line.length <= streetLine.length) return [line];
  const end = line.lastIndexOf(" ", streetLine.length);
  if (end < 1) return [line];
  return [line.slice(0, end).replace(/,?\s*$/, ""), ...wrap(line.slice(end).trim())];
}

/** Digits as FedEx takes them, and an extension where the number names one. Throws MappingError. */
export function phoneOf(
  phone: string | undefined,
  country: string,
  field: string,
  notes: Notes,
): { phoneNumber: string; phoneExtension?: string } {
  const [, number = "", extension] = /^(.*?)(?:\s*(?:ext\.?|x|#)\s*(\d{1,6}))?\s*$/i.exec(phone ?? "") ?? [];
  const digits = phoneDigits(number);
  if (digits === "") {
    const hint = "Enter the customer's phone in the ERP, or set flows.orders.phone.";
    throw unmappable(notes, field, "is missing", hint);
  }
  if (!isPhone(digits, country)) {
    const rule = country === "US" || country === "CA" ? "exactly 10" : "10 to 15";
    throw unmappable(notes, field, `has ${digits.length} digits, FedEx takes ${rule} in ${country}`);
  }
  const phoneNumber = country === "US" || country === "CA" ? digits.slice(-10) : digits;
  return { phoneNumber, ...(extension === undefined ? {} : { phoneExtension: extension }) };
}

/**
 * The two letters of a state: required in the US, Canada and Puerto Rico, which is its own only one; elsewhere what has
 * two letters is sent and what has more is left out, as FedEx wants it (9). Throws MappingError.
 */
export function stateOf(state: string | undefined, country: string, field: string, notes: Notes): string | undefined {
  const plain = plainText(state ?? "", field, notes);
  if (!needsState(country)) {
    if (plain === "" || /^[A-Za-z0-9]{2}$/.test(plain)) return plain.toUpperCase() || undefined;
    notes.remarks.push(`${field} has ${plain.length} characters: left out`);
    return undefined;
  }
  const code = stateCodeOf(country, plain === "" && country === "PR" ? "PR" : plain);
  if (code !== undefined) return code;
  throw unmappable(notes, field, plain === "" ? `is missing in ${country}` : `"${plain}" is no state of ${country}`);
}

/** A postal code of at most 10 characters; it may be absent where not every address has one. Throws MappingError. */
export function postalCodeOf(
  code: string | undefined,
  country: string,
  field: string,
  notes: Notes,
): string | undefined {
  const plain = plainText(code ?? "", field, notes).toUpperCase();
  if (plain === "") {
    if (needsPostalCode(country)) throw unmappable(notes, field, `is missing in ${country}`);
    return undefined;
  }
  if (isPostalCode(plain, country)) return plain;
  throw unmappable(notes, field, `"${plain}" is no postal code of ${country}`);
}
