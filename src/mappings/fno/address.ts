import type { AddressBlock, Customer } from "../../connectors/fno/schema.ts";
import type { Address } from "../../core/model.ts";

/** What is wrong with an address: the field in F&O's words. */
export interface AddressGap {
  field: string;
}

type Countries = ReadonlyMap<string, string>;

/** An address block that says where goods go, in the country's two letters as far as F&O knows them. */
interface Place {
  name: string;
  street: string[];
  city: string;
  state: string;
  zip: string;
  country: string;
}

/** The lines of a street; F&O keeps them in one text (F&O, 3.2). Pure. */
export function streetLines(street: string): string[] {
  return street
    .split(/\r\n|\n|\r/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

/** A number or a building that a localisation keeps beside the street, unless the street holds it already. */
function withAdditions(lines: string[], number: string, building: string): string[] {
  const has = (text: string) => lines.some((line) => line.split(/[\s,]+/).includes(text) || line === text);
  const [first, ...rest] = lines;
  const numbered = first !== undefined && number !== "" && !has(number) ? [`${first} ${number}`, ...rest] : lines;
  return building !== "" && numbered.length > 0 && !has(building) ? [...numbered, building] : numbered;
}

function placeOf(block: AddressBlock, countries: Countries): Place {
  return {
    name: block.DeliveryAddressName,
    street: withAdditions(
      streetLines(block.DeliveryAddressStreet),
      block.DeliveryAddressStreetNumber,
      block.DeliveryBuildingCompliment,
    ),
    city: block.DeliveryAddressCity,
    state: block.DeliveryAddressStateId,
    zip: block.DeliveryAddressZipCode,
    // Shippers want two letters; F&O's own key has mostly three (F&O, 3.2).
    country: block.DeliveryAddressCountryRegionISOCode || (countries.get(block.DeliveryAddressCountryRegionId) ?? ""),
  };
}

/** What every recipient of an order shares. */
export interface Contact {
  name: string;
  phone: string;
  email: string;
}

function addressOf(place: Place, contact: Contact): Address {
  return {
    name: place.name || contact.name,
    street: place.street,
    ...(place.city === "" ? {} : { city: place.city }),
    ...(place.state === "" ? {} : { state: place.state }),
    ...(place.zip === "" ? {} : { postalCode: place.zip }),
    country: place.country.toUpperCase(),
    ...(contact.phone === "" ? {} : { phone: contact.phone }),
    ...(contact.email === "" ? {} : { email: contact.email }),
  };
}

/** Whether a block says anything of a place; an order without a ship-to has empty texts (F&O, 3.2). Pure. */
export function hasPlace(block: AddressBlock): boolean {
  return [block.DeliveryAddressStreet, block.DeliveryAddressCity, block.DeliveryAddressZipCode].some(
    (text) => text.trim() !== "",
  );
}

/** Gives the addresses of an order's header and lines; most are equal, and those are one object. */
export function shipTosWith(countries: Countries, contact: Contact): (block: AddressBlock) => Address {
  const known: { block: AddressBlock; address: Address }[] = [];
  return (block) => {
    const equal = known.find((one) => isSameBlock(one.block, block));
    if (equal) return equal.address;
    const address = addressOf(placeOf(block, countries), contact);
    known.push({ block, address });
    return address;
  };
}

function isSameBlock(one: AddressBlock, other: AddressBlock): boolean {
  return (
    one.DeliveryAddressName === other.DeliveryAddressName &&
    one.DeliveryAddressStreet === other.DeliveryAddressStreet &&
    one.DeliveryAddressStreetNumber === other.DeliveryAddressStreetNumber &&
    one.DeliveryBuildingCompliment === other.DeliveryBuildingCompliment &&
    one.DeliveryAddressCity === other.DeliveryAddressCity &&
    one.DeliveryAddressStateId === other.DeliveryAddressStateId &&
    one.DeliveryAddressZipCode === other.DeliveryAddressZipCode &&
    one.DeliveryAddressCountryRegionId === other.DeliveryAddressCountryRegionId &&
    one.DeliveryAddressCountryRegionISOCode === other.DeliveryAddressCountryRegionISOCode
  );
}

/** The field that keeps a parcel from arriving, if any. Pure. */
export function gapIn(address: Address): AddressGap | undefined {
  if (address.street.length === 0) return { field: "DeliveryAddressStreet" };
  if (address.country === "") return { field: "DeliveryAddressCountryRegionISOCode" };
  return undefined;
}

/** The customer's name; a person has no organisation name (F&O, 5.2). Pure. */
export function customerName(customer: Customer): string {
  return customer.OrganizationName || [customer.PersonFirstName, customer.PersonLastName].filter(Boolean).join(" ");
}

/** The address of the customer who pays; undefined when the customer card has no street or country. Pure. */
export function billToFrom(customer: Customer, countries: Countries, contact: Contact): Address | undefined {
  const place: Place = {
    name: customerName(customer),
    street: streetLines(customer.AddressStreet),
    city: customer.AddressCity,
    state: customer.AddressState,
    zip: customer.AddressZipCode,
    country: customer.AddressCountryRegionISOCode || (countries.get(customer.AddressCountryRegionId) ?? ""),
  };
  return place.street.length === 0 || place.country === "" ? undefined : addressOf(place, contact);
}
