/** What an account has before anyone uses it: channels, centres, shipping methods. */

/** A channel: a connection of an application; only the one it belongs to may write to it (ShipBob, 2). */
export interface ChannelRow {
  id: number;
  name: string;
  /** The application that it belongs to. */
  application: string;
}

/** A fulfillment center. */
export interface LocationRow {
  id: number;
  name: string;
  abbreviation: string;
  address1: string;
  city: string;
  state: string;
  zip_code: string;
  country: string;
  timezone: string;
  isActive?: boolean;
}

/** A shipping method with what it is mapped to. */
export interface MethodRow {
  id: number;
  name: string;
  active: boolean;
  default: boolean;
  service_level: { id: number; name: string };
}

/** What a personal access token's channel names as its application (2). */
export const personalApplication = "SMA";

/** The channel of the personal token, and one that another application made. */
export const defaultChannels: readonly ChannelRow[] = [
  { id: 100_101, name: "API", application: personalApplication },
  { id: 100_102, name: "Web shop", application: "Shopify" },
];

/** Three centres of the United States. */
export const defaultLocations: readonly LocationRow[] = [
  {
    id: 8,
    name: "Cicero (IL)",
    abbreviation: "CHI",
    address1: "5900 W Ogden Ave",
    city: "Cicero",
    state: "IL",
    zip_code: "60804",
    country: "USA",
    timezone: "Central Standard Time",
  },
  {
    id: 20,
    name: "Bethlehem (PA)",
    abbreviation: "BET",
    address1: "3895 Commerce Dr",
    city: "Bethlehem",
    state: "PA",
    zip_code: "18017",
    country: "USA",
    timezone: "Eastern Standard Time",
  },
  {
    id: 45,
    name: "Ontario 6 (CA)",
    abbreviation: "ONT",
    address1: "5650 E Francis St",
    city: "Ontario",
    state: "CA",
    zip_code: "91761",
    country: "USA",
    timezone: "Pacific Standard Time",
  },
];

const standardLevel = { id: 3, name: "Standard" };

/** Shipping methods of a new account, the first one its default. */
export const defaultMethods: readonly MethodRow[] = [
  { id: 301, name: "Standard", active: true, default: true, service_level: standardLevel },
  { id: 302, name: "Expedited", active: true, default: false, service_level: { id: 2, name: "Expedited" } },
  { id: 303, name: "2-Day", active: true, default: false, service_level: { id: 1, name: "2-Day" } },
  { id: 304, name: "B2B", active: true, default: false, service_level: { id: 9, name: "B2B" } },
];

/** The mapping that an unknown name brings into being (5.1). */
export function newMethod(id: number, name: string): MethodRow {
  return { id, name, active: true, default: false, service_level: standardLevel };
}

/** Scopes of ShipBob (3). */
export const allScopes: readonly string[] = [
  ...["channels", "orders", "products", "inventory", "receiving", "returns", "webhooks", "fulfillments"].flatMap(
    (area) => [`${area}_read`, `${area}_write`],
  ),
  "locations_read",
  "tracking_read",
  "billing_read",
  "pricing_read",
];
