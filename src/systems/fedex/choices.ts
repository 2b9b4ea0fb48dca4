import type { Choice } from "../../core/system.ts";

const own = (values: readonly string[]): Choice[] => values.map((value) => ({ value, name: value }));

/** What a US shipper meets (2.8); FedEx has more, and adds to them. */
const services: Choice[] = [
  { value: "FEDEX_GROUND", name: "FEDEX_GROUND (businesses, Canada)" },
  { value: "GROUND_HOME_DELIVERY", name: "GROUND_HOME_DELIVERY (homes)" },
  { value: "SMART_POST", name: "SMART_POST (Ground Economy)" },
  ...own([
    "FEDEX_EXPRESS_SAVER",
    "FEDEX_2_DAY",
    "FEDEX_2_DAY_AM",
    "STANDARD_OVERNIGHT",
    "PRIORITY_OVERNIGHT",
    "FIRST_OVERNIGHT",
    "FEDEX_1_DAY_FREIGHT",
    "INTERNATIONAL_ECONOMY",
    "FEDEX_INTERNATIONAL_PRIORITY",
    "FEDEX_INTERNATIONAL_PRIORITY_EXPRESS",
    "FEDEX_INTERNATIONAL_CONNECT_PLUS",
    "INTERNATIONAL_FIRST",
  ]),
];

const packagings = own(["YOUR_PACKAGING", "FEDEX_ENVELOPE", "FEDEX_PAK", "FEDEX_BOX", "FEDEX_SMALL_BOX"]);

/** What every FedEx account has to choose from; FedEx is not asked for it. */
export const fedexChoices: Readonly<Record<string, Choice[]>> = { services, packagings };
