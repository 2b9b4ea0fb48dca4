import { queryParts } from "../odata/query.ts";
import type { BcCalls, Given } from "./calls.ts";
import { type BcPage, changesSince, type Poll } from "./changes.ts";
import { type Coded, coded, type ForeignRow, foreignRow } from "./environment.ts";
import {
  type Customer,
  type CustomerBody,
  customer,
  fieldsOf,
  type Item,
  type ItemVariant,
  item,
  itemVariant,
} from "./schema.ts";
import { customRoute } from "./tracking.ts";
import type { BcWrites } from "./writes.ts";

/** Items, customers and codes. */
export class BcMasterData {
  readonly #calls: BcCalls;
  readonly #writes: BcWrites;

  constructor(calls: BcCalls, writes: BcWrites) {
    this.#calls = calls;
    this.#writes = writes;
  }

  /** Items that changed; stock that moves changes none (BC, 0). May be repeated. */
  items(poll: Poll): AsyncGenerator<BcPage> {
    return changesSince(this.#calls, "items", { select: fieldsOf(item), ...poll });
  }

  /** Items by number. May be repeated. */
  itemsByNumber(numbers: readonly string[]): Promise<Given<Item[]>> {
    const options = { select: fieldsOf(item) };
    return this.#calls.chosen({ set: "items", field: "number", values: numbers, schema: item, options });
  }

  /** The item of an id; undefined where the company has it no more. May be repeated. */
  async itemById(id: string): Promise<Item | undefined> {
    const select = queryParts({ select: fieldsOf(item) }).join("&");
    const path = `${await this.#calls.inCompany(`items(${id})`)}?${select}`;
    return (await this.#calls.one(path, item, { what: "read the item" }))?.value;
  }

  /** Variants of items. May be repeated. */
  itemVariants(itemNumbers: readonly string[]): Promise<Given<ItemVariant[]>> {
    return this.#calls.chosen({ set: "itemVariants", field: "itemNumber", values: itemNumbers, schema: itemVariant });
  }

  /** Two fields of all rows of the customer's own page: API v2.0 has no weights (BC, 2.2). May be repeated. */
  async customItems(path: string, fields: readonly string[]): Promise<Given<ForeignRow[]>> {
    const { route, set } = customRoute(path);
    const query = queryParts({ select: fields }).join("&");
    return this.#calls.rows(`${await this.#calls.inCompany(set, route)}?${query}`, foreignRow);
  }

  /** Customers that changed. May be repeated. */
  customers(poll: Poll): AsyncGenerator<BcPage> {
    return changesSince(this.#calls, "customers", { select: fieldsOf(customer), ...poll });
  }

  /** Customers by number. May be repeated. */
  customersByNumber(numbers: readonly string[]): Promise<Given<Customer[]>> {
    const options = { select: fieldsOf(customer) };
    return this.#calls.chosen({ set: "customers", field: "number", values: numbers, schema: customer, options });
  }

  /** The customer of an id; undefined where the company has it no more. May be repeated. */
  async customerById(id: string): Promise<Customer | undefined> {
    const select = queryParts({ select: fieldsOf(customer) }).join("&");
    const path = `${await this.#calls.inCompany(`customers(${id})`)}?${select}`;
    return (await this.#calls.one(path, customer, { what: "read the customer" }))?.value;
  }

  /** Customers by e-mail address, as it is written and in lower case. May be repeated. */
  customersByEmail(addresses: readonly string[]): Promise<Given<Customer[]>> {
    const values = addresses.flatMap((address) => [address, address.toLowerCase()]);
    const options = { select: fieldsOf(customer) };
    const choice = { set: "customers", field: "email", values, schema: customer, options };
    return this.#calls.chosen({ ...choice, isPersonal: true });
  }

  /** Creates a customer. Not repeated: look for number or e-mail address before, and again when the answer is lost. */
  async createCustomer(body: CustomerBody): Promise<Given<Customer>> {
    const path = await this.#calls.inCompany("customers");
    return this.#writes.create(path, body, { schema: customer, about: { what: "create a customer" } });
  }

  /** All locations. May be repeated. */
  async locations(): Promise<Given<Coded[]>> {
    return this.#calls.rows(await this.#calls.inCompany("locations"), coded);
  }
}
