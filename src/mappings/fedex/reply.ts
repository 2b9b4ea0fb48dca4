import type { CreatedShipment, CreateReply, FedExAlert, FedExDocument } from "../../connectors/fedex/schema.ts";
import { decimalOf } from "../../core/decimal.ts";
import type { CivilDate, Money } from "../../core/model.ts";

/** A label or another document of a bought shipment, still in base64. */
export interface BoughtDocument {
  /** `LABEL`, `COMMERCIAL_INVOICE`, …; what FedEx adds too. */
  contentType: string;
  /** `PDF`, `ZPLII`, …; empty where FedEx does not say, and then it is as asked for. */
  docType: string;
  base64: string;
}

/** A package of a bought shipment. */
export interface BoughtPiece {
  /** From 1. */
  sequence: number;
  trackingNumber: string;
  documents: BoughtDocument[];
}

/** What a create call bought. */
export interface Bought {
  /** The number that stands for all pieces. */
  master: string;
  /** May differ from the one that was asked for (2.9). */
  service?: string;
  shipDate?: CivilDate;
  /** For the whole shipment; FedEx may rate it only later. */
  charge?: Money;
  pieces: BoughtPiece[];
  /** Of the shipment as a whole: a commercial invoice. */
  documents: BoughtDocument[];
  /** Warnings as `CODE: text`, each once; FedEx's texts may repeat parts of an address. */
  warnings: string[];
}

/** What a create reply says was bought; undefined when it names no tracking number, and then nobody knows. Pure. */
export function bought({ output }: CreateReply): Bought | undefined {
  const shipment = output?.transactionShipments.find((one) => masterOf(one) !== undefined);
  const master = shipment && masterOf(shipment);
  if (!output || !shipment || master === undefined) return undefined;
  const charge = chargeOf(shipment);
  const date = /^\d{4}-\d\d-\d\d/.exec(shipment.shipDatestamp ?? "")?.[0];
  return {
    master,
    ...(shipment.serviceType ? { service: shipment.serviceType } : {}),
    ...(date === undefined ? {} : { shipDate: date }),
    ...(charge ? { charge } : {}),
    pieces: piecesOf(shipment, master),
    documents: documentsOf(shipment.shipmentDocuments),
    warnings: [...new Set([...output.alerts, ...shipment.alerts].flatMap(warningText))],
  };
}

function masterOf({ masterTrackingNumber, pieceResponses }: CreatedShipment): string | undefined {
  // It equals the first piece's (2.5).
  const numbers = [masterTrackingNumber, ...pieceResponses.map((piece) => piece.trackingNumber)];
  return numbers.find((number) => number != null && number !== "") ?? undefined;
}

function piecesOf({ pieceResponses }: CreatedShipment, master: string): BoughtPiece[] {
  return pieceResponses
    .flatMap(({ trackingNumber, packageSequenceNumber, packageDocuments }, index) => {
      const number = trackingNumber || (pieceResponses.length === 1 ? master : undefined);
      if (number === undefined) return [];
      const sequence = packageSequenceNumber ?? index + 1;
      return [{ sequence, trackingNumber: number, documents: documentsOf(packageDocuments) }];
    })
    .sort((left, right) => left.sequence - right.sequence);
}

/** Those that came with their bytes. */
function documentsOf(documents: readonly FedExDocument[]): BoughtDocument[] {
  return documents.flatMap(({ contentType, docType, encodedLabel }) =>
    encodedLabel ? [{ contentType: contentType ?? "", docType: docType ?? "", base64: encodedLabel }] : [],
  );
}

/** The rate that FedEx bills, for the whole shipment: each piece repeats it, so pieces are never added up (2.9). */
function chargeOf({ completedShipmentDetail }: CreatedShipment): Money | undefined {
  const rating = completedShipmentDetail?.shipmentRating;
  const rate = rating?.shipmentRateDetails.find(({ rateType }) => rateType && rateType === rating.actualRateType);
  if (rate?.totalNetCharge == null || !rate.currency) return undefined;
  return { amount: decimalOf(rate.totalNetCharge), currency: rate.currency };
}

/** A note says nothing that was done to the shipment (2.9). */
function warningText({ alertType, code, message }: FedExAlert): string[] {
  if (alertType === "NOTE") return [];
  const text = [code, message].filter(Boolean).join(": ");
  return text === "" ? [] : [text];
}
