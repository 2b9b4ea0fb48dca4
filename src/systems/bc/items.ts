import type { BcClient } from "../../connectors/bc/client.ts";
import type { Item, ItemVariant } from "../../connectors/bc/schema.ts";
import type { Call } from "../../core/delivery.ts";
import { MappingError, NotYetError } from "../../core/errors.ts";
import type { BookedItem } from "../../mappings/bc/sales.ts";

/** What was found of SKUs. */
export interface FoundItems {
  items: Map<string, Item>;
  variants: ItemVariant[];
  calls: Call[];
}

/** `number` and `code` of a SKU that may name a variant. */
interface Split {
  number: string;
  code: string;
}

/** An item's number is Code[20] (BC, 2.2): a longer one names none, and BC refuses to be asked for it. */
export const longestNumber = 20;
/** A variant's code is Code[10] (BC, 2.2). */
const longestCode = 10;

/** A code as BC keeps it: in upper case and trimmed (BC, 2). Pure. */
export function asCode(text: string): string {
  return text.trim().toUpperCase();
}

/** The ways to read a SKU as an item's number and a variant's code: `1000/RED`, `1000|RED`. Pure. */
export function splitsOf(sku: string): Split[] {
  const text = asCode(sku);
  return ["/", "|"].flatMap((separator) => {
    const at = text.lastIndexOf(separator);
    const [number, code] = [text.slice(0, at).trim(), text.slice(at + 1).trim()];
    const fits = number.length <= longestNumber && code.length <= longestCode;
    return at > 0 && code !== "" && fits ? [{ number, code }] : [];
  });
}

/** Looks up items and variants that SKUs may stand for. */
export async function findItems(client: BcClient, skus: readonly string[]): Promise<FoundItems> {
  const whole = skus.map(asCode).filter((number) => number !== "" && number.length <= longestNumber);
  const splits = skus.flatMap(splitsOf);
  const numbers = [...new Set([...whole, ...splits.map(({ number }) => number)])];
  if (numbers.length === 0) return { items: new Map(), variants: [], calls: [] };
  const { value, calls } = await client.masterData.itemsByNumber(numbers);
  const items = new Map(value.map((item) => [asCode(item.number), item]));
  const withVariants = [...new Set(splits.map(({ number }) => number).filter((number) => items.has(number)))];
  if (withVariants.length === 0) return { items, variants: [], calls: [...calls] };
  const variants = await client.masterData.itemVariants(withVariants);
  return { items, variants: variants.value, calls: [...calls, ...variants.calls] };
}

/** The item that a SKU stands for: one of that number, else a variant of one. Throws MappingError for a blocked one. Pure. */
export function itemOf(sku: string, { items, variants }: FoundItems, document: string): BookedItem | undefined {
  const whole = items.get(asCode(sku));
  if (whole) return sellable(whole, sku, document);
  for (const { number, code } of splitsOf(sku)) {
    const item = items.get(number);
    const variant = variants.find((one) => asCode(one.itemNumber) === number && asCode(one.code) === code);
    if (item && variant) return { ...sellable(item, sku, document), variantId: variant.id };
  }
  return undefined;
}

function sellable({ number, blocked }: Item, sku: string, document: string): BookedItem {
  if (!blocked) return { number };
  throw new MappingError(`Business Central ${document}: item ${number} of SKU ${sku} is blocked`, {
    system: "bc",
    document,
    field: "sku",
    hint: `Unblock item ${number} in Business Central, then run \`mlc replay\`.`,
  });
}

/**
 * The error of a SKU that is no item: one without a text needs a person at the shipper; any other one is looked for again until
 * somebody has made the item. Pure.
 */
export function noItem(sku: string, line: string, document: string): MappingError | NotYetError {
  const message = `Business Central ${document}: the SKU "${sku}" of line ${line} is no item`;
  const about = { system: "bc", document, field: "sku" };
  if (sku === "")
    return new MappingError(message, {
      ...about,
      hint: "Give the product its SKU at the shipper, then run `mlc replay`.",
    });
  const hint = `Create item ${sku} in Business Central or correct the SKU at the shipper: mlc looks again by itself.`;
  return new NotYetError(message, { ...about, hint });
}
