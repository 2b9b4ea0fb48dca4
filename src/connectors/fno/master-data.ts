import { odata, odataEnum } from "../odata/text.ts";
import type { FnoCalls } from "./calls.ts";
import { readPath } from "./query.ts";
import * as schema from "./schema.ts";

const namespace = "Microsoft.Dynamics.DataEntities";

/** Customers, products, units and codes of an environment, read only. */
export class FnoMasterData {
  readonly #calls: FnoCalls;

  constructor(calls: FnoCalls) {
    this.#calls = calls;
  }

  /** Customers by account; empty when the set is not published. */
  async customers(legalEntity: string, accounts: readonly string[]): Promise<schema.Customer[]> {
    const row = schema.customer;
    const choice = { set: "CustomersV3", field: "CustomerAccount", values: accounts, options: selectOf(row), row };
    return (await this.#calls.chosen(legalEntity, choice))?.rows ?? [];
  }

  /** Released products by item number; empty when the set is not published. */
  async releasedProducts(legalEntity: string, items: readonly string[]): Promise<schema.ReleasedProduct[]> {
    const row = schema.releasedProduct;
    const choice = { set: "ReleasedProductsV2", field: "ItemNumber", values: items, options: selectOf(row), row };
    return (await this.#calls.chosen(legalEntity, choice))?.rows ?? [];
  }

  /** The unit of the class Mass that F&O assumes where a weight has none (F&O, 5.1). */
  async massUnit(): Promise<string | undefined> {
    const yes = odataEnum(`${namespace}.NoYes`, "Yes");
    const select = schema.fieldsOf(schema.unitOfMeasure);
    const path = readPath("UnitsOfMeasure", { filter: odata`IsSystemUnit eq ${yes}`, select });
    const found = await this.#calls.rows([path], schema.unitOfMeasure);
    return found?.rows.find((unit) => unit.UnitClass === "Mass")?.UnitSymbol;
  }

  /** Two-letter codes by country key. */
  async countryCodes(): Promise<Map<string, string>> {
    const path = readPath("AddressCountryRegions", { select: schema.fieldsOf(schema.countryRegion) });
    const found = await this.#calls.rows([path], schema.countryRegion);
    return new Map(found?.rows.map((row) => [row.CountryRegion, row.ISOcode]));
  }

  /** The environment's companies. */
  async legalEntities(): Promise<{ id: string; name: string }[]> {
    const path = readPath("LegalEntities", { select: schema.fieldsOf(schema.legalEntity) });
    const found = await this.#calls.rows([path], schema.legalEntity);
    return (found?.rows ?? []).map((row) => ({ id: row.LegalEntityId.toLowerCase(), name: row.Name }));
  }

  /** A company's modes of delivery. */
  async deliveryModes(legalEntity: string): Promise<{ id: string; name: string }[]> {
    const options = { filter: odata`dataAreaId eq ${legalEntity}`, select: schema.fieldsOf(schema.deliveryMode) };
    const found = await this.#calls.rows([readPath("DeliveryModesV2", options)], schema.deliveryMode);
    return (found?.rows ?? []).map((row) => ({ id: row.ModeCode, name: row.ModeDescription }));
  }

  /** A company's warehouses. */
  async warehouses(legalEntity: string): Promise<{ id: string; name: string }[]> {
    const options = { filter: odata`dataAreaId eq ${legalEntity}`, select: schema.fieldsOf(schema.warehouse) };
    const found = await this.#calls.rows([readPath("Warehouses", options)], schema.warehouse);
    return (found?.rows ?? []).map((row) => ({ id: row.WarehouseId, name: row.WarehouseName }));
  }
}

const selectOf = (row: Parameters<typeof schema.fieldsOf>[0]) => ({ select: schema.fieldsOf(row) });
