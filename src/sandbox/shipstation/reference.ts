/** A store of the account; `marketplaceId` 0 is a manual one (ShipStation V1, 5.5). */
export interface StoreRow {
  storeId: number;
  storeName: string;
  marketplaceId: number;
  active: boolean;
}

/** A ship-from location of the account. */
export interface WarehouseRow {
  warehouseId: number;
  warehouseName: string;
  isDefault: boolean;
}

/** A carrier of the account, with its services and packages. */
export interface CarrierRow {
  code: string;
  name: string;
  services: readonly { code: string; name: string; international: boolean }[];
  packages: readonly { code: string; name: string }[];
}

/** A tag of the account. */
export interface TagRow {
  tagId: number;
  name: string;
  color: string;
}

/** Two manual stores, of which the first is the default one, and a connected web shop. */
export const defaultStores: readonly StoreRow[] = [
  { storeId: 771100, storeName: "Manual Orders", marketplaceId: 0, active: true },
  { storeId: 771101, storeName: "ERP", marketplaceId: 0, active: true },
  { storeId: 771200, storeName: "Web Shop", marketplaceId: 23, active: true },
  { storeId: 771201, storeName: "Retail Shop", marketplaceId: 23, active: true },
];

/** Two ship-from locations. */
export const defaultWarehouses: readonly WarehouseRow[] = [
  { warehouseId: 1001, warehouseName: "Reno", isDefault: true },
  { warehouseId: 1002, warehouseName: "Columbus", isDefault: false },
];

/** USPS, UPS and FedEx. */
export const defaultCarriers: readonly CarrierRow[] = [
  {
    code: "stamps_com",
    name: "USPS",
    services: [
      { code: "usps_priority_mail", name: "USPS Priority Mail", international: false },
      { code: "usps_ground_advantage", name: "USPS Ground Advantage", international: false },
      { code: "usps_priority_mail_international", name: "USPS Priority Mail Intl", international: true },
    ],
    packages: [{ code: "package", name: "Package" }],
  },
  {
    code: "ups",
    name: "UPS",
    services: [
      { code: "ups_ground", name: "UPS® Ground", international: false },
      { code: "ups_2nd_day_air", name: "UPS 2nd Day Air®", international: false },
      { code: "ups_worldwide_saver", name: "UPS Worldwide Saver®", international: true },
    ],
    packages: [
      { code: "package", name: "Package" },
      { code: "ups_letter", name: "UPS Letter" },
    ],
  },
  {
    code: "fedex",
    name: "FedEx",
    services: [
      { code: "fedex_ground", name: "FedEx Ground®", international: false },
      { code: "fedex_2day", name: "FedEx 2Day®", international: false },
      { code: "fedex_international_priority", name: "FedEx International Priority®", international: true },
    ],
    packages: [
      { code: "package", name: "Package" },
      { code: "fedex_pak", name: "FedEx® Pak" },
    ],
  },
];

/** Two tags. */
export const defaultTags: readonly TagRow[] = [
  { tagId: 5001, name: "Rush", color: "#FF0000" },
  { tagId: 5002, name: "Check address", color: "#FFFFFF" },
];
