import { valueAt } from "../../core/config.ts";
import type { Question, TypedTable } from "../kinds.ts";

/** What a person is asked for of a FedEx account. */
export const fedexQuestions: Question[] = [
  { path: "accountNumber", label: "Account number (9 digits)" },
  { path: "label.imageType", label: "Labels are made as" },
  { path: "label.stockType", label: "and printed on" },
  {
    path: "serviceType",
    label: "Service where a delivery mode has none of its own",
    pick: { from: "services", howMany: "one", isOpen: true },
  },
  {
    path: "packagingType",
    label: "Packaging (Ground and Economy: always YOUR_PACKAGING)",
    pick: { from: "packagings", howMany: "one", isOpen: true },
  },
  {
    path: "pickupType",
    label: "How FedEx gets the parcels",
    names: {
      USE_SCHEDULED_PICKUP: "the driver comes anyway",
      DROPOFF_AT_FEDEX_LOCATION: "they are brought to FedEx",
      CONTACT_FEDEX_TO_SCHEDULE: "somebody calls FedEx",
    },
  },
];

/** Where the parcels of each warehouse leave from. */
export const shipFromTable: TypedTable = {
  path: "shipFrom",
  label: "warehouse",
  list: "warehouses",
  fields: [
    { name: "name", label: "Contact's name" },
    { name: "company", label: "Company", isOptional: true },
    { name: "phone", label: "Phone" },
    { name: "email", label: "Email", isOptional: true },
    { name: "street1", label: "Street" },
    { name: "street2", label: "Street, second line", isOptional: true },
    { name: "city", label: "City" },
    { name: "state", label: "State, two letters", isOptional: true },
    { name: "postalCode", label: "Postal code", isOptional: true },
    { name: "country", label: "Country, two letters" },
  ],
  otherwise: "orders that leave from it are set aside",
};

const packsByWeight: Question["when"] = (settings) => valueAt(settings, ["packing"]) === "maxWeight";

/** What a person is asked for of a pair that buys labels. */
export const fedexPairQuestions: Question[] = [
  {
    path: "packing",
    label: "What becomes one package",
    names: {
      order: "the whole order",
      line: "each line",
      unit: "each unit",
      maxWeight: "as much as one package may weigh",
    },
  },
  { path: "maxPackageWeight.unit", label: "Weight of a package in", when: packsByWeight },
  { path: "maxPackageWeight.value", label: "Most that a package weighs", when: packsByWeight },
  {
    path: "residential",
    label: "Addresses are homes",
    names: { auto: "as the ERP says", always: "always", never: "never" },
  },
  { path: "requireInvoice", label: "Shall an order wait for its invoice number?" },
  {
    path: "printCommand",
    label: 'Program that prints a label, like ["lp", "{file}"] (empty: none)',
    isOptional: true,
  },
];
