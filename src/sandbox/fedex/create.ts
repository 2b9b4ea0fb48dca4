/** Makes a shipment of a call that nothing speaks against: each time a new one (FedEx, 8). */

import type { Account } from "./account.ts";
import { services } from "./catalogue.ts";
import type { CreateInput, LineInput, PartyInput } from "./input.ts";
import { labelOf } from "./label.ts";
import type { Charge, Party, PieceRow, Reference, ShipmentRow } from "./rows.ts";
import { isInternational } from "./rules.ts";

/** A call to create, read and found good. */
export interface CreateCall {
  input: CreateInput;
  /** As it was sent. */
  body: unknown;
  customerTransactionId: string | null;
}

/** Puts the shipment into the books. */
export function createShipment(account: Account, { input, body, customerTransactionId }: CreateCall): ShipmentRow {
  const { requestedShipment = {} } = input;
  const { shipper, recipients, labelSpecification, shipDatestamp = "", serviceType = "" } = requestedShipment;
  const shipment: ShipmentRow = {
    masterTrackingNumber: "",
    accountNumber: account.setup.accountNumber,
    status: "live",
    closed: false,
    createdAt: account.now(),
    shipDate: latest(shipDatestamp, account.today()),
    serviceType: upgraded(account, serviceType),
    packagingType: requestedShipment.packagingType ?? "",
    shipper: partyOf(account, shipper),
    recipient: partyOf(account, recipients?.[0]),
    pieces: [],
    imageType: labelSpecification?.imageType ?? "",
    labelAs: input.labelResponseOptions === "URL_ONLY" ? "URL_ONLY" : "LABEL",
    isInternational: isInternational(requestedShipment),
    withInvoiceDocument: requestedShipment.shippingDocumentSpecification !== undefined,
    withListRates: requestedShipment.rateRequestType?.includes("LIST") ?? false,
    ...(customerTransactionId !== null && { customerTransactionId }),
    request: body,
  };
  const lines = requestedShipment.requestedPackageLineItems ?? [];
  for (const line of lines)
    for (let copy = 0; copy < (line.groupPackageCount ?? 1); copy += 1) addPiece(account, shipment, line);
  shipment.masterTrackingNumber = shipment.pieces[0]?.trackingNumber ?? "";
  if (requestedShipment.shippingChargesPayment?.paymentType === "SENDER" && account.switches.rating === "shown")
    shipment.charge = chargeOf(shipment);
  account.add(shipment);
  account.record("create", shipment);
  return shipment;
}

/** A date of the past counts as today (FedEx, 2.2). */
function latest(...dates: string[]): string {
  return dates.toSorted().at(-1) ?? "";
}

function upgraded({ switches }: Account, serviceType: string): string {
  const service = services.get(serviceType);
  const isDomesticExpress = service?.category === "EXPRESS" && service.reach === "domestic";
  return isDomesticExpress ? (switches.upgradedService ?? serviceType) : serviceType;
}

function partyOf(account: Account, { contact, address }: PartyInput = {}): Party {
  const printed = (text: string) =>
    account.switches.nonAscii === "questionMarks" ? text.replace(/[^ -~]/g, "?") : text;
  return {
    ...(contact?.personName !== undefined && { personName: printed(contact.personName) }),
    ...(contact?.companyName !== undefined && { companyName: printed(contact.companyName) }),
    ...(contact?.phoneNumber !== undefined && { phoneNumber: contact.phoneNumber }),
    streetLines: (address?.streetLines ?? []).slice(0, 3).map(printed),
    city: printed(address?.city ?? ""),
    stateOrProvinceCode: address?.stateOrProvinceCode,
    postalCode: address?.postalCode,
    countryCode: address?.countryCode ?? "",
    residential: address?.residential ?? false,
  };
}

function addPiece(account: Account, shipment: ShipmentRow, line: LineInput): void {
  const trackingNumber = account.nextNumber();
  const references: Reference[] = (line.customerReferences ?? []).map(({ customerReferenceType = "", value = "" }) => ({
    customerReferenceType,
    value,
  }));
  const { weight, dimensions } = line;
  const piece: PieceRow = {
    trackingNumber,
    uniqueId: `${shipment.shipDate.replaceAll("-", "")}000~${trackingNumber}~FDEG`,
    sequence: shipment.pieces.length + 1,
    weight: { units: weight?.units === "KG" ? "KG" : "LB", value: weight?.value ?? 0 },
    // Any unit but CM, a missing one too, is inches (FedEx, 2.3).
    ...(dimensions && {
      dimensions: {
        length: dimensions.length ?? 0,
        width: dimensions.width ?? 0,
        height: dimensions.height ?? 0,
        units: dimensions.units === "CM" ? "CM" : "IN",
      },
    }),
    references,
    scans: [{ at: account.now(), code: "OC", place: shipment.shipper }],
    label: "",
  };
  piece.label = labelOf(shipment.imageType, labelLines(shipment, piece));
  shipment.pieces.push(piece);
}

function labelLines({ serviceType, recipient }: ShipmentRow, { trackingNumber, references }: PieceRow): string[] {
  const names: Record<string, string> = { CUSTOMER_REFERENCE: "REF", P_O_NUMBER: "PO", INVOICE_NUMBER: "INV" };
  return [
    `FedEx (simulated) ${serviceType}`,
    `TRK# ${trackingNumber}`,
    recipient.companyName ?? recipient.personName ?? "",
    ...recipient.streetLines,
    `${recipient.city} ${recipient.stateOrProvinceCode ?? ""} ${recipient.postalCode ?? ""} ${recipient.countryCode}`,
    ...references.map(({ customerReferenceType: type, value }) => `${names[type] ?? type}: ${value}`),
  ];
}

function chargeOf({ serviceType, pieces, recipient }: ShipmentRow): Charge {
  const [base, perPound] = services.get(serviceType)?.rate ?? [10, 1];
  const pounds = (piece: PieceRow) => Math.ceil(piece.weight.value * (piece.weight.units === "KG" ? 2.20462 : 1));
  const freight = pieces.reduce((sum, piece) => sum + Math.round((base + perPound * pounds(piece)) * 100), 0);
  const list = freight + (recipient.residential ? 595 * pieces.length : 0);
  return { currency: "USD", list, account: Math.round(list * 0.78) };
}
