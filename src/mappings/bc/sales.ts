import type { LineBody, SalesInvoiceBody, SalesOrderBody } from "../../connectors/bc/schema.ts";
import { compareDecimals, decimalOf, isAmount, productOf, quotientOf, sumOf } from "../../core/decimal.ts";
import { MappingError } from "../../core/errors.ts";
import type { Address, CivilDate, Sale, SaleLine } from "../../core/model.ts";
import { externalNumberOf } from "./keys.ts";

/** An item that a SKU stands for. */
export interface BookedItem {
  number: string;
  variantId?: string;
}

/** How a sale is booked: what the store's rules say, and what was looked up in the company. */
export interface SaleOptions {
  customerNumber: string;
  /** By SKU as the shipper has it. */
  items: ReadonlyMap<string, BookedItem>;
  /** Absent where the sale is in the company's own currency. */
  currencyCode?: string;
  postingDate?: CivilDate;
  locationId?: string;
  shippingAccount?: string | undefined;
  discountAccount?: string | undefined;
  taxAccount?: string | undefined;
  tax: "erp" | "included" | "account";
}

/** A body to be sent, and the fields that were cut to what BC holds. */
export interface Booked<B> {
  body: B;
  cut: string[];
}

/** The sales order that a sale is booked as. Throws MappingError. Pure. */
export function orderFromSale(sale: Sale, options: SaleOptions): Booked<SalesOrderBody> {
  const { customerNumber, currencyCode, postingDate, tax } = options;
  const { fields, cut } = shipToOf(sale.shipTo);
  return {
    body: {
      customerNumber,
      externalDocumentNumber: externalNumberOf(sale.naturalKey),
      ...(currencyCode === undefined ? {} : { currencyCode }),
      ...(tax === "included" ? { pricesIncludeTax: true } : {}),
      ...fields,
      orderDate: sale.orderDate,
      ...(postingDate === undefined ? {} : { postingDate }),
      ...headerDiscount(sale, options),
      salesOrderLines: linesOf(sale, options),
    },
    cut,
  };
}

/** The draft invoice that a sale is booked as; whether its prices include tax is the customer's affair. Throws MappingError. Pure. */
export function invoiceFromSale(sale: Sale, options: SaleOptions): Booked<SalesInvoiceBody> {
  const { customerNumber, currencyCode, postingDate } = options;
  const { fields, cut } = shipToOf(sale.shipTo);
  return {
    body: {
      customerNumber,
      externalDocumentNumber: externalNumberOf(sale.naturalKey),
      ...(currencyCode === undefined ? {} : { currencyCode }),
      ...fields,
      invoiceDate: sale.orderDate,
      ...(postingDate === undefined ? {} : { postingDate }),
      ...headerDiscount(sale, options),
      salesInvoiceLines: linesOf(sale, options),
    },
    cut,
  };
}

function linesOf(sale: Sale, options: SaleOptions): LineBody[] {
  const { lines, number } = sale;
  if (lines.length === 0) throw gap(number, "lines", "has nothing that could be booked");
  refuseGaps(sale);
  const { shippingAccount, discountAccount, taxAccount, tax } = options;
  const allTax = sumOf([sale.otherTax, ...lines.map((line) => line.tax)]);
  const account = (accountNumber: string | undefined, amount: string, setting: string): LineBody[] => {
    if (isZero(amount)) return [];
    if (accountNumber === undefined)
      throw gap(number, setting, `has ${amount} to be booked on an account that is not set`);
    return [{ lineType: "Account", lineObjectNumber: accountNumber, quantity: 1, unitPrice: numberOf(amount, number) }];
  };
  const shipping = tax === "included" ? sumOf([sale.shipping, sale.otherTax]) : sale.shipping;
  return [
    ...lines.map((line) => lineOf(line, sale, options)),
    ...account(shippingAccount, shipping, "lines.shippingAccount"),
    ...(discountAccount === undefined
      ? []
      : account(discountAccount, negative(sale.discount), "lines.discountAccount")),
    ...(tax === "account" ? account(taxAccount, allTax, "lines.taxAccount") : []),
  ];
}

/** Amounts that do not add up are never booked: no check after posting could mend them. */
function refuseGaps({ lines, shipping, otherTax, discount, total, number }: Sale): void {
  const goods = lines.map((line) => sumOf([productOf(line.unitPrice, decimalOf(line.quantity)), line.tax]));
  const sum = quotientOf(sumOf([...goods, shipping, otherTax, negative(discount)]), "1", 2);
  if (compareDecimals(sum, total) === 0) return;
  throw gap(number, "total", `has the total ${total}, but its lines, shipping, tax and discount make ${sum}`);
}

function lineOf(line: SaleLine, sale: Sale, { items, locationId, tax }: SaleOptions): LineBody {
  const found = items.get(line.sku);
  if (!found) throw gap(sale.number, "sku", `has the SKU ${line.sku}, which is no item in Business Central`);
  const { number, variantId } = found;
  return {
    lineType: "Item",
    lineObjectNumber: number,
    ...(variantId === undefined ? {} : { itemVariantId: variantId }),
    ...(locationId === undefined ? {} : { locationId }),
    quantity: line.quantity,
    unitPrice: numberOf(tax === "included" ? priceWithTax(line) : line.unitPrice, sale.number),
    ...(sale.shipDate === undefined ? {} : { shipmentDate: sale.shipDate }),
  };
}

/** BC keeps unit prices to 0.00001, so the line's own amount is met to the cent up to a thousand units. */
function priceWithTax({ unitPrice, tax, quantity }: SaleLine): string {
  const count = decimalOf(quantity);
  return quotientOf(sumOf([productOf(unitPrice, count), tax]), count, 5);
}

function headerDiscount({ discount, number }: Sale, { discountAccount }: SaleOptions): { discountAmount?: number } {
  if (isZero(discount) || discountAccount !== undefined) return {};
  return { discountAmount: numberOf(discount, number) };
}

const isZero = (amount: string) => compareDecimals(amount, "0") === 0;
const negative = (amount: string) => productOf(amount, "-1");

function numberOf(amount: string, document: string): number {
  const value = Number(amount);
  if (isAmount(value)) return value;
  throw gap(document, "amount", `has the amount ${amount}, which is too large`);
}

/** An address as documents have it, street lines as BC has room for: what does not fit in two stands together in the second. Pure. */
export function shipToOf({ name, company, street, city, state, postalCode, country }: Address) {
  const [first = "", ...rest] = street;
  const wanted = [
    ["shipToName", company || name, 100],
    ["shipToContact", company ? name : "", 100],
    ["shipToAddressLine1", first, 100],
    ["shipToAddressLine2", rest.join(", "), 50],
    ["shipToCity", city ?? "", 30],
    ["shipToState", state ?? "", 30],
    ["shipToPostCode", postalCode ?? "", 20],
    ["shipToCountry", country, 10],
  ] as const;
  const fields = Object.fromEntries(wanted.map(([field, text, length]) => [field, shortened(text, length)]));
  return { fields, cut: wanted.filter(([, text, length]) => text.length > length).map(([field]) => field) };
}

/** Cut between characters, never within one. */
function shortened(text: string, length: number): string {
  return text.length <= length
    ? text
    : text
        .slice(0, length)
        .replace(/[\uD800-\uDBFF]$/, "")
        .trimEnd();
}

function gap(document: string, field: string, what: string): MappingError {
  return new MappingError(
    `Business Central ${document}: ${field.startsWith("lines.") ? `${field}: ` : ""}the order ${what}`,
    {
      system: "bc",
      document,
      field,
      hint: field.startsWith("lines.")
        ? `Set ${field} for the store, then run \`mlc replay\`.`
        : "Mend it at the shipper or in Business Central, then run `mlc replay`.",
    },
  );
}
