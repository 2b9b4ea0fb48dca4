import type { ChargeSettings } from "../../connectors/fno/charge-config.ts";
import { orderLineSet } from "../../connectors/fno/charges.ts";
import type { FnoClient } from "../../connectors/fno/client.ts";
import { fieldsOf } from "../../connectors/fno/fields.ts";
import * as goods from "../../connectors/fno/goods/schema.ts";
import { countedLineFields, countingSets, journalFields } from "../../connectors/fno/stock.ts";
import type { StockSettings } from "../../connectors/fno/stock-config.ts";
import { MlcError } from "../../core/errors.ts";
import type { Check } from "../../core/system.ts";
import { publish, type Wanted } from "./wanted.ts";

/** The flow of products, as far as it says which sets are read. */
export interface ProductsRead {
  categories: readonly string[];
}

/** What a pair says of stock, charges and products. */
export interface GoodsFlows {
  inventory?: StockSettings | undefined;
  charges?: ChargeSettings | undefined;
  forProducts?: ProductsRead | undefined;
}

/** What stock and products are read from, and what the modes of stock and charges write to. Pure. */
export function goodsWanted(headerSet: string, { inventory, charges, forProducts }: GoodsFlows): Wanted[] {
  return [
    ...(forProducts ? productsWanted(forProducts) : []),
    ...(inventory ? stockWanted(inventory) : []),
    ...(charges ? chargesWanted(headerSet, charges) : []),
  ];
}

function productsWanted({ categories }: ProductsRead): Wanted[] {
  return [
    { set: "ProductsV2", fields: fieldsOf(goods.productName), without: "products have no names", fix: publish },
    {
      set: "ReleasedProductVariantsV2",
      fields: fieldsOf(goods.productVariant),
      without: "variants are not known",
      fix: publish,
    },
    {
      set: "ProductBarcodesV3",
      fields: ["ItemNumber", "Barcode"],
      without: "products have no barcodes",
      fix: publish,
    },
    ...(categories.length === 0
      ? []
      : [
          {
            set: "ProductCategoryAssignments",
            fields: fieldsOf(goods.categoryAssignment),
            fix: "Publish the entity set, or take flows.products.categories out of the settings.",
          },
        ]),
  ];
}

function stockWanted({ mode, customEntity }: StockSettings): Wanted[] {
  const onHand = { set: "WarehousesOnHandV2", fields: fieldsOf(goods.onHand), fix: publish };
  const [headers, lines] = countingSets;
  const own = Object.values(customEntity.map);
  return [
    mode === "none" ? { ...onHand, without: "stock cannot be compared" } : onHand,
    ...(mode === "countingJournal"
      ? [
          { set: headers, fields: journalFields, fix: publish },
          { set: lines, fields: countedLineFields, fix: publish },
        ]
      : []),
    ...(mode === "customEntity" && customEntity.entity !== undefined
      ? [{ set: customEntity.entity, fields: ["dataAreaId", ...own], fix: "Correct inventory.customEntity." }]
      : []),
  ];
}

function chargesWanted(headerSet: string, { mode, headerField, customEntity }: ChargeSettings): Wanted[] {
  if (mode === "headerField") {
    const fields = Object.values(headerField).filter((field) => field !== undefined);
    return [{ set: headerSet, fields, fix: "Correct charges.headerField, or add the field to the entity in F&O." }];
  }
  if (mode === "orderLine") {
    const fields = ["SalesOrderNumber", "ItemNumber", "OrderedSalesQuantity", "SalesPrice", "InventoryLotId"];
    return [{ set: orderLineSet, fields, fix: publish }];
  }
  if (mode !== "customEntity" || customEntity.entity === undefined) return [];
  const fields = ["dataAreaId", ...Object.values(customEntity.map)];
  return [{ set: customEntity.entity, fields, fix: "Correct charges.customEntity." }];
}

/** Whether the item of the line of freight is a service in each company: goods would go to the shipper. */
export async function freightChecks(
  { products }: Pick<FnoClient, "products">,
  { charges }: GoodsFlows,
  legalEntities: readonly string[],
): Promise<Check[]> {
  const item = charges?.mode === "orderLine" ? charges.orderLine.item : undefined;
  if (item === undefined) return [];
  const checks: Check[] = [];
  for (const legalEntity of legalEntities) {
    const rows = (await products.releasedByNumber(legalEntity, [item])).map((row) => released.parse(row));
    // `eq` knows wildcards, so more may come (F&O, 2.1).
    const type = rows.find(({ ItemNumber }) => ItemNumber.toLowerCase() === item.toLowerCase())?.ProductType;
    checks.push(freightCheck(`${legalEntity}/${item}`, type));
  }
  return checks;
}

const released = goods.catalogueProduct.pick({ ItemNumber: true, ProductType: true });

function freightCheck(item: string, type: string | undefined): Check {
  const name = "charges.orderLine.item";
  if (type === "Service") return { name, state: "ok", message: `${item} is a service` };
  const message =
    type === undefined ? `${item} is not released` : `${item} is of type ${type}: it would be sent as goods`;
  return { name, state: "failed", message, fix: "Set it to a released product of type Service." };
}

/** Whether the service gives the app a token. */
export async function visibilityCheck(visibility: { signIn(): Promise<void> } | undefined): Promise<Check[]> {
  if (!visibility) return [];
  const name = "inventory.inventoryVisibility";
  try {
    await visibility.signIn();
    return [{ name, state: "ok", message: "the service gives the app a token" }];
  } catch (error) {
    if (!(error instanceof MlcError)) throw error;
    return [
      { name, state: "failed", message: error.message, fix: error.hint ?? "Check its address and environmentId." },
    ];
  }
}
