import type { FedExParty } from "../../connectors/fedex/schema.ts";
import type { Address } from "../../core/model.ts";
import {
  cutText,
  type Notes,
  phoneOf,
  plainText,
  postalCodeOf,
  shortText,
  stateOf,
  streetLines,
  unmappable,
} from "./text.ts";

/** FedEx's longest values (2.2). */
const limits = { person: 70, company: 35, city: 35, email: 80 };

/** A shipper or recipient within FedEx's limits and in ASCII; `role` names the fields in notes and errors. Throws MappingError. */
export function partyOf(address: Address, role: "shipper" | "recipients", notes: Notes): FedExParty {
  const contact = (name: string) => `${role}.contact.${name}`;
  const place = (name: string) => `${role}.address.${name}`;
  const country = address.country.trim().toUpperCase();
  if (!/^[A-Z]{2}$/.test(country))
    throw unmappable(notes, place("countryCode"), `"${address.country}" is not a two-letter ISO code`);
  const personName = cutText(address.name, contact("personName"), limits.person, notes);
  const companyName = cutText(address.company ?? "", contact("companyName"), limits.company, notes);
  if (personName === "" && companyName === "") throw unmappable(notes, contact("personName"), "is empty");
  const emailAddress = emailOf(address.email, contact("emailAddress"), notes);
  const city = shortText(address.city ?? "", place("city"), limits.city, notes);
  if (city === "") throw unmappable(notes, place("city"), "is empty");
  const stateOrProvinceCode = stateOf(address.state, country, place("stateOrProvinceCode"), notes);
  const postalCode = postalCodeOf(address.postalCode, country, place("postalCode"), notes);
  return {
    contact: {
      ...(personName === "" ? {} : { personName }),
      ...(emailAddress === undefined ? {} : { emailAddress }),
      ...phoneOf(address.phone, country, contact("phoneNumber"), notes),
      ...(companyName === "" ? {} : { companyName }),
    },
    address: {
      streetLines: streetLines(address.street, place("streetLines"), notes),
      city,
      ...(stateOrProvinceCode === undefined ? {} : { stateOrProvinceCode }),
      ...(postalCode === undefined ? {} : { postalCode }),
      countryCode: country,
      ...(address.isResidential === undefined ? {} : { residential: address.isResidential }),
    },
  };
}

/** An e-mail address only where it fits: a parcel arrives without one, and another spelling of it is another's. */
function emailOf(email: string | undefined, field: string, notes: Notes): string | undefined {
  const plain = email?.trim() ?? "";
  if (plain === "") return undefined;
  if (plain.length <= limits.email && plainText(plain, field, { ...notes, transliterated: new Set() }) === plain)
    return plain;
  notes.remarks.push(`${field} has ${plain.length} characters or one that is not ASCII: left out`);
  return undefined;
}
