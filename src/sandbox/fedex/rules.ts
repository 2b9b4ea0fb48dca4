/** What FedEx refuses of a create call (FedEx, 2.1 to 2.6 and 7). */

import { services, stockFits } from "./catalogue.ts";
import { customsProblems } from "./customs-rules.ts";
import { type CreateInput, emptyPaths, type PaymentInput, type ShipmentInput } from "./input.ts";
import { hasTwoDecimals, packageProblems } from "./package-rules.ts";
import { partyProblems } from "./party-rules.ts";
import { invalidInput, type Problem } from "./replies.ts";
import type { FedExSwitches } from "./switches.ts";
import { addDays, isDate } from "./zones.ts";

/** What a create call is judged by. */
export interface RuleContext {
  /** Nothing is bought, so no label is asked for; the schema of a validation has no such member. */
  isValidation?: boolean;
  switches: FedExSwitches;
  accountNumber: string;
  /** The civil date at the account. */
  today: string;
}

const pickups = ["USE_SCHEDULED_PICKUP", "DROPOFF_AT_FEDEX_LOCATION", "CONTACT_FEDEX_TO_SCHEDULE"];
const payers = ["SENDER", "RECIPIENT", "THIRD_PARTY", "COLLECT"];

/** Whether a shipment crosses a border. */
export function isInternational({ shipper, recipients }: ShipmentInput): boolean {
  return shipper?.address?.countryCode !== recipients?.[0]?.address?.countryCode;
}

/** Everything that is wrong with a create call; empty when it is taken. */
export function createProblems(body: unknown, input: CreateInput, context: RuleContext): Problem[] {
  const { requestedShipment: shipment } = input;
  const problems = [...emptyProblems(body), ...accountProblems(input, context)];
  if (!context.isValidation && input.labelResponseOptions !== "LABEL" && input.labelResponseOptions !== "URL_ONLY")
    problems.push(invalidInput("labelResponseOptions", "LABEL or URL_ONLY."));
  if (input.oneLabelAtATime)
    problems.push(invalidInput("oneLabelAtATime", "This simulated FedEx takes single shots only."));
  if (!shipment) return [...problems, invalidInput("requestedShipment", "It is required.")];
  const [recipient, ...others] = shipment.recipients ?? [];
  if (!shipment.shipper) problems.push(invalidInput("requestedShipment.shipper", "It is required."));
  else problems.push(...partyProblems("shipper", shipment.shipper));
  if (!recipient || others.length > 0)
    problems.push(invalidInput("requestedShipment.recipients", "Exactly one entry."));
  else problems.push(...partyProblems("recipients", recipient));
  const isAlert = context.switches.recipientPhone === "alert";
  return [
    ...problems.filter(({ code }) => !(isAlert && code === "RECIPIENTCONTACT.PHONENUMBER.INVALID")),
    ...serviceProblems(shipment),
    ...paymentProblems(shipment, input.accountNumber?.value),
    ...labelProblems(shipment),
    ...dateProblems(shipment, context),
    ...valueProblems(shipment),
    ...packageProblems(shipment, {
      switches: context.switches,
      ...categoryOf(shipment),
      isAsynchronous: input.processingOptionType === "ALLOW_ASYNCHRONOUS",
    }),
    ...(isInternational(shipment) ? customsProblems(shipment) : []),
    ...letterProblems(body, context),
  ];
}

function categoryOf({ serviceType = "" }: ShipmentInput): { isGround: boolean; isFreight: boolean } {
  const category = services.get(serviceType)?.category;
  return { isGround: category === "GROUND" || category === "SMARTPOST", isFreight: category === "EXPRESS_FREIGHT" };
}

/** An empty account of who pays duties has a code of its own (FedEx, 2.6). */
function emptyProblems(body: unknown): Problem[] {
  return emptyPaths(body).map((path) =>
    /\.payor(\.responsibleParty(\.accountNumber(\.value)?)?)?$/.test(path)
      ? { code: "ACCOUNT.NUMBER.INVALID", message: "The account number of the payor is empty." }
      : invalidInput(path, "Leave out empty elements."),
  );
}

function accountProblems({ accountNumber }: CreateInput, context: RuleContext): Problem[] {
  const value = accountNumber?.value ?? "";
  if (!/^\d{9}$/.test(value)) return [{ code: "ACCOUNT.NUMBER.INVALID", message: "The account number has 9 digits." }];
  return value === context.accountNumber
    ? []
    : [{ code: "SHIPMENT.ACCOUNTNUMBER.UNAUTHORIZED", message: "The account is not one of this project." }];
}

function serviceProblems(shipment: ShipmentInput): Problem[] {
  const { serviceType = "", packagingType = "", pickupType = "", smartPostInfoDetail } = shipment;
  const service = services.get(serviceType);
  const problems: Problem[] = [];
  const reach = isInternational(shipment) ? "international" : "domestic";
  const groundToCanada = serviceType !== "FEDEX_GROUND" || ["US", "CA"].includes(countryOf(shipment));
  if (!service || (service.reach !== "both" && service.reach !== reach) || !groundToCanada)
    problems.push({ code: "SERVICETYPE.NOT.ALLOWED", message: "The service is not offered between these places." });
  if (!/^(YOUR_PACKAGING|FEDEX_[A-Z0-9_]+)$/.test(packagingType))
    problems.push({ code: "PACKAGINGTYPE.MISSING.OR.INVALID", message: "The packaging type is missing or unknown." });
  else if (categoryOf(shipment).isGround && packagingType !== "YOUR_PACKAGING")
    problems.push({ code: "SERVICE.PACKAGECOMBINATION.INVALID", message: "Ground takes YOUR_PACKAGING only." });
  if (!pickups.includes(pickupType))
    problems.push(invalidInput("requestedShipment.pickupType", `One of ${pickups.join(", ")}.`));
  if (serviceType === "SMART_POST" && !(smartPostInfoDetail?.hubId && smartPostInfoDetail.indicia))
    problems.push(invalidInput("requestedShipment.smartPostInfoDetail", "hubId and indicia are required."));
  return problems;
}

function countryOf({ recipients }: ShipmentInput): string {
  return recipients?.[0]?.address?.countryCode ?? "";
}

function paymentProblems(shipment: ShipmentInput, accountNumber: string | undefined): Problem[] {
  const { shippingChargesPayment, customsClearanceDetail } = shipment;
  if (!shippingChargesPayment) return [invalidInput("requestedShipment.shippingChargesPayment", "It is required.")];
  const duties = customsClearanceDetail?.dutiesPayment;
  return [
    ...payerProblems(shippingChargesPayment, accountNumber, "requestedShipment.shippingChargesPayment"),
    ...(shippingChargesPayment.paymentType !== "SENDER" && payorOf(shippingChargesPayment) === undefined
      ? [{ code: "ACCOUNT.NUMBER.INVALID", message: "The payor's account number is required." }]
      : []),
    ...(duties ? payerProblems(duties, accountNumber, "requestedShipment.customsClearanceDetail.dutiesPayment") : []),
  ];
}

function payorOf({ payor }: PaymentInput): string | undefined {
  return payor?.responsibleParty?.accountNumber?.value;
}

function payerProblems(payment: PaymentInput, accountNumber: string | undefined, field: string): Problem[] {
  const payor = payorOf(payment);
  if (!payers.includes(payment.paymentType ?? "")) return [invalidInput(field, `One of ${payers.join(", ")}.`)];
  if (payor === undefined) return [];
  if (!/^\d{9}$/.test(payor)) return [{ code: "ACCOUNT.NUMBER.INVALID", message: "The account number has 9 digits." }];
  return payment.paymentType === "SENDER" && payor !== accountNumber
    ? [{ code: "ACCOUNT.NUMBER.MISMATCH", message: "The payor's account is not the shipper's." }]
    : [];
}

function labelProblems({ labelSpecification = {} }: ShipmentInput): Problem[] {
  const { imageType = "", labelStockType = "", labelFormatType, resolution } = labelSpecification;
  const field = "requestedShipment.labelSpecification";
  const fits = stockFits(imageType, labelStockType);
  const problems: Problem[] = [];
  if (fits === undefined) problems.push(invalidInput(`${field}.imageType`, "PDF, PNG, ZPLII or EPL2."));
  if (fits === false) problems.push(invalidInput(`${field}.labelStockType`, `It does not go with ${imageType}.`));
  if (labelFormatType !== undefined && !["COMMON2D", "LABEL_DATA_ONLY"].includes(labelFormatType))
    problems.push(invalidInput(`${field}.labelFormatType`, "COMMON2D or LABEL_DATA_ONLY."));
  if (resolution !== undefined && resolution !== 203 && !(resolution === 300 && imageType === "ZPLII"))
    problems.push(invalidInput(`${field}.resolution`, "203, or 300 with ZPLII."));
  return problems;
}

function dateProblems({ shipDatestamp }: ShipmentInput, { today, switches }: RuleContext): Problem[] {
  if (shipDatestamp === undefined) return [];
  const field = "requestedShipment.shipDatestamp";
  if (!isDate(shipDatestamp)) return [invalidInput(field, "YYYY-MM-DD.")];
  return shipDatestamp > addDays(today, switches.maxDaysAhead)
    ? [invalidInput(field, `At most ${switches.maxDaysAhead} days ahead.`)]
    : [];
}

function valueProblems({ totalDeclaredValue, requestedPackageLineItems = [] }: ShipmentInput): Problem[] {
  const field = "requestedShipment.totalDeclaredValue";
  const amounts = requestedPackageLineItems.map(({ declaredValue }) => declaredValue?.amount ?? 0);
  if (![totalDeclaredValue?.amount ?? 0, ...amounts].every(hasTwoDecimals))
    return [invalidInput(field, "At most two decimals.")];
  const sum = requestedPackageLineItems.reduce(
    (total, { declaredValue, groupPackageCount = 1 }) => total + (declaredValue?.amount ?? 0) * groupPackageCount,
    0,
  );
  const total = totalDeclaredValue?.amount;
  return total !== undefined && Math.round(total * 100) !== Math.round(sum * 100)
    ? [invalidInput(field, "It is the sum of the packages' values.")]
    : [];
}

function letterProblems(body: unknown, { switches }: RuleContext): Problem[] {
  return switches.nonAscii === "refused" && /[^\n\r\t -~]/.test(JSON.stringify(body))
    ? [invalidInput("requestedShipment", "Only ASCII letters.")]
    : [];
}
