import { z } from "zod";
import type { BcClient } from "../../connectors/bc/client.ts";
import type { BcPairSettings } from "../../connectors/bc/config.ts";
import type { Ref } from "../../core/delivery.ts";
import type { Customer } from "../../core/model.ts";
import type { ListRequest, Named, NamedPage, NamedReader, Page, Source, SourceRecord } from "../../core/ports.ts";
import { customerFromBc } from "../../mappings/bc.ts";
import { isRowOf, rowIds } from "./named-rows.ts";
import { sinceOf } from "./poll-since.ts";

const customerRef = z.object({ number: z.string() });

/** Business Central as the giver of customers: those whose card changed. */
export class BcCustomerSource implements Source<Customer> {
  readonly system = "bc";
  readonly reads = "changes";
  readonly named: NamedReader = {
    has: (thing) => isRowOf("customers", thing),
    read: (things) => this.#named(things),
  };
  readonly #client: BcClient;
  readonly #settings: BcPairSettings["flows"]["customers"];

  constructor(client: BcClient, settings: BcPairSettings["flows"]["customers"]) {
    this.#client = client;
    this.#settings = settings;
  }

  async *list(request: ListRequest): AsyncGenerator<Page> {
    const { data: last } = z.string().safeParse(request.cursor);
    const poll = { since: sinceOf(request, last, this.#settings.startDate), until: request.until };
    for await (const { records, cursor } of this.#client.masterData.customers(poll)) {
      yield {
        records: records.flatMap(({ payload, etag }) => recordOf(payload, etag)),
        ...(cursor === undefined ? {} : { cursor }),
      };
    }
  }

  async *#named(things: readonly Named[]): AsyncGenerator<NamedPage> {
    const ids = rowIds(things, (await this.#client.company()).id);
    if (!ids) {
      yield { records: [], isIncomplete: true };
      return;
    }
    const records: SourceRecord[] = [];
    for (const id of ids) {
      const row = await this.#client.masterData.customerById(id);
      if (row) records.push(...recordOf(row, row["@odata.etag"]));
    }
    yield { records };
  }

  async get(refs: readonly Ref[]): Promise<Map<string, SourceRecord | "gone">> {
    const found = new Map<string, SourceRecord | "gone">(refs.map((ref) => [this.idOf(ref), "gone"]));
    const { value: customers } = await this.#client.masterData.customersByNumber([...found.keys()]);
    for (const customer of customers)
      for (const record of recordOf(customer, customer["@odata.etag"])) found.set(record.id, record);
    return found;
  }

  idOf(ref: Ref): string {
    return customerRef.parse(ref).number;
  }

  read({ payload }: SourceRecord): Customer[] {
    return [customerFromBc(payload)];
  }
}

/** The record of a customer; one without a number is none. */
function recordOf(row: unknown, version: string): SourceRecord[] {
  const id = customerRef.safeParse(row).data?.number ?? "";
  return id === "" ? [] : [{ id, version, ref: { number: id }, payload: row }];
}
