import type { BcClient } from "../../connectors/bc/client.ts";
import { isNoAddress } from "../../connectors/bc/errors.ts";
import type { Found, Lookup } from "../../core/delivery.ts";
import { ContractError } from "../../core/errors.ts";
import { fileNameOf, tellsOf } from "../../mappings/bc/tracking.ts";
import { type Named, namedIn, type TrackingRoute } from "./tracking-payloads.ts";
import { routeNameOf } from "./tracking-steps.ts";

/**
 * Looks up writes whose answers were lost: comments and files by what they say. Fields are written again, which changes
 * nothing where they hold it already.
 */
export async function findTracking(client: BcClient, steps: readonly Lookup[]): Promise<Found[]> {
  const named = steps.map(({ naturalKey }) => namedIn(naturalKey));
  const numbers = named.flatMap((one) => (one ? [one.externalNumber] : []));
  if (numbers.length === 0) return steps.map(() => ({ state: "absent" }));
  const { value: documents } = await client.sales.byExternalNumber(numbers);
  const founds: Found[] = [];
  for (const one of named) {
    const isOurs = ({ externalDocumentNumber }: { externalDocumentNumber: string }) =>
      externalDocumentNumber === one?.externalNumber;
    const parents = [
      ...documents.orders.filter(isOurs).map((row) => ({ type: "Sales Order" as const, ...row })),
      ...documents.invoices.filter(isOurs).map((row) => ({ type: "Sales Invoice" as const, ...row })),
    ];
    founds.push(one ? await findOn(client, one, parents) : { state: "absent" });
  }
  return founds;
}

interface Place {
  type: "Sales Order" | "Sales Invoice";
  id: string;
  number: string;
}

async function findOn(client: BcClient, named: Named, parents: readonly Place[]): Promise<Found> {
  for (const parent of parents) {
    if (await hasComment(client, named, parent)) return present(named, parent, "comment");
    if (await hasFile(client, named, parent)) return present(named, parent, "attachment");
  }
  return { state: "absent" };
}

function present({ shipment }: Named, { number }: Place, route: TrackingRoute): Found {
  return { state: "present", target: number, memo: { [routeNameOf(shipment)]: route } };
}

async function hasComment(client: BcClient, { numbers, isVoid }: Named, { type, id, number }: Place): Promise<boolean> {
  const lines =
    type === "Sales Order"
      ? (await client.sales.salesOrder(id, number))?.value.salesOrderLines
      : (await client.sales.salesInvoice(id, number))?.value.salesInvoiceLines;
  const comments = (lines ?? []).filter(({ lineType }) => lineType === "Comment").map(({ description }) => description);
  return numbers.length > 0 && numbers.every((one) => comments.some((text) => tellsOf(text, one, isVoid)));
}

/** A company that takes no files has none. */
async function hasFile(client: BcClient, { numbers, isVoid }: Named, parent: Place): Promise<boolean> {
  try {
    const { value } = await client.tracking.attachments(parent);
    return value.some(({ fileName, byteSize }) => fileName === fileNameOf(numbers, isVoid) && byteSize > 0);
  } catch (error) {
    if (error instanceof ContractError && isNoAddress(error)) return false;
    throw error;
  }
}
