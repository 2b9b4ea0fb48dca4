/** What is refused of an address or a contact (FedEx, 2.2 and 7). */

import type { PartyInput } from "./input.ts";
import { invalidInput, type Problem } from "./replies.ts";

/** Which end of the shipment. */
export type Role = "shipper" | "recipients";

/** Countries without postal codes, as far as tests need them. */
const withoutPostalCodes = ["AE", "BS", "HK", "PA", "QA"];
const withStates = ["US", "CA", "PR"];

/** Everything that is wrong with one end. */
export function partyProblems(role: Role, party: PartyInput): Problem[] {
  return [...addressProblems(role, party), ...contactProblems(role, party), ...phoneProblems(role, party)];
}

/** Whether the phone of a party is one that FedEx can use. */
export function phoneIsGood({ contact, address }: PartyInput): boolean {
  const phone = contact?.phoneNumber ?? "";
  return ["US", "CA"].includes(address?.countryCode ?? "")
    ? /^(\+?1)?\d{10}$/.test(phone)
    : /^\+?\d{10,15}$/.test(phone);
}

function addressProblems(role: Role, { address = {} }: PartyInput): Problem[] {
  const { streetLines = [], city = "", stateOrProvinceCode: state, countryCode = "" } = address;
  const problems: Problem[] = [];
  const field = (name: string) => `requestedShipment.${role}.address.${name}`;
  if (streetLines.length === 0) problems.push(invalidInput(field("streetLines"), "A street line is required."));
  if (streetLines.some((line) => line.length > 35))
    problems.push({ code: "STREETLINES.TOO.LONG", message: "A street line has at most 35 characters." });
  if (city === "" || city.length > 35) problems.push(invalidInput(field("city"), "The city has 1 to 35 characters."));
  if (!/^[A-Z]{2}$/.test(countryCode)) problems.push(invalidInput(field("countryCode"), "Two capital letters."));
  const stateIsGood = state === undefined ? !withStates.includes(countryCode) : /^[A-Z]{2}$/.test(state);
  if (!stateIsGood)
    problems.push({
      code: `${role.toUpperCase()}.STATEORPROVINCECODE.INVALID`,
      message: "The state or province code has two letters.",
    });
  return [...problems, ...postalProblems(countryCode, address.postalCode)];
}

function postalProblems(countryCode: string, postalCode: string | undefined): Problem[] {
  if (postalCode === undefined)
    return withoutPostalCodes.includes(countryCode)
      ? []
      : [{ code: "POSTALCODE.ZIPCODE.REQUIRED", message: "The postal code is required." }];
  const shapes: Record<string, RegExp> = {
    US: /^\d{5}(-?\d{4})?$/,
    PR: /^\d{5}(-?\d{4})?$/,
    CA: /^[A-Z]\d[A-Z] ?\d[A-Z]\d$/,
    DE: /^\d{5}$/,
  };
  const shape = (Object.hasOwn(shapes, countryCode) ? shapes[countryCode] : undefined) ?? /^.{1,10}$/;
  return shape.test(postalCode)
    ? []
    : [{ code: "COUNTRY.POSTALCODEORZIP.INVALID", message: "The postal code does not fit the country." }];
}

function contactProblems(role: Role, { contact = {} }: PartyInput): Problem[] {
  const { personName, companyName } = contact;
  const field = (name: string) => `requestedShipment.${role}.contact.${name}`;
  const problems: Problem[] = [];
  if (personName === undefined && companyName === undefined)
    problems.push(invalidInput(field("personName"), "A person or a company is required."));
  const limits = { personName: 70, companyName: 35, phoneExtension: 6, emailAddress: 80 } as const;
  for (const [name, limit] of Object.entries(limits)) {
    const value = Object.entries(contact).find(([key]) => key === name)?.[1];
    if (value !== undefined && value.length > limit)
      problems.push(invalidInput(field(name), `At most ${limit} characters.`));
  }
  return problems;
}

function phoneProblems(role: Role, party: PartyInput): Problem[] {
  const phone = party.contact?.phoneNumber ?? "";
  if (phoneIsGood(party)) return [];
  if (phone.replace(/\D/g, "").length > 15)
    return [{ code: "PHONENUMBER.TOO.LONG", message: "A phone number has at most 15 digits." }];
  const message = "A phone number has 10 to 15 digits, in the US and Canada exactly 10.";
  return role === "recipients"
    ? [{ code: "RECIPIENTCONTACT.PHONENUMBER.INVALID", message }]
    : [invalidInput("requestedShipment.shipper.contact.phoneNumber", message)];
}
