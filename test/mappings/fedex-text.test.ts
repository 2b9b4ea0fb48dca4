import { describe, expect, it } from "vitest";
import { MappingError } from "../../src/core/errors.ts";
import {
  cutText,
  type Notes,
  phoneOf,
  plainText,
  postalCodeOf,
  shortText,
  stateOf,
  streetLines,
} from "../../src/mappings/fedex/text.ts";

const notesOf = (): Notes => ({ document: "usmf/SO-1", transliterated: new Set(), remarks: [] });
const field = "recipients.address.city";

/** What a function throws, in one line. */
function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof MappingError) return `${error.context.field}: ${error.message}`;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("text", () => {
  it.each([
    ["Müller & Söhne", "Muller & Sohne"],
    ["Łódź, Straße №5", "Lodz, Strasse No5"],
    ["東京", "DongJing"],
    ["Rue de l’Église – 3", "Rue de l'Eglise - 3"],
  ])("%s is written in ASCII, and the field is noted", (text, plain) => {
    const notes = notesOf();
    expect(plainText(text, field, notes)).toBe(plain);
    expect([...notes.transliterated]).toEqual([field]);
  });

  it("of ASCII stays as it is but for breaks, controls and double spaces", () => {
    const notes = notesOf();
    expect(plainText("  Dock\t4,\r\nGate\u0007 B ", field, notes)).toBe("Dock 4, Gate B");
    expect(notes.transliterated.size).toBe(0);
  });

  it("is cut at a word, and how long it was is told, not what it says", () => {
    const notes = notesOf();
    expect(cutText("Northern Hardware & Tools Trading Company", "companyName", 35, notes)).toBe(
      "Northern Hardware & Tools Trading",
    );
    expect(cutText("x".repeat(40), "companyName", 35, notes)).toHaveLength(35);
    expect(notes.remarks).toEqual([
      "companyName has 41 characters: cut to 33",
      "companyName has 40 characters: cut to 35",
    ]);
  });

  it("that must fit is refused by its length once it is ASCII", () => {
    expect(shortText("x".repeat(35), field, 35, notesOf())).toHaveLength(35);
    expect(refusal(() => shortText("ß".repeat(18), field, 35, notesOf()))).toBe(
      `${field}: Order usmf/SO-1 cannot go to FedEx: ${field} has 36 characters, FedEx takes 35.`,
    );
  });
});

describe("a street", () => {
  const where = "recipients.address.streetLines";
  const longest = `${"x".repeat(17)} ${"y".repeat(17)}`;

  it.each([
    ["keeps its lines", ["12 Depot Rd", " Apt 4 ", ""], ["12 Depot Rd", "Apt 4"]],
    [
      "is split at words into lines of 35",
      ["1200 Northwest Martin Luther King Junior Boulevard"],
      ["1200 Northwest Martin Luther King", "Junior Boulevard"],
    ],
    ["keeps a line of exactly 35", [longest], [longest]],
    [
      "joins its lines only where they would be more than three",
      ["12 Depot Rd", "Building 5", "Floor 2", "Room 3"],
      ["12 Depot Rd, Building 5, Floor 2", "Room 3"],
    ],
  ])("%s", (_, street, lines) => {
    expect(streetLines(street, where, notesOf())).toEqual(lines);
  });

  it.each([
    [["word ".repeat(30)], "has 149 characters, which do not fit into 3 lines of 35"],
    [["x".repeat(36)], "has 36 characters, which do not fit into 3 lines of 35"],
    [["  "], "is empty"],
  ])("that cannot be made to fit is refused: %#", (street, reason) => {
    expect(refusal(() => streetLines(street, where, notesOf()))).toBe(
      `${where}: Order usmf/SO-1 cannot go to FedEx: ${where} ${reason}.`,
    );
  });
});

describe("a phone", () => {
  it.each([
    ["+1 (207) 555-0101", "US", "2075550101", undefined],
    ["1-416-555-0101", "CA", "4165550101", undefined],
    ["207.555.0101 ext. 12", "US", "2075550101", "12"],
    ["2075550101x4321", "US", "2075550101", "4321"],
    ["+49 30 5550101", "DE", "49305550101", undefined],
    ["+787 555 0123", "PR", "7875550123", undefined],
  ])("%s in %s is %s", (phone, country, phoneNumber, phoneExtension) => {
    const expected = phoneExtension === undefined ? { phoneNumber } : { phoneNumber, phoneExtension };
    expect(phoneOf(phone, country, "phoneNumber", notesOf())).toEqual(expected);
  });

  it.each([
    [undefined, "US", "is missing"],
    ["n/a", "US", "is missing"],
    ["555-0101", "US", "has 7 digits, FedEx takes exactly 10 in US"],
    ["2 207 555 0101", "US", "has 11 digits, FedEx takes exactly 10 in US"],
    ["030 5550", "DE", "has 7 digits, FedEx takes 10 to 15 in DE"],
    ["1234567890123456", "DE", "has 16 digits, FedEx takes 10 to 15 in DE"],
  ])("%s in %s is refused: it %s", (phone, country, reason) => {
    expect(refusal(() => phoneOf(phone, country, "phoneNumber", notesOf()))).toContain(`phoneNumber ${reason}.`);
  });
});

describe("a state", () => {
  it.each([
    ["tn", "US", "TN"],
    ["Tennessee", "US", "TN"],
    ["NEW  york", "US", "NY"],
    ["D.C.", "US", "DC"],
    ["Québec", "CA", "QC"],
    [undefined, "PR", "PR"],
    [undefined, "DE", undefined],
    ["BY", "DE", "BY"],
  ])("%s of %s is %s", (state, country, code) => {
    const notes = notesOf();
    expect(stateOf(state, country, "state", notes)).toBe(code);
    expect(notes.remarks).toEqual([]);
  });

  it("of another country is left out where it has no two letters, and that is told", () => {
    const notes = notesOf();
    expect(stateOf("Bayern", "DE", "state", notes)).toBeUndefined();
    expect(notes.remarks).toEqual(["state has 6 characters: left out"]);
  });

  it.each([
    [undefined, "US", "state is missing in US"],
    ["", "CA", "state is missing in CA"],
    ["ZZ", "US", 'state "ZZ" is no state of US'],
    ["ON", "US", 'state "ON" is no state of US'],
    ["Bayern", "CA", 'state "Bayern" is no state of CA'],
  ])("%s of %s is refused", (state, country, reason) => {
    expect(refusal(() => stateOf(state, country, "state", notesOf()))).toContain(reason);
  });
});

describe("a postal code", () => {
  it.each([
    ["04101", "US", "04101"],
    ["04101-1234", "US", "04101-1234"],
    ["m5h 2m5", "CA", "M5H 2M5"],
    ["20359", "DE", "20359"],
    [undefined, "AE", undefined],
    ["", "HK", undefined],
  ])("%s of %s is %s", (code, country, postalCode) => {
    expect(postalCodeOf(code, country, "postalCode", notesOf())).toBe(postalCode);
  });

  it.each([
    [undefined, "US", "postalCode is missing in US"],
    [undefined, "DE", "postalCode is missing in DE"],
    ["4101", "US", 'postalCode "4101" is no postal code of US'],
    ["12345678901", "GB", 'postalCode "12345678901" is no postal code of GB'],
  ])("%s of %s is refused", (code, country, reason) => {
    expect(refusal(() => postalCodeOf(code, country, "postalCode", notesOf()))).toContain(reason);
  });
});
