import { z } from "zod";

// FedEx's answers differ from its own specification in spelling and in types (FedEx, 10), and a label that was bought must not
// be lost over a member that only informs: what does not fit is absent, and only tracking numbers decide.

const text = z
  .union([z.string(), z.number().transform(String)])
  .nullish()
  .catch(undefined);
const number = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^-?\d+(\.\d+)?$/)
      .transform(Number),
  ])
  .nullish()
  .catch(undefined);
const flag = z
  .union([z.boolean(), z.stringbool({ truthy: ["true"], falsy: ["false"] })])
  .nullish()
  .catch(undefined);

/** A list that may be absent, or one entry alone. */
function list<T extends z.ZodType>(item: T) {
  const entries = (value: unknown) => (Array.isArray(value) ? value : [value]).filter((entry) => entry != null);
  const fitting = item.nullish().catch(undefined);
  return z
    .preprocess(entries, z.array(fitting))
    .transform((found) => found.filter((entry): entry is NonNullable<typeof entry> => entry != null));
}

function part<T extends z.ZodRawShape>(shape: T) {
  return z.looseObject(shape).nullish().catch(undefined);
}

const parameterSchema = z.looseObject({ key: text, value: text });

/** One of FedEx's errors, wherever it stands (7). */
export const fedexErrorSchema = z.looseObject({ code: text, message: text, parameterList: list(parameterSchema) });

/** Something FedEx did or wants to be known; an alert may be a text alone (4.1). */
export const alertSchema = z.preprocess(
  (value) => (typeof value === "string" ? { message: value } : value),
  z.looseObject({ code: text, message: text, alertType: text, parameterList: list(parameterSchema) }),
);

/** A label or another document (2.9). */
const documentSchema = z.looseObject({
  contentType: text,
  docType: text,
  copiesToPrint: number,
  encodedLabel: text,
  url: text,
  alerts: list(alertSchema),
});

/** One package of a shipment with its number and label (2.9). */
const pieceSchema = z.looseObject({
  trackingNumber: text,
  packageSequenceNumber: number,
  packageDocuments: list(documentSchema),
});

const rateSchema = z.looseObject({
  rateType: text,
  currency: text,
  totalBaseCharge: number,
  totalSurcharges: number,
  totalNetFedExCharge: number,
  totalNetCharge: number,
  totalDutiesTaxesAndFees: number,
});

/** A shipment as the create call answers it (2.9). */
const createdSchema = z.looseObject({
  masterTrackingNumber: text,
  serviceType: text,
  serviceName: text,
  serviceCategory: text,
  shipDatestamp: text,
  pieceResponses: list(pieceSchema),
  shipmentDocuments: list(documentSchema),
  completedShipmentDetail: part({
    shipmentRating: part({ actualRateType: text, shipmentRateDetails: list(rateSchema) }),
    operationalDetail: part({ deliveryDate: text, transitTime: text }),
  }),
  alerts: list(alertSchema),
});

const envelope = { transactionId: text, customerTransactionId: text, errors: list(fedexErrorSchema) };

/** The answer to a create call, an asynchronous one's `jobId` included (2.9). */
export const createReplySchema = z.looseObject({
  ...envelope,
  output: part({
    transactionShipments: list(createdSchema),
    alerts: list(alertSchema),
    cxsErrors: list(fedexErrorSchema),
    jobId: text,
  }),
});

/** The answer to a validation: a success is the alert `SHIPMENT.VALIDATION.SUCCESS` (2). */
export const validateReplySchema = z.looseObject({
  ...envelope,
  output: part({ alerts: list(alertSchema), cxsErrors: list(fedexErrorSchema) }),
});

/** The answer to a cancel; its text is `message` in the schema and `successMessage` in samples (2.10). */
export const cancelReplySchema = z.looseObject({
  ...envelope,
  output: part({
    cancelledShipment: flag,
    cancelledHistory: flag,
    message: text,
    successMessage: text,
    alerts: list(alertSchema),
    cxsErrors: list(fedexErrorSchema),
  }),
});

const placeSchema = part({
  city: text,
  stateOrProvinceCode: text,
  postalCode: text,
  countryCode: text,
  residential: flag,
});

const delaySchema = part({ type: text, subType: text, status: text });

/** A scan; `date` may lack its offset, and `eventType` is finer than `derivedStatusCode` (4.1). */
const scanSchema = z.looseObject({
  date: text,
  eventType: text,
  eventDescription: text,
  exceptionCode: text,
  exceptionDescription: text,
  derivedStatusCode: text,
  derivedStatus: text,
  scanLocation: placeSchema,
  locationId: text,
  locationType: text,
  delayDetail: delaySchema,
});

const statusSchema = part({
  code: text,
  derivedCode: text,
  statusByLocale: text,
  description: text,
  scanLocation: placeSchema,
  ancillaryDetails: list(
    z.looseObject({ reason: text, reasonDescription: text, action: text, actionDescription: text }),
  ),
  delayDetail: delaySchema,
});

/** A reference that a parcel carries: `values[]` in live answers, `value` in the schema (4.1). */
const identifierSchema = z
  .looseObject({ type: text, value: list(text), values: list(text) })
  .transform(({ type, value, values }) => ({ type, values: [...value, ...values].filter((entry) => entry != null) }));

/** What FedEx knows of one parcel; several for one number are normal, and each may be an error of its own (4.1). */
export const trackResultSchema = z.looseObject({
  trackingNumberInfo: part({ trackingNumber: text, trackingNumberUniqueId: text, carrierCode: text }),
  additionalTrackingInfo: part({ packageIdentifiers: list(identifierSchema), hasAssociatedShipments: flag }),
  latestStatusDetail: statusSchema,
  scanEvents: list(scanSchema),
  dateAndTimes: list(z.looseObject({ type: text, dateTime: text })),
  deliveryDetails: part({
    receivedByName: text,
    signedByName: text,
    locationType: text,
    deliveryAttempts: text,
    actualDeliveryAddress: placeSchema,
  }),
  recipientInformation: part({ address: placeSchema }),
  packageDetails: part({ count: text, sequenceNumber: text }),
  serviceDetail: part({ type: text, description: text }),
  returnDetail: part({ authorizationName: text }),
  error: part({ code: text, message: text }),
});

/** The answer to a look-up by number or by reference (4.1, 4.3). */
export const trackReplySchema = z.looseObject({
  ...envelope,
  output: part({
    completeTrackResults: list(z.looseObject({ trackingNumber: text, trackResults: list(trackResultSchema) })),
    alerts: list(alertSchema),
    cxsErrors: list(fedexErrorSchema),
  }),
});

/** One of FedEx's errors, wherever it stood. */
export type FedExError = z.infer<typeof fedexErrorSchema>;
/** An alert of an answer; `WARNING` may mean that FedEx changed the address. */
export type FedExAlert = z.infer<typeof alertSchema>;
/** A label or another document, base64 in `encodedLabel`. */
export type FedExDocument = z.infer<typeof documentSchema>;
/** One package of a created shipment. */
/** One rate of a created shipment; the one that counts has the rating's `actualRateType`. */
/** A created shipment with its pieces. */
export type CreatedShipment = z.infer<typeof createdSchema>;
/** The answer to a create call. */
export type CreateReply = z.infer<typeof createReplySchema>;
/** The answer to a cancel call. */
export type CancelReply = z.infer<typeof cancelReplySchema>;
/** The answer to a look-up. */
export type TrackReply = z.infer<typeof trackReplySchema>;
/** What FedEx knows of one parcel. */
export type TrackResult = z.infer<typeof trackResultSchema>;
/** One scan of a parcel. */
export type FedExScan = z.infer<typeof scanSchema>;

export type { ShipFromAddress } from "./address.ts";
// What a request may hold, for those who make one.
export { isPhone, isPostalCode, needsState, phoneDigits } from "./address.ts";
export type * from "./requests.ts";
