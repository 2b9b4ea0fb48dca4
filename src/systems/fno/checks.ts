import type { FnoClient } from "../../connectors/fno/client.ts";
import type { FnoLabelSettings, FnoPairSettings, FnoStockSettings } from "../../connectors/fno/config.ts";
import { fieldsOf } from "../../connectors/fno/fields.ts";
import * as goods from "../../connectors/fno/goods/schema.ts";
import * as schema from "../../connectors/fno/schema.ts";
import type { Check } from "../../core/system.ts";
import { type GoodsFlows, goodsWanted } from "./stock-checks.ts";
import { publish, type Wanted } from "./wanted.ts";

type Mapped = FnoPairSettings &
  GoodsFlows & {
    forLabels?: FnoLabelSettings | undefined;
    forStock?: FnoStockSettings | undefined;
  };

function wantedOf(headerSet: string, settings: Mapped): Wanted[] {
  const { entities, writeBack, forLabels, forStock } = settings;
  const { headerFields, packingSlipTracking, attachmentNote } = writeBack;
  const mapped = Object.values(headerFields.map).filter((field) => field !== undefined);
  const slips = [
    { set: "CustPackingSlipJourBiEntities", fields: fieldsOf(schema.packingSlip) },
    { set: "PackingSlipTrackingInformation", fields: fieldsOf(schema.trackingRow) },
  ];
  const withoutSlips = "tracking numbers are not written to packing slips";
  return [
    {
      set: headerSet,
      fields: fieldsOf(schema.salesOrderHeader),
      fix: "Set entities.headers to a set of sales order headers that the environment publishes.",
    },
    { set: entities.lines, fields: fieldsOf(schema.salesOrderLine), fix: publish },
    { set: "CustomersV3", fields: fieldsOf(schema.customer), without: "orders have no phone", fix: publish },
    {
      set: "ReleasedProductsV2",
      fields: [
        ...new Set([
          ...fieldsOf(goods.productRow({ forLabels: forLabels !== undefined, forStock: forStock !== undefined })),
          ...(settings.forProducts ? fieldsOf(goods.catalogueProduct) : []),
        ]),
      ],
      without: forStock
        ? "orders are set aside, since nobody knows the units that stock is kept in"
        : "orders have no weights and service items are sent",
      fix: publish,
    },
    {
      set: "SalesLineBiEntities",
      fields: fieldsOf(schema.remainingLine).concat(forStock ? "RemainInventPhysical" : []),
      without: `partially delivered orders are set aside${forStock ? ", and orders in other units than stock is kept in" : ""}`,
      fix: publish,
    },
    ...(forLabels ? [invoiceCheck(headerSet, forLabels)] : []),
    ...(forStock && forStock.releaseStatus.length > 0 ? [releaseCheck] : []),
    ...(mapped.length === 0
      ? []
      : [
          {
            set: headerFields.entity ?? headerSet,
            fields: mapped,
            fix: "Correct writeBack.headerFields.map, or add the field to the entity in F&O.",
          },
        ]),
    ...(Object.keys(writeBack.standardCarrier).length === 0
      ? []
      : [
          {
            set: headerSet,
            fields: ["ShippingCarrierId", "ShippingCarrierServiceId"],
            fix: "Take writeBack.standardCarrier out of the settings, or set entities.headers to a set that has the fields.",
          },
        ]),
    ...(attachmentNote.enabled
      ? [{ set: "SalesOrderHeaderDocumentAttachmentsV2", fields: fieldsOf(schema.attachment), fix: publish }]
      : []),
    ...(packingSlipTracking === false
      ? []
      : slips.map((one) => ({
          ...one,
          ...(packingSlipTracking === "auto" ? { without: withoutSlips } : {}),
          fix:
            packingSlipTracking === "auto" ? publish : "Publish the set, or set writeBack.packingSlipTracking to auto.",
        }))),
    ...goodsWanted(headerSet, settings),
  ];
}

const releaseCheck: Wanted = {
  set: "SalesTableBiEntities",
  fields: fieldsOf(schema.releasedOrder),
  fix: "Publish the set, or take releaseStatus out of the pair's settings.",
};

function invoiceCheck(headerSet: string, { invoiceField }: FnoLabelSettings): Wanted {
  if (invoiceField !== undefined)
    return {
      set: headerSet,
      fields: [invoiceField],
      fix: "Correct invoiceField, or add the field to the entity in F&O.",
    };
  return {
    set: "SalesInvoiceHeadersV2",
    fields: fieldsOf(schema.salesInvoice),
    without: "labels carry no invoice number",
    fix: publish,
  };
}

function checkOf({ set, fields, without, fix }: Wanted, properties: ReadonlySet<string> | undefined): Check {
  const name = `F&O ${set}`;
  const missing = properties ? fields.filter((field) => !properties.has(field)) : [];
  if (properties && missing.length === 0) return { name, state: "ok", message: `${fields.length} fields are there` };
  const what = properties ? `has no ${missing.join(", ")}` : "is not published";
  const state = without === undefined || missing.length > 0 ? "failed" : "warning";
  return { name, state, message: `${what}${without === undefined ? "" : `: ${without}`}`, fix };
}

/** Whether each set and field that a pair maps is in the environment's `$metadata`. */
export async function mappingChecks(client: FnoClient, settings: Mapped): Promise<Check[]> {
  const wanted = wantedOf(await client.orders.headerSet(), settings);
  const published = await client.metadata(wanted.map(({ set }) => set));
  return wanted.map((one) => checkOf(one, published.get(one.set)));
}
