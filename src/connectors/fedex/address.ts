import { z } from "zod";

const at = (max: number) => z.string().trim().min(1).max(max);

/** The digits of a phone number. Pure. */
export function phoneDigits(phone: string): string {
  return phone.replace(/\D/g, "");
}

/** Whether FedEx takes a phone number: 10 to 15 digits, in the US and Canada exactly 10 after an optional 1 (2.2). Pure. */
export function isPhone(phone: string, country: string): boolean {
  const digits = phoneDigits(phone);
  if (isNorthAmerican(country)) return /^1?\d{10}$/.test(digits);
  return /^\d{10,15}$/.test(digits);
}

/** Whether a country's addresses need a state of two letters (2.2). Pure. */
export function needsState(country: string): boolean {
  return isNorthAmerican(country) || country === "PR";
}

/** Whether a postal code is one of the country's, as far as its form is known here. Pure. */
export function isPostalCode(postalCode: string, country: string): boolean {
  if (country === "US" || country === "PR") return /^\d{5}(-?\d{4})?$/.test(postalCode);
  if (country === "CA") return /^[A-Z]\d[A-Z][ -]?\d[A-Z]\d$/i.test(postalCode);
  return postalCode.length <= 10;
}

function isNorthAmerican(country: string): boolean {
  return country === "US" || country === "CA";
}

/** Where parcels leave from, within FedEx's limits (2.2). */
export const shipFromAddress = z
  .strictObject({
    name: at(70).optional(),
    company: at(35).optional(),
    phone: at(25),
    email: at(80).optional(),
    street1: at(35),
    street2: at(35).optional(),
    city: at(35),
    state: z
      .string()
      .trim()
      .toUpperCase()
      .regex(/^[A-Z]{2}$/, "must be two letters, like TN")
      .optional(),
    postalCode: at(10).optional(),
    country: z
      .string()
      .trim()
      .toUpperCase()
      .regex(/^[A-Z]{2}$/, "must be two letters, like US"),
  })
  .superRefine(({ name, company, phone, state, postalCode, country }, context) => {
    const refuse = (field: string, message: string) =>
      context.addIssue({ code: "custom", path: [field], message, input: undefined });
    if (name === undefined && company === undefined) refuse("name", "is required where there is no company");
    if (!isPhone(phone, country)) refuse("phone", phoneRule(country));
    if (needsState(country) && state === undefined) refuse("state", `is required in ${country}: two letters`);
    if (needsState(country) && postalCode === undefined) refuse("postalCode", `is required in ${country}`);
    if (postalCode !== undefined && !isPostalCode(postalCode, country)) {
      refuse("postalCode", `is not a postal code of ${country}`);
    }
  });

/** Where parcels leave from, parsed. */
export type ShipFromAddress = z.infer<typeof shipFromAddress>;

function phoneRule(country: string): string {
  return isNorthAmerican(country) ? `must have 10 digits in ${country}` : "must have 10 to 15 digits";
}
