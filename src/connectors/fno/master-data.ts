import type { z } from "zod";
import { odata, odataEnum } from "../odata/text.ts";
import type { FnoCalls } from "./calls.ts";
import { fieldsOf } from "./fields.ts";
import * as goods from "./goods/schema.ts";
import { readPath } from "./query.ts";
import * as schema from "./schema.ts";

const namespace = "Microsoft.Dynamics.DataEntities";

/** Rows of a page when a whole set is read; F&O gives at most 10,000 (F&O, 2.3). */
const pageSize = 2_000;

/** A set of a company that is read in part or whole; empty when the environment does not publish it. */
export interface MasterSet<T> {
  /** The rows that have one of these keys. */
  some(keys: readonly string[]): Promise<T[]>;
  all(): Promise<T[]>;
  /** Calls that reading all of it takes; undefined when F&O does not tell. */
  pages(): Promise<number | undefined>;
}

/** Customers, products, units and codes of an environment, read only. */
export class FnoMasterData {
  readonly #calls: FnoCalls;
  readonly #more: goods.ReadMore;

  constructor(calls: FnoCalls, more: goods.ReadMore) {
    this.#calls = calls;
    this.#more = more;
  }

  /** A company's customers. */
  customers(legalEntity: string): MasterSet<schema.Customer> {
    return this.#set(legalEntity, { set: "CustomersV3", field: "CustomerAccount", row: schema.customer });
  }

  /** A company's released products. */
  releasedProducts(legalEntity: string): MasterSet<goods.ReleasedProduct> {
    const row = goods.productRow(this.#more);
    return this.#set(legalEntity, { set: "ReleasedProductsV2", field: "ItemNumber", row });
  }

  #set<T>(
    legalEntity: string,
    { set, field, row }: { set: string; field: string; row: z.ZodType<T> & { shape: object } },
  ): MasterSet<T> {
    const select = fieldsOf(row);
    const filter = odata`dataAreaId eq ${legalEntity}`;
    return {
      some: async (values) =>
        (await this.#calls.chosen(legalEntity, { set, field, values, options: { select }, row }))?.rows ?? [],
      all: async () => (await this.#calls.rows([readPath(set, { filter, select })], row, { pageSize }))?.rows ?? [],
      pages: async () => {
        const rows = await this.#calls.count(readPath(set, { filter, select: [field], top: 1, count: true }));
        return rows === undefined ? undefined : Math.ceil(rows / pageSize);
      },
    };
  }

  /** The units that F&O assumes where a weight or a size has none (F&O, 5.1). */
  async systemUnits(): Promise<{ mass: string | undefined; length: string | undefined }> {
    const yes = odataEnum(`${namespace}.NoYes`, "Yes");
    const select = fieldsOf(schema.unitOfMeasure);
    const path = readPath("UnitsOfMeasure", { filter: odata`IsSystemUnit eq ${yes}`, select });
    const found = await this.#calls.rows([path], schema.unitOfMeasure);
    const unitOf = (name: string) => found?.rows.find((unit) => unit.UnitClass === name)?.UnitSymbol;
    return { mass: unitOf("Mass"), length: unitOf("Length") };
  }

  /** Two-letter codes by country key. */
  async countryCodes(): Promise<Map<string, string>> {
    const path = readPath("AddressCountryRegions", { select: fieldsOf(schema.countryRegion) });
    const found = await this.#calls.rows([path], schema.countryRegion);
    return new Map(found?.rows.map((row) => [row.CountryRegion, row.ISOcode]));
  }

  /** The environment's companies. */
  async legalEntities(): Promise<{ id: string; name: string }[]> {
    const path = readPath("LegalEntities", { select: fieldsOf(schema.legalEntity) });
    const found = await this.#calls.rows([path], schema.legalEntity);
    return (found?.rows ?? []).map((row) => ({ id: row.LegalEntityId.toLowerCase(), name: row.Name }));
  }

  /** The business events that can be activated; undefined when the environment does not publish the catalogue. */
  async businessEvents(): Promise<{ id: string; name: string; module: string }[] | undefined> {
    const path = readPath("BusinessEventsCatalogs", { select: fieldsOf(schema.businessEvent) });
    const found = await this.#calls.rows([path], schema.businessEvent);
    return found?.rows.map((row) => ({ id: row.BusinessEventId, name: row.Name, module: row.Module }));
  }

  /** A company's modes of delivery. */
  async deliveryModes(legalEntity: string): Promise<{ id: string; name: string }[]> {
    const options = { filter: odata`dataAreaId eq ${legalEntity}`, select: fieldsOf(schema.deliveryMode) };
    const found = await this.#calls.rows([readPath("DeliveryModesV2", options)], schema.deliveryMode);
    return (found?.rows ?? []).map((row) => ({ id: row.ModeCode, name: row.ModeDescription }));
  }

  /** A company's warehouses. */
  async warehouses(legalEntity: string): Promise<{ id: string; name: string; site: string }[]> {
    const options = { filter: odata`dataAreaId eq ${legalEntity}`, select: fieldsOf(goods.warehouse) };
    const found = await this.#calls.rows([readPath("Warehouses", options)], goods.warehouse);
    return (found?.rows ?? []).map((row) => ({
      id: row.WarehouseId,
      name: row.WarehouseName,
      site: row.OperationalSiteId,
    }));
  }
}
