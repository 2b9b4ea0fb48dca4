import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { MetadataReader, readMetadata } from "../../src/connectors/odata/metadata.ts";
import { readPages } from "../../src/connectors/odata/pages.ts";
import {
  type OdataText,
  odata,
  odataAnd,
  odataDate,
  odataEnum,
  odataGuid,
  odataKey,
  odataName,
  odataOr,
} from "../../src/connectors/odata/text.ts";
import { ContractError, RejectedError } from "../../src/core/errors.ts";
import type { HttpCall } from "../../src/core/http/types.ts";
import { fakeHttp, json, status } from "../core/http/kit.ts";

const hostile = "x' or '1' eq '1";

it.each<[OdataText, string]>([
  [odata`Name eq ${"O'Neil"}`, "Name eq 'O''Neil'"],
  [odata`Name eq ${hostile}`, "Name eq 'x'' or ''1'' eq ''1'"],
  [odata`Raw eq '\n'`, "Raw eq '\n'"],
  [odata`At ge ${new Date("2026-11-01T00:00:00Z")}`, "At ge 2026-11-01T00:00:00Z"],
  [odata`At ge ${new Date("2026-11-01T00:00:00.5Z")}`, "At ge 2026-11-01T00:00:00.500Z"],
  [odata`A eq ${5} and B eq ${true} and C eq ${null}`, "A eq 5 and B eq true and C eq null"],
  [odata`Day ge ${odataDate("2026-11-01")}`, "Day ge 2026-11-01"],
  [
    odata`S eq ${odataEnum("Microsoft.Dynamics.DataEntities.SalesStatus", "Backorder")}`,
    "S eq Microsoft.Dynamics.DataEntities.SalesStatus'Backorder'",
  ],
  [odata`${odataName("SalesOrderNumber")} eq ${"1"}`, "SalesOrderNumber eq '1'"],
  [odataAnd([odata`A eq ${1}`, odataOr([odata`B eq ${2}`, odata`B eq ${3}`])]), "A eq 1 and (B eq 2 or B eq 3)"],
])("writes %s", (text, expected) => {
  expect(`${text}`).toBe(expected);
});

it("refuses names, members, dates and ids that hold anything else", () => {
  const attempts = [
    () => odataName(hostile),
    () => odataName(""),
    () => odataEnum("T", "a'b"),
    () => odataDate("2026-11-01 or true"),
    () => odataGuid(hostile),
    () => odataOr([]),
    () => odata`A eq ${Number.NaN}`,
  ];
  for (const attempt of attempts) expect(attempt).toThrow(RangeError);
});

it("writes keys for a path and keeps their blanks", () => {
  expect(odataKey({ dataAreaId: "usmf", ItemNumber: " A/1?'" })).toBe("(dataAreaId='usmf',ItemNumber='%20A%2F1%3F''')");
});

const list: HttpCall = {
  method: "GET",
  path: "Orders",
  query: { $top: 2 },
  headers: { prefer: "odata.maxpagesize=2" },
  repeatable: true,
};
const refused = () => new RejectedError("no");

async function rowsOf(pages: AsyncIterable<{ rows: unknown[] }>) {
  const rows: unknown[] = [];
  for await (const page of pages) rows.push(...page.rows);
  return rows;
}

it("follows next links with the same headers, one page at a time", async () => {
  const next = "https://api.example.com/data/Orders?$top=2&$skiptoken='b''c'";
  const { http, requests } = fakeHttp([json({ value: [1, 2], "@odata.nextLink": next }), json({ value: [3] })]);
  const pages = readPages(http, list, refused);
  expect((await pages.next()).value).toMatchObject({ rows: [1, 2], calls: [{ status: 200 }] });
  expect(requests).toHaveLength(1);
  expect(await rowsOf(pages)).toEqual([3]);
  expect(requests[1]?.url).toBe("https://api.example.com/data/Orders?$top=2&$skiptoken=%27b%27%27c%27");
  expect(requests[1]?.headers.get("prefer")).toBe("odata.maxpagesize=2");
});

const self = "https://api.example.com/data/Orders?$skiptoken=1";

it.each([
  ["a link to another host", { value: [], "@odata.nextLink": "https://evil.example/data/Orders" }],
  ["a link to itself", { value: [], "@odata.nextLink": self }],
  ["a page without rows", { rows: [] }],
  ["rows that are no list", { value: {} }],
  ["no body", undefined],
])("stops at %s", async (_name, body) => {
  const { http } = fakeHttp([body === undefined ? status(200) : json(body)]);
  await expect(rowsOf(readPages(http, list, refused))).rejects.toThrow(ContractError);
});

it("hands a refusal to the connector", async () => {
  const { http } = fakeHttp([status(400)]);
  await expect(rowsOf(readPages(http, list, refused))).rejects.toThrow(RejectedError);
});

const edmx = (inner: string) =>
  `<?xml version="1.0"?><edmx:Edmx Version="4.0" xmlns:edmx="x"><edmx:DataServices>${inner}</edmx:DataServices></edmx:Edmx>`;

const small = edmx(`
<Schema Namespace="Contoso.Entities" Alias="E">
  <!-- <EntityType Name="Ghost"><Property Name="Boo"/></EntityType> -->
  <ComplexType Name="Address"><Property Name="Street" Type="Edm.String"/></ComplexType>
  <EntityType Name="Base" Abstract="true"><Key><PropertyRef Name="Id"/></Key><Property Name="Id" Type="Edm.Guid"/></EntityType>
  <EntityType Name='Order' BaseType='E.Base'>
    <Property Name="Número" Type="Edm.String"><Annotation Term="T" String="a > b <![CDATA[ ignored"/></Property>
    <Property
      Type="Edm.String" Name="Straße"
    ></Property>
    <NavigationProperty Name="Lines" Type="Collection(E.Line)"/>
  </EntityType>
  <EntityType Name="Empty" BaseType="Contoso.Entities.Base"/>
  <Annotations><Annotation><![CDATA[ <EntityType Name="Ghost"><Property Name="Boo"/> ]]></Annotation></Annotations>
</Schema>
<Schema Namespace="Other"><EntityType Name="Order"><Property Name="Wrong"/></EntityType>
  <EntityContainer Name="C"><EntitySet Name="Orders" EntityType="E.Order"><Binding/></EntitySet>
  <EntitySet EntityType="Contoso.Entities.Empty" Name="Empties"/><EntitySet Name="Unwanted" EntityType="E.Base"/></EntityContainer>
</Schema>`);

const bodyOf = (text: string, size: number) => {
  const bytes = Buffer.from(text);
  const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => index * size);
  return ReadableStream.from(pieces.map((at) => new Uint8Array(bytes.subarray(at, at + size))));
};

it.each([1, 2, 3, 5, 7, 64, 100_000])("reads $metadata in pieces of %i bytes", async (size) => {
  const sets = await readMetadata(bodyOf(small, size), ["Orders", "Empties", "Missing"], "erp");
  expect(Object.fromEntries([...sets].map(([set, names]) => [set, [...names].sort()]))).toEqual({
    Orders: ["Id", "Número", "Straße"],
    Empties: ["Id"],
  });
});

it.each([
  ["cut off", small.slice(0, -10)],
  ["HTML", "<html><body>Sign in</body></html>"],
  ["empty", ""],
  ["one endless tag", `<a ${"x".repeat(3_000_000)}`],
])("refuses $metadata that is %s", async (_name, text) => {
  await expect(readMetadata(bodyOf(text, 65_536), ["Orders"], "erp")).rejects.toThrow(ContractError);
});

it("survives types that are each other's base", async () => {
  const types = `<EntityType Name="A" BaseType="N.B"><Property Name="a"/></EntityType><EntityType Name="B" BaseType="N.A"/>`;
  const text = edmx(`<Schema Namespace="N">${types}<EntitySet Name="As" EntityType="N.A"/></Schema>`);
  expect(await readMetadata(bodyOf(text, 9), ["As"], "erp")).toEqual(new Map([["As", new Set(["a"])]]));
});

/** About 5 MB in which annotations weigh most, as in a real document; never whole in memory. */
function* bigMetadata() {
  yield `<edmx:Edmx><Schema Namespace="N">`;
  for (let type = 0; type < 600; type++) {
    yield `<EntityType Name="Type${type}OfAVeryLongName">`;
    for (let field = 0; field < 40; field++) {
      yield `<Property Name="FieldWithALongName${field}" Type="Edm.String"><Annotation Term="T" String="${"note ".repeat(25)}"/></Property>`;
    }
    yield "</EntityType>";
  }
  yield "<EntityContainer>";
  for (let type = 0; type < 600; type++)
    yield `<EntitySet Name="Set${type}" EntityType="N.Type${type}OfAVeryLongName"/>`;
  yield "</EntityContainer></Schema></edmx:Edmx>";
}

it("reads a large $metadata split at odd places and keeps no more than names", () => {
  setFlagsFromString("--expose_gc");
  const collect = runInNewContext("gc") as () => void;
  const heap = () => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  const reader = new MetadataReader(["Set7", "Set599"]);
  const before = heap();
  let size = 0;
  let held = "";
  for (const piece of bigMetadata()) {
    held += piece;
    const cut = 1009 + (size % 4093);
    if (held.length < cut) continue;
    size += held.length;
    reader.write(Buffer.from(held));
    held = "";
  }
  reader.write(Buffer.from(held));
  const grown = heap() - before;
  const sets = reader.end();
  expect(size).toBeGreaterThan(4_500_000);
  expect(sets?.get("Set7")?.size).toBe(40);
  expect(sets?.get("Set599")?.has("FieldWithALongName39")).toBe(true);
  expect(grown).toBeLessThan(1_500_000);
});
