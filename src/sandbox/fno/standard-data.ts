import type { Values } from "./types.ts";

type Entry = readonly [set: string, values: Values];

const modes = [
  ["Ground", "Parcel ground"],
  ["Express", "Express, next working day"],
  ["2Day", "Second day"],
  ["Pallet", "Freight on pallets"],
  ["Pickup", "Collected by the customer"],
] as const;

const warehouses = [
  ["24", "Main distribution centre"],
  ["25", "Overflow"],
  ["51", "East coast"],
] as const;

const carriers = [
  ["FEDEX", "FedEx", ["GROUND", "EXPRESS", "2DAY"]],
  ["UPS", "UPS", ["GROUND", "NDA"]],
  ["USPS", "US Postal Service", ["PRIORITY"]],
] as const;

function ofCompany(dataAreaId: string): Entry[] {
  return [
    ...modes.map(
      ([ModeCode, ModeDescription]): Entry => ["DeliveryModesV2", { dataAreaId, ModeCode, ModeDescription }],
    ),
    ...warehouses.map(
      ([WarehouseId, WarehouseName]): Entry => [
        "Warehouses",
        { dataAreaId, WarehouseId, WarehouseName, OperationalSiteId: "2" },
      ],
    ),
    ...["File", "Image", "Note"].map((ID): Entry => ["DocumentTypes", { dataAreaId, ID }]),
    ...carriers.flatMap(([CarrierId, CarrierName, services]): Entry[] => [
      ["ShippingCarriers", { dataAreaId, CarrierId, CarrierName }],
      ...services.map(
        (ServiceId): Entry => ["ShippingCarrierServices", { dataAreaId, ShippingCarrierId: CarrierId, ServiceId }],
      ),
    ]),
  ];
}

const unitClasses = {
  kg: "Mass",
  lb: "Mass",
  oz: "Mass",
  g: "Mass",
  cm: "Length",
  m: "Length",
  in: "Length",
  ea: "Quantity",
};
const systemUnits = ["kg", "cm", "ea"];

const entities: Readonly<Record<string, Values>> = {
  usmf: {
    Name: "Contoso Entertainment System USA",
    CompanyCountry: "USA",
    AddressCountryRegionISOCode: "US",
    LanguageId: "en-US",
  },
  demf: {
    Name: "Contoso Entertainment System Germany",
    CompanyCountry: "DEU",
    AddressCountryRegionISOCode: "DE",
    LanguageId: "de",
  },
};

/** The published list has no event of sales orders (F&O, 7.1): the first is one of this customer's own. */
const businessEvents = [
  ["SalesOrderConfirmedBusinessEvent", "Sales order confirmed", "Sales and marketing"],
  ["PurchaseOrderConfirmedBusinessEvent", "Purchase order confirmed", "Procurement and sourcing"],
] as const;

/** What every environment has before the first order: companies, units, countries, codes. */
export function standardData(
  legalEntities: readonly string[],
  countries: readonly (readonly [key: string, iso: string])[],
): Entry[] {
  return [
    // The id is in capitals here, dataAreaId is not (F&O, 5.2a).
    ...legalEntities.map(
      (id): Entry => ["LegalEntities", { LegalEntityId: id.toUpperCase(), Name: id.toUpperCase(), ...entities[id] }],
    ),
    ...Object.entries(unitClasses).map(
      ([UnitSymbol, UnitClass]): Entry => [
        "UnitsOfMeasure",
        { UnitSymbol, UnitClass, IsSystemUnit: systemUnits.includes(UnitSymbol) ? "Yes" : "No" },
      ],
    ),
    ...businessEvents.map(
      ([BusinessEventId, Name, Module]): Entry => ["BusinessEventsCatalogs", { BusinessEventId, Name, Module }],
    ),
    ...countries.map(([CountryRegion, ISOcode]): Entry => ["AddressCountryRegions", { CountryRegion, ISOcode }]),
    ...legalEntities.flatMap(ofCompany),
  ];
}
