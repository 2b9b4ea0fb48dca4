/** Calls about stock (ShipBob, 7). */

import type { Account } from "./account.ts";
import { totals } from "./allocation.ts";
import { cursorPage } from "./pages.ts";
import { problem } from "./refusals.ts";
import { type Call, numberOf, type Route } from "./routes.ts";
import type { StockRow, VariantRow } from "./rows.ts";

/** Inventory items and their levels. */
export function stockRoutes(account: Account): Route[] {
  const read = { method: "GET", scope: "inventory_read" } as const;
  const one = (show: (account: Account, variant: VariantRow) => unknown) => (call: Call) =>
    Response.json(show(account, itemOf(account, call)));
  return [
    { ...read, path: "/inventory", handle: (call) => list(account, call, showItem) },
    { ...read, path: "/inventory/{id}", handle: one(showItem) },
    { ...read, path: "/inventory-level", handle: (call) => list(account, call, showLevel) },
    { ...read, path: "/inventory-level/locations", handle: (call) => list(account, call, showLocations) },
    { ...read, path: "/inventory-level/{id}", handle: one(showLevel) },
    { ...read, path: "/inventory-level/{id}/locations", handle: one(showLocations) },
  ];
}

function itemOf(account: Account, call: Call): VariantRow {
  const variant = account.variantOfInventory(numberOf(call));
  if (!variant) throw problem(404, `Inventory ${numberOf(call)} was not found.`);
  return variant;
}

/** Bundles hold no stock, so they are in no list. */
function list(account: Account, call: Call, show: (account: Account, variant: VariantRow) => object): Response {
  const { query } = call;
  const size = query.integer("PageSize", { least: 1, most: 250, absent: 50 });
  const ids = query.list("InventoryIds");
  const isActive = query.flag("IsActive");
  const isDigital = query.flag("IsDigital");
  const search = query.text("SearchBy")?.toLowerCase();
  const located = query.text("LocationId");
  const found = account.products
    .flatMap(({ variants }) => variants)
    .filter(({ inventoryId }) => inventoryId !== null)
    .filter(
      ({ inventoryId }) =>
        show === showItem || account.switches.emptyLevels === "shown" || rowsOf(account, inventoryId).length > 0,
    )
    .filter(({ inventoryId }) => !ids || ids.includes(String(inventoryId)))
    .filter(({ status }) => isActive === undefined || (status === 1) === isActive)
    .filter(({ fields }) => isDigital === undefined || (fields.is_digital === true) === isDigital)
    .filter(({ sku, name }) => !search || sku.toLowerCase().includes(search) || name.toLowerCase().includes(search))
    .filter(
      ({ inventoryId }) => !located || rowsOf(account, inventoryId).some((row) => String(row.locationId) === located),
    );
  const page = cursorPage(found, { call, path: call.path, size, form: account.switches.next, parameter: "cursor" });
  return Response.json({ ...page, items: page.items.map((variant) => show(account, variant)) });
}

function rowsOf(account: Account, inventoryId: number | null): readonly StockRow[] {
  return inventoryId === null ? [] : account.stockOf(inventoryId);
}

function showItem(
  _account: Account,
  { inventoryId, sku, name, fields, status, isDimensionLocked, bundle }: VariantRow,
) {
  return {
    inventory_id: inventoryId,
    sku,
    name,
    barcode: fields.upc ?? null,
    dimensions: {
      length: 0,
      width: 0,
      height: 0,
      ...(typeof fields.dimension === "object" && fields.dimension),
      unit: "inch",
      is_locked: isDimensionLocked,
      validated: isDimensionLocked,
    },
    weight: { value: fields.weight ?? 0, unit: "oz" },
    is_case: false,
    is_lot: false,
    user_id: 270_001,
    variant: {
      is_active: status === 1,
      is_bundle: bundle.length > 0,
      is_digital: fields.is_digital ?? false,
      hazmat: { is_hazmat: false, validated: false },
    },
  };
}

function showLevel(account: Account, { inventoryId, sku, name }: VariantRow) {
  const rows = rowsOf(account, inventoryId).map((row) => countsOf(account, row));
  const sum = (of: (row: (typeof rows)[number]) => number) => rows.reduce((total, row) => total + of(row), 0);
  const exceptions = exceptionsOf(account, inventoryId);
  const fulfillable = sum((row) => row.fulfillable_quantity);
  const awaiting = sum((row) => row.awaiting_quantity);
  return {
    inventory_id: inventoryId,
    sku,
    name,
    total_on_hand_quantity: sum((row) => row.on_hand_quantity),
    total_committed_quantity: sum((row) => row.committed_quantity),
    total_fulfillable_quantity: fulfillable,
    total_sellable_quantity:
      account.switches.sellable === "withAwaiting" ? fulfillable + awaiting : Math.max(0, fulfillable - exceptions),
    total_awaiting_quantity: awaiting,
    total_exception_quantity: exceptions,
    total_backordered_quantity: Math.max(0, exceptions - fulfillable),
    total_internal_transfer_quantity: 0,
  };
}

function showLocations(account: Account, { inventoryId, sku, name }: VariantRow) {
  const locations = rowsOf(account, inventoryId).map((row) => ({
    location_id: row.locationId,
    name: account.location(row.locationId)?.name ?? null,
    ...countsOf(account, row),
    internal_transfer_quantity: 0,
  }));
  return { inventory_id: inventoryId, sku, name, locations };
}

/** What a centre shows; a new order counts only after a while. */
function countsOf(account: Account, { inventoryId, locationId, onHand, committed, awaiting }: StockRow) {
  const since = account.before(account.switches.stockLagMs);
  const late = account.shipments
    .filter((shipment) => shipment.locationId === locationId && (shipment.committed ?? "") > since)
    .flatMap(totals)
    .filter((item) => item.inventoryId === inventoryId)
    .reduce((sum, { quantity }) => sum + quantity, 0);
  return {
    on_hand_quantity: onHand,
    committed_quantity: committed - late,
    fulfillable_quantity: onHand - committed + late,
    awaiting_quantity: awaiting,
  };
}

/** Of the whole network: at which centre goods are missing is not told. */
function exceptionsOf(account: Account, inventoryId: number | null): number {
  return account.shipments
    .filter(({ status }) => status === "Exception")
    .flatMap(totals)
    .filter((item) => item.inventoryId === inventoryId)
    .reduce((sum, { quantity }) => sum + quantity, 0);
}
