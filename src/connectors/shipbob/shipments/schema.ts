import { z } from "zod";

/** Absent, null and empty are one. */
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? "");

const trackedEvent = z.object({
  timestamp: text,
  status: text,
  substatus: text,
  message: text,
  carrier_message: text,
  location: text,
});

/** What a shipment's carrier says of it (5.5); enumerations are open. */
export const trackedShipment = z.object({
  shipment_id: z.number().int(),
  tracking_id: text,
  carrier_tracking_number: text,
  status: text,
  substatus: text,
  message: text,
  carrier_message: text,
  location: text,
  last_updated: text,
  history: z.array(trackedEvent).nullish(),
});
export type TrackedShipment = z.infer<typeof trackedShipment>;

/** One thing that happened to a shipment (5.5). */
export const timelineEvent = z.object({ log_type_id: z.number().int().nullish(), timestamp: text });
export type TimelineEvent = z.infer<typeof timelineEvent>;

/** An order as a list has it: read no further, so that one that cannot be read fails alone. */
export const orderRow = z.looseObject({ id: z.number().int() });
export type OrderRow = z.infer<typeof orderRow>;

/** What became of the flag of each shipment; the answer is 200 even when items fail (5.6). */
export const uploadResults = z.object({
  results: z
    .array(
      z.object({
        shipmentId: z.number().int(),
        isSuccess: z.boolean().nullish(),
        error: z.object({ code: text, message: text }).nullish(),
      }),
    )
    .nullish(),
});

/** A fulfilment centre, as far as its clock goes. */
export const clockPlace = z.object({ id: z.number().int(), timezone: text });
export type ClockPlace = z.infer<typeof clockPlace>;
