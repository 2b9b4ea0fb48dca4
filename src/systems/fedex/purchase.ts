import { z } from "zod";
import type { Created } from "../../connectors/fedex/reply.ts";
import type { CreateRequest } from "../../connectors/fedex/schema.ts";
import { ContractError } from "../../core/errors.ts";
import type { LabelStore } from "../../core/labels.ts";
import { type BoughtDocument, bought } from "../../mappings/fedex/reply.ts";
import type { LabelMemo } from "./label-memo.ts";

const purchase = z.object({
  /** The order's number. */
  document: z.string(),
  reference: z.string(),
  references: z.record(z.string(), z.string()),
  service: z.string(),
  shipDate: z.string(),
  imageType: z.string(),
  pieces: z.number(),
});

/** What is kept of a purchase beside FedEx's answer to it; no personal data. */
export type Purchase = z.infer<typeof purchase>;

/** What a purchase came to. */
export interface Delivered {
  label: LabelMemo;
  /** The labels' files. */
  files: string[];
  /** What a person should know. */
  remarks: string[];
}

/** A purchase as it was kept; undefined when it is none. Pure. */
export function purchaseFrom(about: unknown): Purchase | undefined {
  return purchase.safeParse(about).data;
}

/** What a create call's body is about. Pure. */
export function purchaseOf({ requestedShipment }: CreateRequest, reference: string): Purchase {
  const { serviceType, shipDatestamp, labelSpecification, totalPackageCount, requestedPackageLineItems } =
    requestedShipment;
  const given = requestedPackageLineItems[0]?.customerReferences ?? [];
  const references = Object.fromEntries(
    given.map(({ customerReferenceType, value }) => [customerReferenceType, value]),
  );
  return {
    document: references.P_O_NUMBER ?? reference,
    reference,
    references,
    service: serviceType,
    shipDate: shipDatestamp ?? "",
    imageType: labelSpecification.imageType,
    pieces: totalPackageCount ?? 1,
  };
}

/** Keeps the labels and documents of an answer in files; done again it keeps the same. Throws StateError. */
export async function delivered(labels: LabelStore, { reply }: Created, about: Purchase): Promise<Delivered> {
  const found = bought(reply);
  if (!found) throw new ContractError(`FedEx's answer for ${about.reference} names no shipment.`, { system: "fedex" });
  const { document, reference, references } = about;
  const keep = async (name: string, { base64 }: BoughtDocument) => {
    const bytes = Buffer.from(base64, "base64");
    return bytes.length === 0 ? undefined : labels.keep(document, name, extensionOf(bytes, about.imageType), bytes);
  };
  const pieces: LabelMemo["pieces"] = [];
  for (const { trackingNumber, documents } of found.pieces) {
    const [label, ...others] = [...documents].sort((left, right) => rank(left) - rank(right));
    const file = label && rank(label) === 0 ? await keep(trackingNumber, label) : undefined;
    pieces.push({ trackingNumber, ...(file === undefined ? {} : { file }) });
    const rest = file === undefined ? documents : others;
    for (const [index, one] of rest.entries()) await keep(`${trackingNumber}-${index + 2}`, one);
  }
  for (const [index, one] of found.documents.entries()) await keep(`${found.master}-document-${index + 1}`, one);
  const files = pieces.flatMap(({ file }) => file ?? []);
  const isWhole = files.length > 0 && files.length >= about.pieces && files.length === pieces.length;
  const remarks = isWhole ? [] : [`FedEx's answer has ${files.length} of ${about.pieces} labels`];
  return {
    files,
    remarks: [...remarks, ...found.warnings],
    label: {
      reference,
      master: found.master,
      pieces,
      service: found.service ?? about.service,
      shipDate: found.shipDate ?? about.shipDate,
      ...(found.charge ? { charge: found.charge } : {}),
      references,
      state: isWhole ? "live" : "noLabel",
    },
  };
}

/** Labels first. */
function rank({ contentType }: BoughtDocument): number {
  return contentType === "LABEL" ? 0 : 1;
}

const extensions: Readonly<Record<string, string>> = { PDF: "pdf", PNG: "png", ZPLII: "zpl", EPL2: "epl" };

/** By its bytes where they tell: FedEx may call a document PDF that is none (2.9). */
function extensionOf(bytes: Buffer, imageType: string): string {
  const head = bytes.subarray(0, 4).toString("latin1");
  if (head === "%PDF") return "pdf";
  if (head === "\x89PNG") return "png";
  return extensions[imageType] ?? "bin";
}
