import type { Call } from "../../core/delivery.ts";
import { ContractError } from "../../core/errors.ts";
import { encodedName } from "../odata/names.ts";
import { queryParts } from "../odata/query.ts";
import { odata, odataGuid, odataKey, odataName } from "../odata/text.ts";
import type { BcCalls, Given } from "./calls.ts";
import { type ForeignRow, foreignRow } from "./environment.ts";
import { isNoAddress } from "./errors.ts";
import type { TrackingValues } from "./requests.ts";
import type { BcRules } from "./rules.ts";
import { guid } from "./sales.ts";
import { type DocumentAttachment, documentAttachment } from "./schema.ts";
import type { BcWrites } from "./writes.ts";

/** The customer's own page with the fields that carry tracking (BC, 5, route A). */
export interface CustomApi {
  /** `publisher/group/version/entitySet`. */
  path: string;
  /** The page's own names of the fields. */
  fields: BcRules["tracking"]["customApi"]["fields"];
}

/** A document that files are put on. */
export interface Parent {
  type: "Sales Order" | "Sales Invoice";
  id: string;
  number: string;
}

/** A shipping agent's code and name. */
export interface ShippingAgent {
  code: string;
  name: string;
}

/** Page 42's names of the fields (BC, 5, route B). */
export const page42Fields = {
  shippingAgentCode: "Shipping_Agent_Code",
  shippingAgentServiceCode: "Shipping_Agent_Service_Code",
  packageTrackingNo: "Package_Tracking_No",
} as const;

const tracked = ["shippingAgentCode", "shippingAgentServiceCode", "packageTrackingNo"] as const;

/** Where tracking goes, since API v2.0 has no field for it (BC, 5): a page of the customer's own, page 42, files. */
export class BcTracking {
  readonly #calls: BcCalls;
  readonly #writes: BcWrites;

  constructor(calls: BcCalls, writes: BcWrites) {
    this.#calls = calls;
    this.#writes = writes;
  }

  /** Rows of the customer's own page by one of its fields. May be repeated. */
  async customRows(
    { path, fields }: CustomApi,
    by: "number" | "orderNumber" | "externalDocumentNumber",
    value: string,
  ): Promise<Given<ForeignRow[]>> {
    const { route, set } = customRoute(path);
    const query = queryParts({ filter: odata`${odataName(fields[by])} eq ${value}` }).join("&");
    return this.#calls.rows(`${await this.#calls.inCompany(set, route)}?${query}`, foreignRow);
  }

  /** Sets tracking fields of a row of the customer's own page. May be repeated. */
  async writeCustomRow(
    { path, fields }: CustomApi,
    held: ForeignRow & { id: string },
    { values, document }: { values: TrackingValues; document: string },
  ): Promise<Given<ForeignRow>> {
    const { route, set } = customRoute(path);
    const row = await this.#calls.inCompany(`${set}(${guid(held.id)})`, route);
    return this.#write(row, held, { changes: named(values, fields), document });
  }

  /** An order on page 42 as the OData service that it is published as; undefined when it is gone. May be repeated. */
  async page42Order(service: string, number: string): Promise<Given<ForeignRow> | undefined> {
    return this.#calls.one(await this.#page42Path(service, number), foreignRow, {
      what: `read it from the service ${service}`,
      document: number,
    });
  }

  /** Names of page 42's fields as a row tells them: none where there is no order yet; undefined where it is not published. */
  async page42Fields(service: string): Promise<Given<ReadonlySet<string>> | undefined> {
    try {
      const { value, calls } = await this.#calls.rows(`${await this.#service(service)}?$top=1`, foreignRow);
      return { value: new Set(value.flatMap(Object.keys)), calls };
    } catch (error) {
      if (error instanceof ContractError && isNoAddress(error)) return undefined;
      throw error;
    }
  }

  /** Sets tracking fields of an order on page 42; posting copies them to shipment and invoice (BC, 5). May be repeated. */
  async writePage42Order(
    service: string,
    held: ForeignRow,
    { values, document }: { values: TrackingValues; document: string },
  ): Promise<Given<ForeignRow>> {
    const path = await this.#page42Path(service, document);
    return this.#write(path, held, { changes: named(values, page42Fields), document });
  }

  async #page42Path(service: string, number: string): Promise<string> {
    return `${await this.#service(service)}${odataKey({ Document_Type: "Order", No: number })}`;
  }

  async #service(service: string): Promise<string> {
    const { name } = await this.#calls.company();
    return `${this.#calls.root}/ODataV4/Company(${encodeURIComponent(odata`${name}`.text)})/${odataName(service)}`;
  }

  #write(
    path: string,
    held: ForeignRow,
    { changes, document }: { changes: Record<string, string>; document: string },
  ): Promise<Given<ForeignRow>> {
    const about = { what: "write the tracking number", document };
    return this.#writes.patch({ path, held, changes, schema: foreignRow, about });
  }

  /** Shipping agents by a published OData service or a custom API: API v2.0 has no set of them (BC, 2.8). May be repeated. */
  async shippingAgents(from: { service: string } | { path: string }): Promise<Given<ShippingAgent[]>> {
    const { value, calls } = await this.#calls.rows(await this.#agentsPath(from), foreignRow.partial());
    return { value: value.flatMap(agentIn), calls };
  }

  async #agentsPath(from: { service: string } | { path: string }): Promise<string> {
    if ("service" in from) return this.#service(from.service);
    const { route, set } = customRoute(from.path);
    return this.#calls.inCompany(set, route);
  }

  /** The files on a document. May be repeated. */
  async attachments({ type, id }: Parent): Promise<Given<DocumentAttachment[]>> {
    const filter = odata`parentType eq ${encodedName(type)} and parentId eq ${odataGuid(id)}`;
    const path = `${await this.#calls.inCompany("documentAttachments")}?${queryParts({ filter }).join("&")}`;
    return this.#calls.rows(path, documentAttachment);
  }

  /**
   * Puts a file on a document unless one of that name is there whole; one whose content never arrived is completed. May be
   * called again after a lost answer, since it looks first.
   */
  async attach(
    parent: Parent,
    file: { name: string; type: string; bytes: Uint8Array<ArrayBuffer> },
  ): Promise<readonly Call[]> {
    const there = await this.attachments(parent);
    const held = there.value.find(({ fileName }) => fileName === file.name);
    if (held && held.byteSize > 0) return there.calls;
    const { value, calls } = held ? { value: held, calls: [] } : await this.#createAttachment(parent, file.name);
    const path = `${await this.#calls.inCompany(`documentAttachments(${guid(value.id)})`)}/attachmentContent`;
    const about = { what: "put a file on it", document: parent.number };
    const { type, bytes } = file;
    const put = await this.#writes.put(path, { type, bytes }, { etag: value["@odata.etag"], about });
    return [...there.calls, ...calls, ...put];
  }

  async #createAttachment({ type, id, number }: Parent, fileName: string): Promise<Given<DocumentAttachment>> {
    const json = { fileName, parentType: encodedName(type), parentId: id };
    const about = { what: "put a file on it", document: number };
    const path = await this.#calls.inCompany("documentAttachments");
    return this.#writes.create(path, json, { schema: documentAttachment, about });
  }
}

/** `contoso/shipping/v1.0/shipments` is the set `shipments` under the route `contoso/shipping/v1.0`. */
export function customRoute(path: string): { route: string; set: string } {
  const end = path.lastIndexOf("/");
  return { route: path.slice(0, end), set: path.slice(end + 1) };
}

function named(values: TrackingValues, names: Readonly<Record<keyof TrackingValues, string>>): Record<string, string> {
  return Object.fromEntries(
    tracked.flatMap((name) => (values[name] === undefined ? [] : [[names[name], values[name]] as const])),
  );
}

/** A custom API has `code`, a published page `Code`. */
function agentIn(row: Readonly<Record<string, unknown>>): ShippingAgent[] {
  const textOf = (...names: string[]) => names.map((name) => row[name]).find((value) => typeof value === "string");
  const code = textOf("code", "Code");
  const name = textOf("displayName", "name", "Name");
  return typeof code === "string" && code !== "" ? [{ code, name: typeof name === "string" ? name : "" }] : [];
}
