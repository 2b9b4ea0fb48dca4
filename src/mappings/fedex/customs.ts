import type { FedExCommodity, FedExCustoms, FedExMoney, FedExReference } from "../../connectors/fedex/schema.ts";
import { type Decimal, decimalOf, isAmount, productOf, quotientOf, sumOf } from "../../core/decimal.ts";
import type { Order, OrderLine } from "../../core/model.ts";
import { poundsRoundedUp } from "../../core/units.ts";
import { quantityUnitOf } from "../codes.ts";
import { type PackingOptions, unitGrams } from "./packages.ts";
import { cutText, type Notes, plainText, unmappable } from "./text.ts";

/** What is said to customs beside the goods. */
export interface CustomsOptions extends PackingOptions {
  accountNumber: string;
  shipmentPurpose: NonNullable<FedExCustoms["commercialInvoice"]["shipmentPurpose"]>;
  /** An Incoterm. */
  termsOfSale?: string | undefined;
  /** The ITN or FTR exemption of exports from the US. */
  exportComplianceStatement?: string | undefined;
}

/** What a part of an order is, to customs. */
export interface Consignment {
  order: Pick<Order, "currency">;
  lines: readonly OrderLine[];
  /** What its packages are known by. */
  references: FedExReference[];
  /** Where it leaves from, in two letters. */
  origin: string;
}

const most = { description: 450, pieces: 9_999 };

/**
 * The customs detail of a shipment that crosses a border. Duties are the sender's under DDP, which is what that term means,
 * else the recipient's, whose account is not named (FedEx, 2.6). Throws MappingError. Pure but for the notes.
 */
export function customsOf(consignment: Consignment, options: CustomsOptions, notes: Notes): FedExCustoms {
  const { order, lines, references, origin } = consignment;
  const { termsOfSale, exportComplianceStatement, shipmentPurpose, accountNumber } = options;
  if (!/^[A-Z]{3}$/.test(order.currency)) throw unmappable(notes, "currency", `"${order.currency}" is none`);
  const values = lines.map((line) => lineValue(line, notes));
  const weights = weightsOf(lines, options, notes);
  const money = (amount: Decimal): FedExMoney => ({ amount: Number(amount), currency: order.currency });
  return {
    commercialInvoice: {
      customerReferences: references,
      ...(termsOfSale === undefined ? {} : { termsOfSale }),
      shipmentPurpose,
    },
    dutiesPayment:
      termsOfSale === "DDP"
        ? { paymentType: "SENDER", payor: { responsibleParty: { accountNumber: { value: accountNumber } } } }
        : { paymentType: "RECIPIENT" },
    commodities: lines.map((line, index) => ({
      ...commodityOf(line, notes),
      unitPrice: money(inCents(line.unitPrice)),
      customsValue: money(values[index] ?? "0"),
      weight: { units: "LB", value: Number(weights[index]) },
    })),
    ...(exportComplianceStatement === undefined || origin !== "US"
      ? {}
      : { exportDetail: { exportComplianceStatement } }),
    totalCustomsValue: money(sumOf(values)),
  };
}

/** Rounded half away from zero to the cent. */
const inCents = (amount: Decimal) => quotientOf(amount, "1", 2);

/** The value of a line; its exact price is multiplied before it is rounded. */
function lineValue(line: OrderLine, notes: Notes): Decimal {
  if (!isAmount(Number(line.unitPrice)))
    throw unmappable(notes, "unitPrice", `${line.unitPrice} of item ${line.sku} is too large`);
  return inCents(productOf(line.unitPrice, decimalOf(line.quantity)));
}

/** Weights of the lines in pounds: what each adds to the sum, rounded up, so that they never weigh more than the packages. */
function weightsOf(lines: readonly OrderLine[], options: PackingOptions, notes: Notes): Decimal[] {
  let [grams, before]: [Decimal, Decimal] = ["0", "0"];
  return lines.map((line) => {
    grams = sumOf([grams, productOf(unitGrams(line, options, notes), decimalOf(line.quantity))]);
    const pounds = poundsRoundedUp(grams);
    const added = sumOf([pounds, `-${before}`]);
    before = pounds;
    return added === "0" ? "0.01" : added;
  });
}

function commodityOf(line: OrderLine, notes: Notes): FedExCommodity {
  const { sku, quantity, customs } = line;
  if (!Number.isInteger(quantity) || quantity < 1 || quantity > most.pieces) {
    const reason = `${quantity} of item ${sku} is not a whole number from 1 to ${most.pieces}`;
    throw unmappable(notes, "commodities.quantity", reason);
  }
  const description = cutText(line.name, "commodities.description", most.description, notes);
  if (description === "") throw unmappable(notes, "commodities.description", `of item ${sku} is empty`);
  if (customs?.countryOfOrigin === undefined) {
    const hint = "Enter the product's country of origin in the ERP.";
    throw unmappable(notes, "commodities.countryOfManufacture", `of item ${sku} is missing`, hint);
  }
  const harmonizedCode = plainText(customs.commodityCode ?? "", "commodities.harmonizedCode", notes);
  const partNumber = plainText(sku, "commodities.partNumber", notes);
  return {
    description,
    countryOfManufacture: customs.countryOfOrigin,
    quantity,
    quantityUnits: quantityUnitOf(line.unit),
    numberOfPieces: quantity,
    ...(harmonizedCode === "" ? {} : { harmonizedCode }),
    ...(partNumber === "" ? {} : { partNumber }),
  };
}
