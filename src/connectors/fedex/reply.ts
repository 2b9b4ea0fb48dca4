import { z } from "zod";
import { parseJson } from "../../core/http/json-text.ts";
import {
  type CreatedShipment,
  type CreateReply,
  createReplySchema,
  type TrackResult,
  trackReplySchema,
  trackResultSchema,
} from "./schema.ts";

/** A create call's answer that names a shipment. */
export interface Created {
  reply: CreateReply;
  shipment: CreatedShipment;
  /** The shipment's number: the master's, which is also the first piece's (2.5). */
  trackingNumber: string;
}

/** What a create call's answer names; undefined without a tracking number, since that alone proves a shipment (8.3). Pure. */
export function createdIn(body: unknown): Created | undefined {
  const reply = createReplySchema.safeParse(body).data;
  for (const shipment of reply?.output?.transactionShipments ?? []) {
    const numbers = [shipment.masterTrackingNumber, ...shipment.pieceResponses.map((piece) => piece.trackingNumber)];
    const trackingNumber = numbers.find((number) => number);
    if (reply && trackingNumber) return { reply, shipment, trackingNumber };
  }
  return undefined;
}

/** The same of an answer's bytes as they were kept; undefined when they are not whole. Pure. */
export function createdInBytes(raw: Uint8Array): Created | undefined {
  try {
    return createdIn(parseJson(new TextDecoder().decode(raw)));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** All that FedEx knows under one number. */
export interface TrackedNumber {
  trackingNumber: string;
  /** Several for one number are normal; a failure of the number alone is one with `error` (4.1). */
  results: TrackResult[];
}

const listed = z.looseObject({ output: z.looseObject({ completeTrackResults: z.array(z.unknown()) }) });

/** What a look-up found, number by number; undefined when the answer has no such list. Pure. */
export function trackedIn(body: unknown): TrackedNumber[] | undefined {
  if (!listed.safeParse(body).success) return undefined;
  const results = trackReplySchema.parse(body).output?.completeTrackResults ?? [];
  return results.map(({ trackingNumber, trackResults }) => ({
    trackingNumber: trackingNumber ?? trackResults[0]?.trackingNumberInfo?.trackingNumber ?? "",
    results: trackResults,
  }));
}

/** An error that stands for one parcel, as a result of its own. Pure. */
export function failedResult(error: { code?: string; message?: string }): TrackResult {
  return trackResultSchema.parse({ error });
}
