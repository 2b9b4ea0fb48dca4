/** The create call's body as far as this FedEx reads it; unknown members are passed over (FedEx, 2.1 to 2.6). */

import { z } from "zod";
import { invalidInput, type Problem } from "./replies.ts";

// FedEx's own samples quote numbers where its schema says string (FedEx, 2.4).
const text = z.union([z.string(), z.number().transform(String)]);
const money = z.object({ amount: z.number().optional(), currency: text.optional() });
const weight = z.object({ units: text.optional(), value: z.number().optional() });

const party = z.object({
  contact: z
    .object({
      personName: text.optional(),
      companyName: text.optional(),
      phoneNumber: text.optional(),
      phoneExtension: text.optional(),
      emailAddress: text.optional(),
    })
    .optional(),
  address: z
    .object({
      streetLines: z.array(text).optional(),
      city: text.optional(),
      stateOrProvinceCode: text.optional(),
      postalCode: text.optional(),
      countryCode: text.optional(),
      residential: z.boolean().optional(),
    })
    .optional(),
});

const payment = z.object({
  paymentType: text.optional(),
  payor: z
    .object({
      responsibleParty: z.object({ accountNumber: z.object({ value: text.optional() }).optional() }).optional(),
    })
    .optional(),
});

const lineItem = z.object({
  weight: weight.optional(),
  dimensions: z
    .object({
      length: z.number().optional(),
      width: z.number().optional(),
      height: z.number().optional(),
      units: text.optional(),
    })
    .optional(),
  groupPackageCount: z.number().optional(),
  subPackagingType: text.optional(),
  declaredValue: money.optional(),
  customerReferences: z.array(z.object({ customerReferenceType: text.optional(), value: text.optional() })).optional(),
});

const commodity = z.object({
  description: text.optional(),
  countryOfManufacture: text.optional(),
  quantity: z.number().optional(),
  quantityUnits: text.optional(),
  numberOfPieces: z.number().optional(),
  unitPrice: money.optional(),
  customsValue: money.optional(),
  weight: weight.optional(),
  harmonizedCode: text.optional(),
});

const requestedShipment = z.object({
  shipper: party.optional(),
  recipients: z.array(party).optional(),
  shipDatestamp: text.optional(),
  serviceType: text.optional(),
  packagingType: text.optional(),
  pickupType: text.optional(),
  shippingChargesPayment: payment.optional(),
  labelSpecification: z
    .object({
      imageType: text.optional(),
      labelStockType: text.optional(),
      labelFormatType: text.optional(),
      resolution: z.number().optional(),
    })
    .optional(),
  rateRequestType: z.array(text).optional(),
  totalWeight: z.number().optional(),
  totalDeclaredValue: money.optional(),
  smartPostInfoDetail: z.object({ hubId: text.optional(), indicia: text.optional() }).optional(),
  shippingDocumentSpecification: z.unknown().optional(),
  customsClearanceDetail: z
    .object({
      commodities: z.array(commodity).optional(),
      commercialInvoice: z.object({ shipmentPurpose: text.optional(), termsOfSale: text.optional() }).optional(),
      dutiesPayment: payment.optional(),
      totalCustomsValue: money.optional(),
    })
    .optional(),
  requestedPackageLineItems: z.array(lineItem).optional(),
});

const createBody = z.object({
  accountNumber: z.object({ value: text.optional() }).optional(),
  labelResponseOptions: text.optional(),
  processingOptionType: text.optional(),
  oneLabelAtATime: z.boolean().optional(),
  requestedShipment: requestedShipment.optional(),
});

/** The create call's body. */
export type CreateInput = z.infer<typeof createBody>;
/** Its middle. */
export type ShipmentInput = z.infer<typeof requestedShipment>;
/** The shipper or a recipient. */
export type PartyInput = z.infer<typeof party>;
/** A package line. */
export type LineInput = z.infer<typeof lineItem>;
/** Who pays. */
export type PaymentInput = z.infer<typeof payment>;

/** Reads a body, or says which of its members are of a wrong type. */
export function readCreate(body: unknown): { input: CreateInput } | { problems: Problem[] } {
  const parsed = createBody.safeParse(body);
  if (parsed.success) return { input: parsed.data };
  return {
    problems: parsed.error.issues.map(({ path, message }) => invalidInput(path.join("."), message)),
  };
}

/** Paths of all empty members: FedEx wants them left out (FedEx, 1.4). */
export function emptyPaths(value: unknown, path = ""): string[] {
  if (value === null || value === "") return [path];
  if (typeof value !== "object") return [];
  const members = Object.entries(value);
  if (members.length === 0) return [path];
  return members.flatMap(([name, member]) => emptyPaths(member, path === "" ? name : `${path}.${name}`));
}
