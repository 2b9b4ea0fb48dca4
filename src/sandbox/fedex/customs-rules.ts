/** What an international shipment needs (FedEx, 2.6). */

import type { ShipmentInput } from "./input.ts";
import { hasTwoDecimals } from "./package-rules.ts";
import { invalidInput, type Problem } from "./replies.ts";

type Customs = NonNullable<ShipmentInput["customsClearanceDetail"]>;
type Commodity = NonNullable<Customs["commodities"]>[number];
type Money = Commodity["unitPrice"];

const purposes = ["SOLD", "NOT_SOLD", "GIFT", "SAMPLE", "REPAIR_AND_RETURN", "PERSONAL_EFFECTS"];
const at = (name: string) => `requestedShipment.customsClearanceDetail.${name}`;

/** Everything that is wrong with the customs side of an international shipment. */
export function customsProblems(shipment: ShipmentInput): Problem[] {
  const { customsClearanceDetail: customs, totalWeight, requestedPackageLineItems: lines = [] } = shipment;
  const problems: Problem[] = [];
  if (totalWeight === undefined)
    problems.push(invalidInput("requestedShipment.totalWeight", "International shipments need the total weight."));
  const toCanada = shipment.recipients?.[0]?.address?.countryCode === "CA";
  if (toCanada && lines.some(({ subPackagingType }) => subPackagingType === undefined))
    problems.push(invalidInput("requestedShipment.requestedPackageLineItems.subPackagingType", "Needed to Canada."));
  if (!customs?.commodities?.length || !customs.commercialInvoice)
    return [...problems, invalidInput(at("commodities"), "Commodities and a commercial invoice are required.")];
  if (customs.commodities.length > 999) problems.push(invalidInput(at("commodities"), "At most 999 commodities."));
  return [
    ...problems,
    ...invoiceProblems(customs),
    ...valueProblems(shipment, customs),
    ...customs.commodities.flatMap((commodity) => commodityProblems(commodity, lines[0]?.weight?.units)),
  ];
}

function invoiceProblems({ commercialInvoice: { shipmentPurpose, termsOfSale } = {} }: Customs): Problem[] {
  const problems: Problem[] = [];
  if (shipmentPurpose !== undefined && !purposes.includes(shipmentPurpose))
    problems.push(invalidInput(at("commercialInvoice.shipmentPurpose"), `One of ${purposes.join(", ")}.`));
  if (termsOfSale !== undefined && !/^[A-Z]{3}$/.test(termsOfSale))
    problems.push(invalidInput(at("commercialInvoice.termsOfSale"), "Three letters."));
  return problems;
}

function valueProblems({ totalDeclaredValue }: ShipmentInput, customs: Customs): Problem[] {
  const { commodities = [], totalCustomsValue } = customs;
  const currencies = new Set(
    [...commodities.flatMap(({ unitPrice, customsValue }) => [unitPrice, customsValue]), totalCustomsValue].flatMap(
      (money) => (money?.currency === undefined ? [] : [money.currency]),
    ),
  );
  const sum = cents(commodities.reduce((total, { customsValue }) => total + (customsValue?.amount ?? 0), 0));
  const total = totalCustomsValue?.amount === undefined ? sum : cents(totalCustomsValue.amount);
  const problems: Problem[] = [];
  if (currencies.size > 1) problems.push(invalidInput(at("commodities"), "One currency in the whole shipment."));
  if (total !== sum) problems.push(invalidInput(at("totalCustomsValue"), "It is the sum of the commodities' values."));
  if (cents(totalDeclaredValue?.amount ?? 0) > total)
    problems.push(invalidInput(at("totalCustomsValue"), "It is not below the declared value."));
  return problems;
}

const cents = (amount: number) => Math.round(amount * 100);

function commodityProblems(commodity: Commodity, unit: string | undefined): Problem[] {
  const { description = "", countryOfManufacture = "", quantity = 0, quantityUnits, numberOfPieces = 0 } = commodity;
  const rules: readonly (readonly [field: string, holds: boolean, message: string])[] = [
    ["description", description.length >= 1 && description.length <= 450, "1 to 450 characters."],
    ["countryOfManufacture", /^[A-Z]{2}$/.test(countryOfManufacture), "Two capital letters."],
    ["quantity", quantity > 0, "Above 0."],
    ["quantityUnits", quantityUnits !== undefined, "Required."],
    ["numberOfPieces", Number.isInteger(numberOfPieces) && numberOfPieces >= 1 && numberOfPieces <= 9999, "1 to 9999."],
    ["unitPrice", isMoney(commodity.unitPrice), "An amount of at most two decimals and a currency."],
    ["customsValue", isMoney(commodity.customsValue), "An amount of at most two decimals and a currency."],
    [
      "weight",
      commodity.weight?.units === unit && hasTwoDecimals(commodity.weight?.value ?? 0),
      "In the packages' unit.",
    ],
  ];
  return rules.flatMap(([field, holds, message]) => (holds ? [] : [invalidInput(at(`commodities.${field}`), message)]));
}

function isMoney(money: Money): boolean {
  return money?.amount !== undefined && hasTwoDecimals(money.amount) && /^[A-Z]{3}$/.test(money.currency ?? "");
}
