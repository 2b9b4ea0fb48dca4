/** `$metadata` as EDMX (Business Central, 1.1). */

import type { EntitySet, Property } from "./types.ts";

const edm: Readonly<Record<Property["kind"], string>> = {
  guid: "Edm.Guid",
  code: "Edm.String",
  text: "Edm.String",
  decimal: "Edm.Decimal",
  integer: "Edm.Int32",
  boolean: "Edm.Boolean",
  date: "Edm.Date",
  dateTime: "Edm.DateTimeOffset",
  enum: "Edm.String",
  stream: "Edm.Stream",
};

function propertyXml(set: EntitySet, name: string, property: Property): string {
  const type = property.kind === "enum" ? `Microsoft.NAV.${set.type}_${name}` : edm[property.kind];
  const length = property.maxLength === undefined ? "" : ` MaxLength="${property.maxLength}"`;
  return `<Property Name="${name}" Type="${type}"${length} />`;
}

function typeXml(set: EntitySet): string {
  const properties = Object.entries(set.properties);
  const enums = properties.flatMap(([name, { kind, members }]) =>
    kind === "enum"
      ? [
          `<EnumType Name="${set.type}_${name}">${members?.map((member) => `<Member Name="${member}" />`).join("")}</EnumType>`,
        ]
      : [],
  );
  const fields = properties.map(([name, property]) => propertyXml(set, name, property)).join("");
  const key = "id" in set.properties ? "id" : "No";
  return `${enums.join("")}<EntityType Name="${set.type}"><Key><PropertyRef Name="${key}" /></Key>${fields}</EntityType>\n`;
}

/** The metadata of the given sets. */
export function metadataOf(sets: ReadonlyMap<string, EntitySet>): string {
  const all = [...sets.values()];
  const container = all
    .map((set) => `<EntitySet Name="${set.name}" EntityType="Microsoft.NAV.${set.type}" />`)
    .join("");
  return `<?xml version="1.0" encoding="utf-8"?>
<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices><Schema Namespace="Microsoft.NAV" xmlns="http://docs.oasis-open.org/odata/ns/edm">
${all.map(typeXml).join("")}<EntityContainer Name="NAV">${container}</EntityContainer></Schema></edmx:DataServices></edmx:Edmx>
`;
}
