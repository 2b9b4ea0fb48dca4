/** `$metadata` as EDMX, made set by set so that a large one can be streamed (F&O, 2.1). */

import { type EntitySet, enums, namespace, type Property } from "./types.ts";

const annotation = (name: string, value: boolean) =>
  `<Annotation Term="Microsoft.Dynamics.OData.Core.V1.${name}" Bool="${value}" />`;

function propertyXml(name: string, property: Property, set: EntitySet): string {
  const type = property.type.startsWith("Edm.") ? property.type : `${namespace}.${property.type}`;
  const nullable = set.key.includes(name) ? ' Nullable="false"' : "";
  const maxLength = property.maxLength === undefined ? "" : ` MaxLength="${property.maxLength}"`;
  const isEditable = Boolean(set.editable) && !property.readOnly;
  return `<Property Name="${name}" Type="${type}"${nullable}${maxLength}>${annotation("AllowEdit", isEditable)}</Property>`;
}

function entityTypeXml(set: EntitySet, sets: ReadonlyMap<string, EntitySet>): string {
  const keys = set.key.map((name) => `<PropertyRef Name="${name}" />`).join("");
  const properties = Object.entries(set.properties).map(([name, property]) => propertyXml(name, property, set));
  const navigation = Object.entries(set.navigation ?? {}).flatMap(([name, to]) => {
    const target = sets.get(to);
    return target ? [`<NavigationProperty Name="${name}" Type="Collection(${namespace}.${target.type})" />`] : [];
  });
  return `<EntityType Name="${set.type}"><Key>${keys}</Key>${[...properties, ...navigation].join("")}</EntityType>\n`;
}

/** Cuts the document into chunks; `fillerSets` are further sets that no one needs, to make it as large as a real one. */
function* chunks(sets: ReadonlyMap<string, EntitySet>, fillerSets: number): Generator<string> {
  yield '<?xml version="1.0" encoding="utf-8"?>\n<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>';
  yield `<Schema Namespace="${namespace}" xmlns="http://docs.oasis-open.org/odata/ns/edm">\n`;
  for (const [name, members] of Object.entries(enums)) {
    const list = members.map((member, value) => `<Member Name="${member}" Value="${value}" />`).join("");
    yield `<EnumType Name="${name}">${list}</EnumType>\n`;
  }
  const filler = (index: number): EntitySet => ({
    name: `FillerRecords${index}`,
    type: `FillerRecord${index}`,
    key: ["dataAreaId"],
    properties: Object.fromEntries(
      ["dataAreaId", ...Array.from({ length: 40 }, (_, at) => `FillerField${at}`)].map((name) => [
        name,
        { type: "Edm.String" },
      ]),
    ),
  });
  for (const set of sets.values()) yield entityTypeXml(set, sets);
  for (let index = 0; index < fillerSets; index += 1) yield entityTypeXml(filler(index), sets);
  yield '<EntityContainer Name="Resources">\n';
  const entitySetXml = (set: EntitySet) => `<EntitySet Name="${set.name}" EntityType="${namespace}.${set.type}" />\n`;
  for (const set of sets.values()) yield entitySetXml(set);
  for (let index = 0; index < fillerSets; index += 1) yield entitySetXml(filler(index));
  yield "</EntityContainer></Schema></edmx:DataServices></edmx:Edmx>\n";
}

/** Streams the metadata of the given sets. */
export function metadataResponse(sets: ReadonlyMap<string, EntitySet>, fillerSets: number): Response {
  const source = chunks(sets, fillerSets);
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const next = source.next();
      if (next.done) controller.close();
      else controller.enqueue(encoder.encode(next.value));
    },
  });
  return new Response(body, { headers: { "content-type": "application/xml" } });
}
