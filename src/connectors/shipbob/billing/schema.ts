import { z } from "zod";

/** Absent, null and empty are one. */
const text = z
  .union([z.string(), z.number()])
  .nullish()
  .transform((value) => (value === null || value === undefined ? "" : String(value)));
const amount = z
  .number()
  .nullish()
  .transform((value) => value ?? 0);

/** An invoice (8); its date's zone is not told, so it is a day and no instant. */
export const invoice = z.object({
  invoice_id: z.number().int(),
  invoice_date: text,
  invoice_type: text,
  amount,
  currency_code: text,
});
export type Invoice = z.infer<typeof invoice>;

/** One thing charged or given back (8). Enumerations are open; what is given back is negative. */
export const transaction = z.object({
  transaction_id: z.string().min(1),
  amount,
  currency_code: text,
  charge_date: text,
  transaction_fee: text,
  transaction_type: text,
  reference_id: text,
  reference_type: text,
  /** Empty until it is invoiced. */
  invoice_id: text,
  taxes: z
    .array(z.object({ tax_amount: amount }))
    .nullish()
    .transform((value) => value ?? []),
});
export type Transaction = z.infer<typeof transaction>;
