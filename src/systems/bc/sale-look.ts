import { z } from "zod";
import type { BcClient } from "../../connectors/bc/client.ts";
import type { SalesDocuments } from "../../connectors/bc/document-search.ts";
import type { BcRules } from "../../connectors/bc/rules.ts";
import type { Clock } from "../../core/clock.ts";
import type { Call, Step, StepResult } from "../../core/delivery.ts";
import { MappingError, NotYetError } from "../../core/errors.ts";
import { plainJson } from "../../core/json.ts";
import type { Sale } from "../../core/model.ts";
import { chosenCustomer, customerQuestion, findCustomers } from "./customers.ts";
import { type FoundItems, findItems, itemOf, noItem } from "./items.ts";

const question = z.object({
  document: z.string(),
  /** The external document number that is to be used. */
  number: z.string(),
  customer: z.object({
    document: z.string(),
    account: z.string().optional(),
    email: z.string().optional(),
    create: z.boolean(),
  }),
  skus: z.array(z.object({ sku: z.string(), line: z.string() })),
  location: z.string().optional(),
});
type Question = z.infer<typeof question>;

const thereSchema = z.object({
  kind: z.enum(["invoice", "order", "shipment"]),
  id: z.string(),
  number: z.string(),
  /** Of the order that an invoice or shipment was posted from. */
  orderNumber: z.string(),
  orderId: z.string(),
});

/** What a sale needs to know of the company before anything is written. */
export const looked = z.object({
  /** Absent where one is to be made. */
  customer: z.object({ number: z.string(), currencyCode: z.string() }).optional(),
  items: z.record(z.string(), z.object({ number: z.string(), variantId: z.string().optional() })),
  locationId: z.string().optional(),
  /** What stands under the number already. */
  there: z.array(thereSchema),
});
export type Looked = z.infer<typeof looked>;
export type FoundThere = z.infer<typeof thereSchema>;

/** The read step that looks up all that a document of the sale needs. Pure. */
export function lookStep(sale: Sale, rules: BcRules, { name, number }: { name: string; number: string }): Step {
  const asked: Question = {
    document: sale.number,
    number,
    customer: customerQuestion(sale, rules),
    skus: sale.lines.filter(({ quantity }) => quantity > 0).map(({ sku, key }) => ({ sku, line: key })),
    location: rules.lines.location,
  };
  return { name, action: "read", naturalKey: number, payload: plainJson(asked), repeatable: true };
}

/** Items hardly change within a run, and what was blocked since is refused by Business Central itself. */
const keepMs = 5 * 60_000;

/** Looks up customers, items, locations and documents of many sales in few calls. */
export class SaleLook {
  readonly #client: BcClient;
  readonly #clock: Clock;
  /** Items by SKU, where they could be sold. */
  readonly #items = new Map<string, Looked["items"][string]>();
  #locations: Map<string, string> | undefined;
  #since = 0;

  constructor(client: BcClient, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  /** An answer for each step; what is the sale's own fault fails alone. */
  async read(steps: readonly Step[]): Promise<StepResult[]> {
    this.#forgetOld();
    const asked = steps.map(({ payload }) => question.parse(payload));
    const calls: Call[] = [];
    const documents = await this.#client.sales.byExternalNumber(asked.map(({ number }) => number));
    const customers = await findCustomers(
      this.#client,
      asked.map(({ customer }) => customer),
    );
    const skus = [...new Set(asked.flatMap((one) => one.skus.map(({ sku }) => sku)))];
    const items = await findItems(
      this.#client,
      skus.filter((sku) => !this.#items.has(sku)),
    );
    calls.push(...documents.calls, ...customers.calls, ...items.calls);
    const locations = asked.some(({ location }) => location) ? await this.#allLocations(calls) : new Map();
    return asked.map((one): StepResult => {
      try {
        const customer = chosenCustomer(one.customer, customers);
        const locationId = locationOf(one, locations);
        const seen: Looked = {
          ...(customer ? { customer: { number: customer.number, currencyCode: customer.currencyCode } } : {}),
          items: Object.fromEntries(one.skus.map(({ sku, line }) => [sku, this.#item(sku, line, one, items)])),
          ...(locationId === undefined ? {} : { locationId }),
          there: thereIn(documents.value, one.number),
        };
        return { outcome: "done", calls, seen: plainJson(seen) };
      } catch (error) {
        if (error instanceof MappingError || error instanceof NotYetError) return { outcome: "failed", calls, error };
        throw error;
      }
    });
  }

  #item(sku: string, line: string, { document }: Question, found: FoundItems): Looked["items"][string] {
    const known = this.#items.get(sku) ?? itemOf(sku, found, document);
    if (!known) throw noItem(sku, line, document);
    this.#items.set(sku, known);
    return known;
  }

  async #allLocations(calls: Call[]): Promise<Map<string, string>> {
    if (this.#locations) return this.#locations;
    const read = await this.#client.masterData.locations();
    calls.push(...read.calls);
    this.#locations = new Map(read.value.map(({ code, id }) => [code.toUpperCase(), id]));
    return this.#locations;
  }

  #forgetOld(): void {
    const now = this.#clock.now().getTime();
    if (now - this.#since < keepMs) return;
    this.#items.clear();
    this.#locations = undefined;
    this.#since = now;
  }
}

function locationOf({ location, document }: Question, locations: ReadonlyMap<string, string>): string | undefined {
  if (location === undefined) return undefined;
  const id = locations.get(location.toUpperCase());
  if (id !== undefined) return id;
  throw new MappingError(`Business Central ${document}: there is no location ${location}`, {
    system: "bc",
    document,
    field: "lines.location",
    hint: "Set lines.location to one that is there, then run `mlc replay`.",
  });
}

/** The documents under a number; BC keeps it in upper case. Pure. */
export function thereIn({ orders, invoices, shipments }: SalesDocuments, number: string): FoundThere[] {
  const is = ({ externalDocumentNumber }: { externalDocumentNumber: string }) =>
    externalDocumentNumber.trim().toUpperCase() === number.toUpperCase();
  return [
    ...orders
      .filter(is)
      .map(({ id, number }) => ({ kind: "order" as const, id, number, orderNumber: number, orderId: id })),
    ...invoices
      .filter(is)
      .map(({ id, number, orderNumber, orderId }) => ({ kind: "invoice" as const, id, number, orderNumber, orderId })),
    ...shipments
      .filter(is)
      .map(({ id, number, orderNumber }) => ({ kind: "shipment" as const, id, number, orderNumber, orderId: "" })),
  ];
}
