/** `$metadata` of V3 and V4 (Dynamics NAV, 1 and 3). */

import type { EntitySet, Property } from "./types.ts";

const types: Readonly<Record<Property["kind"], string>> = {
  code: "Edm.String",
  text: "Edm.String",
  decimal: "Edm.Decimal",
  integer: "Edm.Int32",
  boolean: "Edm.Boolean",
  date: "Edm.Date",
  option: "Edm.String",
  flowFilter: "Edm.String",
};

function propertyXml(name: string, { kind, maxLength }: Property, set: EntitySet, isV3: boolean): string {
  const type = isV3 && kind === "date" ? "Edm.DateTime" : types[kind];
  const nullable = set.page.key.includes(name) ? ' Nullable="false"' : "";
  const length = maxLength === undefined ? "" : ` MaxLength="${maxLength}"`;
  return `<Property Name="${name}" Type="${type}"${nullable}${length} />`;
}

function typeXml(set: EntitySet, isV3: boolean): string {
  const { name, page, lines } = set;
  const keys = page.key.map((column) => `<PropertyRef Name="${column}" />`).join("");
  const properties = Object.entries(page.properties)
    .map(([column, property]) => propertyXml(column, property, set, isV3))
    .join("");
  const tag = isV3 ? '<Property Name="ETag" Type="Edm.String" />' : "";
  const relation = isV3
    ? `Relationship="NAV.${name}_${lines?.name}" ToRole="${lines?.name}" FromRole="${name}"`
    : `Type="Collection(NAV.${lines?.name})"`;
  const navigation = lines ? `<NavigationProperty Name="${lines.name}" ${relation} />` : "";
  return `<EntityType Name="${name}"><Key>${keys}</Key>${properties}${tag}${navigation}</EntityType>\n`;
}

const companyType = `<EntityType Name="Company"><Key><PropertyRef Name="Name" /></Key><Property Name="Name" Type="Edm.String" Nullable="false" /></EntityType>\n`;

/** The functions of the partner's codeunit as bound actions of the sales order. */
function actionsXml(set: EntitySet | undefined, actions: readonly string[]): string {
  if (!set) return "";
  return actions
    .map(
      (name) =>
        `<Action Name="${name}" IsBound="true"><Parameter Name="bindingParameter" Type="NAV.${set.name}" /></Action>\n`,
    )
    .join("");
}

/** The metadata of what is published. */
export function metadataOf(
  sets: ReadonlyMap<string, EntitySet>,
  { isV3, actions }: { isV3: boolean; actions: readonly string[] },
): string {
  const all = [...sets.values()];
  const container = ["Company", ...all.map(({ name }) => name)]
    .map((name) => `<EntitySet Name="${name}" EntityType="NAV.${name}" />`)
    .join("");
  const orders = all.find(({ page }) => page.name === "salesOrder");
  const [edmx, services, edm] = isV3
    ? [
        'Version="1.0" xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx"',
        ' xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata" m:DataServiceVersion="3.0" m:MaxDataServiceVersion="3.0"',
        "http://schemas.microsoft.com/ado/2009/11/edm",
      ]
    : [
        'Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"',
        "",
        "http://docs.oasis-open.org/odata/ns/edm",
      ];
  return `<?xml version="1.0" encoding="utf-8"?>
<edmx:Edmx ${edmx}><edmx:DataServices${services}><Schema Namespace="NAV" xmlns="${edm}">
${companyType}${all.map((set) => typeXml(set, isV3)).join("")}${isV3 ? "" : actionsXml(orders, actions)}<EntityContainer Name="NAV">${container}</EntityContainer></Schema></edmx:DataServices></edmx:Edmx>
`;
}
