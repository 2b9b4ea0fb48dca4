import { z } from "zod";
import type { ShipStationAddress } from "../../connectors/shipstation/schema.ts";
import { canonicalJson, hashOf, type Json } from "../../core/json.ts";
import type { Address } from "../../core/model.ts";
import { addressOf } from "../shipstation.ts";

/** What is remembered of a customer's address: hashes, since a file holds nobody's address. */
export const contactHashes = z.strictObject({
  /** Streets, city, state and postal code together. */
  place: z.string(),
  country: z.string(),
  name: z.string(),
  phone: z.string(),
});

/** An address as hashes. */
export type ContactHashes = z.infer<typeof contactHashes>;

type Members = { [name: string]: Json };

const placeFields = ["street1", "street2", "street3", "city", "state", "postalCode"] as const;
const contactFields = [...placeFields, "name", "company", "country", "phone"] as const;

/** The hashes of a customer's address, whatever the case and the commas it is written with. Pure. */
export function contactOf(address: Address): ContactHashes {
  const { name, street, city, state, postalCode, country, phone } = address;
  return {
    place: placeHash(street, [city, state, postalCode]),
    country: hashOf(plainText(country)),
    name: hashOf(plainText(name)),
    phone: hashOf(plainText(phone)),
  };
}

/** The hash of the place that an order goes to, to be compared with a customer's. Pure. */
export function placeOf(shipTo: ShipStationAddress | null | undefined): string {
  const { street1, street2, street3, city, state, postalCode } = shipTo ?? {};
  return placeHash([street1, street2, street3], [city, state, postalCode]);
}

/** Whether something can be sent to an address: street and city at least. Pure. */
export function isWhole({ street, city }: Address): boolean {
  return street.some((line) => line.trim() !== "") && (city ?? "").trim() !== "";
}

/**
 * A ship-to with the customer's new address: the place is replaced whole; name, company and phone are where they were the
 * customer's, since an order may go to somebody else there. Undefined where that changes nothing. Pure.
 */
export function alignedShipTo(held: ShipStationAddress, address: Address, former: ContactHashes): Members | undefined {
  const wanted = addressOf(address);
  const now = valuesIn(held);
  const aligned: Members = { ...now };
  for (const name of placeFields) delete aligned[name];
  for (const name of placeFields) if (wanted[name] !== undefined) aligned[name] = wanted[name];
  // BC's own country codes are not always ISO (BC, 2.4), and an empty one is the company's own.
  if (/^[A-Z]{2}$/.test(address.country)) aligned.country = address.country;
  const isTheirs = (value: string | null | undefined, hash: string) => value && hashOf(plainText(value)) === hash;
  if (isTheirs(held.name, former.name) && address.name !== "") aligned.name = address.name;
  if (isTheirs(held.company, former.name) && address.name !== "") aligned.company = address.name;
  const hadPhone = hashOf(plainText(held.phone)) === former.phone;
  if (hadPhone && address.phone) aligned.phone = address.phone;
  return canonicalJson(aligned) === canonicalJson(now) ? undefined : aligned;
}

/** A ship-to's own values, without what ShipStation finds out about it. Pure. */
export function valuesIn(held: ShipStationAddress): Members {
  const kept: Members = {};
  for (const name of contactFields) {
    const value = held[name];
    if (value !== undefined && value !== null && value !== "") kept[name] = value;
  }
  return kept;
}

function placeHash(
  street: readonly (string | null | undefined)[],
  rest: readonly (string | null | undefined)[],
): string {
  return hashOf([plainText(street.map((line) => line ?? "").join(" ")), ...rest.map(plainText)]);
}

function plainText(text: string | null | undefined): string {
  return (text ?? "").toLowerCase().replace(/[.,]/g, " ").replace(/\s+/g, " ").trim();
}
