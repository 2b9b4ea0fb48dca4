import fc from "fast-check";
import { expect, it } from "vitest";
import { CanonicalText, canonicalJson, hashOf, hashOfText } from "../../src/core/json.ts";

/** The same by other means: members sorted before the text is made. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  const members = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return members.map(([name, member]) => [name, sorted(member)]);
}

/** Canonical JSON with objects as lists of pairs, to compare with `sorted`. */
function pairs(text: string): unknown {
  const read = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(read);
    if (value === null || typeof value !== "object") return value;
    return Object.entries(value).map(([name, member]) => [name, read(member)]);
  };
  return read(JSON.parse(text));
}

const names = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("b", "a", '"', "\\", "a b", "é", "@odata.etag"));
const isPlain = (name: string) => !/^\d+$/.test(name) && name !== "__proto__";
const objects = fc.letrec((tie) => ({
  value: fc.oneof(
    fc.string(),
    fc.string({ unit: "binary" }),
    fc.double({ noNaN: true }),
    fc.boolean(),
    fc.constant(null),
    tie("list"),
    tie("object"),
  ),
  list: fc.array(tie("value"), { maxLength: 4 }),
  object: fc.dictionary(names.filter(isPlain), tie("value"), { maxKeys: 5, noNullPrototype: true }),
})).object;

it("sorts members at every depth, whatever their names hold", () => {
  fc.assert(
    fc.property(objects, (value) => {
      expect(pairs(canonicalJson(value))).toEqual(pairsOf(value));
    }),
  );
});

it("writes a text as JSON does", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => canonicalJson(text) === JSON.stringify(text)));
  const all = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code));
  expect(all.filter((text) => canonicalJson(text) !== JSON.stringify(text))).toEqual([]);
});

function pairsOf(value: unknown): unknown {
  return JSON.parse(JSON.stringify(sorted(value)));
}

it("gives equal text for members in any order, many of them too", () => {
  const many = Array.from({ length: 100 }, (_, index): [string, number] => [`name${(index * 37) % 100}`, index % 7]);
  const other = many.toSorted(([left], [right]) => (left < right ? 1 : -1));
  expect(canonicalJson(Object.fromEntries(many))).toBe(canonicalJson(Object.fromEntries(other)));
});

it("gives the same for one value after the other, whatever names came before", () => {
  const canonical = new CanonicalText();
  fc.assert(fc.property(objects, (value) => canonical.of(value) === canonicalJson(value)));
  fc.assert(fc.property(objects, (value) => canonical.hashOf(value) === hashOf(value)));
  expect(canonical.of({ b: 1, a: [{ d: 1, c: 2 }] })).toBe('{"a":[{"c":2,"d":1}],"b":1}');
  expect(canonical.of({ a: 1, b: [{ d: 1, e: 2 }] })).toBe('{"a":1,"b":[{"d":1,"e":2}]}');
});

it("leaves out undefined members, and keeps the hash of equal values for ever", () => {
  expect(canonicalJson({ b: [1, undefined, { d: null, c: undefined }], a: "x" })).toBe(
    '{"a":"x","b":[1,null,{"d":null}]}',
  );
  expect(hashOf({ b: 1, a: "x" })).toBe("cdab067e9f3beb32");
  expect(hashOfText('{"a":"x","b":1}')).toBe(hashOf({ b: 1, a: "x" }));
});
