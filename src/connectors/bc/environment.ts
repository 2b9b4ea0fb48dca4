import { z } from "zod";
import { Secret } from "../../core/secret.ts";

const text = z.string().default("");

/** A company of the environment (BC, 2.1). */
export const company = z.object({ id: z.string().min(1), name: z.string().min(1), displayName: text });
export type Company = z.infer<typeof company>;

/** A code with its id: a location. */
export const coded = z.object({ id: z.string().min(1), code: z.string(), displayName: text });
export type Coded = z.infer<typeof coded>;

/** A webhook subscription; its `clientState` is a secret (BC, 7), and not every answer need have it. */
export const subscription = z.object({
  subscriptionId: z.string().min(1),
  "@odata.etag": z.string().min(1),
  notificationUrl: text,
  resource: text,
  clientState: z
    .string()
    .transform((text) => new Secret(text))
    .optional(),
  expirationDateTime: z.string().optional(),
});
export type Subscription = z.infer<typeof subscription>;

/** A row of the customer's own page, or of a page that is published as an OData service: whatever fields it has. */
export const foreignRow = z.looseObject({ "@odata.etag": z.string().min(1) });
export type ForeignRow = z.infer<typeof foreignRow>;
