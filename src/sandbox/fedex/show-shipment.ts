/** The reply to a created shipment (FedEx, 2.9). */

import type { Account } from "./account.ts";
import { citiesByPostalCode, services } from "./catalogue.ts";
import { pdfOf } from "./label.ts";
import { phoneIsGood } from "./party-rules.ts";
import type { Alert } from "./replies.ts";
import type { PieceRow, ShipmentRow } from "./rows.ts";
import { addDays } from "./zones.ts";

/** The entry of `transactionShipments[]`; link labels lie under `origin`. */
export function showShipment({ switches }: Account, shipment: ShipmentRow, origin: string): object {
  const { masterTrackingNumber, serviceType, shipDate, pieces } = shipment;
  const service = services.get(serviceType);
  const isNumbered = switches.createReply === "whole";
  return {
    ...(isNumbered && { masterTrackingNumber }),
    serviceType,
    serviceName: service?.name ?? serviceType,
    serviceCategory: service?.category ?? "EXPRESS",
    shipDatestamp: shipDate,
    pieceResponses: isNumbered
      ? pieces.map((piece) => showPiece({ shipment, piece, origin, docType: docTypeOf(switches, shipment) }))
      : [],
    shipmentDocuments: shipment.withInvoiceDocument ? [invoiceOf(shipment)] : [],
    completedShipmentDetail: {
      usDomestic: !shipment.isInternational,
      carrierCode: service?.carrierCode ?? "FDXE",
      ...(isNumbered && {
        masterTrackingId: { trackingIdType: idType(shipment), trackingNumber: masterTrackingNumber },
      }),
      ...(shipment.charge && { shipmentRating: ratingOf(shipment) }),
      operationalDetail: { deliveryDate: addDays(shipDate, service?.days ?? 3), transitTime: "" },
    },
    alerts: alertsOf(switches, shipment),
  };
}

function docTypeOf({ docType }: Account["switches"], { imageType }: ShipmentRow): string {
  return docType === "PDF" ? "PDF" : imageType;
}

function idType({ serviceType }: ShipmentRow): string {
  const category = services.get(serviceType)?.category;
  return category === "GROUND" ? "GROUND" : category === "SMARTPOST" ? "USPS" : "EXPRESS";
}

interface Shown {
  shipment: ShipmentRow;
  piece: PieceRow;
  origin: string;
  docType: string;
}

function showPiece({ shipment, piece, origin, docType }: Shown): object {
  const { trackingNumber, sequence, references, label } = piece;
  return {
    masterTrackingNumber: shipment.masterTrackingNumber,
    trackingNumber,
    packageSequenceNumber: sequence,
    trackingIdType: idType(shipment),
    // Each piece repeats the total of the shipment (FedEx, 2.9).
    ...(shipment.charge && {
      netRateAmount: shipment.charge.account / 100,
      baseRateAmount: shipment.charge.account / 100,
      netChargeAmount: 0,
      netDiscountAmount: 0,
      additionalChargesDiscount: 0,
    }),
    customerReferences: references,
    packageDocuments: [
      {
        contentType: "LABEL",
        docType,
        copiesToPrint: 1,
        trackingNumber,
        ...(shipment.labelAs === "LABEL" ? { encodedLabel: label } : { url: `${origin}/document/${trackingNumber}` }),
        alerts: [],
      },
    ],
  };
}

function ratingOf({ charge, withListRates }: ShipmentRow): object | undefined {
  if (!charge) return undefined;
  const detail = (rateType: string, cents: number) => ({
    rateType,
    currency: charge.currency,
    totalBaseCharge: charge.list / 100,
    totalSurcharges: 0,
    totalNetFedExCharge: cents / 100,
    totalNetCharge: cents / 100,
    totalDutiesTaxesAndFees: 0,
  });
  return {
    actualRateType: "PAYOR_ACCOUNT_SHIPMENT",
    // The list price comes first, so that the first entry is not what was asked.
    shipmentRateDetails: [
      ...(withListRates ? [detail("PAYOR_LIST_SHIPMENT", charge.list)] : []),
      detail("PAYOR_ACCOUNT_SHIPMENT", charge.account),
    ],
  };
}

function invoiceOf({ masterTrackingNumber, shipDate }: ShipmentRow): object {
  const encodedLabel = pdfOf(["Commercial invoice (simulated)", masterTrackingNumber, shipDate]).toString("base64");
  return { contentType: "COMMERCIAL_INVOICE", docType: "PDF", copiesToPrint: 1, encodedLabel };
}

function alertsOf(switches: Account["switches"], { recipient }: ShipmentRow): Alert[] {
  const known = recipient.countryCode === "US" ? citiesByPostalCode.get(recipient.postalCode?.slice(0, 5) ?? "") : "";
  const isMismatch = known ? known.toLowerCase() !== recipient.city.toLowerCase() : false;
  const { phoneNumber = "", countryCode } = recipient;
  const hasPhone = phoneIsGood({ contact: { phoneNumber }, address: { countryCode } });
  const warning = (code: string, message: string): Alert => ({ code, message, alertType: "WARNING" });
  return [
    ...(isMismatch || switches.postalCityWarning
      ? [warning("SHIP.RECIPIENT.POSTALCITY.MISMATCH", "Recipient postal-city mismatch.")]
      : []),
    ...(hasPhone ? [] : [warning("RECIPIENTCONTACT.PHONENUMBER.INVALID", "The recipient's phone number is invalid.")]),
  ];
}
