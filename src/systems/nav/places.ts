import type { SalesOrderLine } from "../../connectors/nav/schema.ts";
import type { Delivery } from "../../core/delivery.ts";
import type { Shipment } from "../../core/model.ts";
import { factsOf, numbersIn, type ShippedFacts, shippedFacts } from "../../mappings/nav/facts.ts";
import { allocated, type Goods } from "../../mappings/nav/lines.ts";
import type { Look } from "./look.ts";

const prefix = "shipment:";

/** The name under which a shipment stands in the memo of its order. Pure. */
export function memoNameOf(shipmentId: string): string {
  return prefix + shipmentId;
}

/** A shipment of the order by its id. */
export type Shipped = readonly [id: string, facts: ShippedFacts];

/** The order's shipments that were written before, by id; those that were voided since too. Pure. */
export function shippedBefore({ memo }: Pick<Delivery, "memo">): Map<string, ShippedFacts> {
  const found = new Map<string, ShippedFacts>();
  for (const [name, value] of Object.entries(memo)) {
    const { data } = name.startsWith(prefix) ? shippedFacts.safeParse(value) : {};
    if (data) found.set(name.slice(prefix.length), data);
  }
  return found;
}

/** All shipments of the order by ship date, this one as it is now; where it stands is as it was noted. Pure. */
export function shippedNow(shipment: Shipment, before: ReadonlyMap<string, ShippedFacts>): Shipped[] {
  const facts = factsNow(shipment, before.get(shipment.id));
  const rank = ([id, { shipDate = "" }]: Shipped) => `${shipDate} ${id}`;
  return [...new Map(before).set(shipment.id, facts)].sort((left, right) => (rank(left) < rank(right) ? -1 : 1));
}

/** A void label may come back without what was in it. */
function factsNow(shipment: Shipment, before: ShippedFacts | undefined): ShippedFacts {
  const facts = factsOf(shipment);
  const { posted, goods, numbers } = before ?? {};
  return {
    ...facts,
    ...(posted === undefined ? {} : { posted }),
    ...(shipment.isVoided && !facts.goods && goods ? { goods } : {}),
    ...(shipment.isVoided && facts.numbers.length === 0 && numbers ? { numbers } : {}),
  };
}

/** Each shipment with the posted shipment that it left with, as far as the look tells. Pure. */
export function placed(all: readonly Shipped[], look: Look, before: ReadonlyMap<string, ShippedFacts>): Shipped[] {
  const rooms = roomsOf(
    look,
    all.flatMap(([, { numbers }]) => numbers),
  );
  const places = new Map<string, string | undefined>();
  const put = ([id, facts]: Shipped, posted: string | undefined) => {
    places.set(id, posted);
    if (posted !== undefined && !facts.isVoid) take(rooms, posted, facts);
  };
  const known = all.filter((one) => {
    const posted = noted(one, look, before.get(one[0])?.numbers);
    if (posted !== undefined) put(one, posted);
    return posted === undefined;
  });
  for (const one of known) put(one, one[1].isVoid ? undefined : firstFor(one[1], look, rooms));
  return all.map(([id, { posted: _, ...facts }]) => {
    const posted = places.get(id);
    return [id, posted === undefined ? facts : { ...facts, posted }];
  });
}

/** Where it was noted before, or where its number stands, or the one that it had before. */
function noted([, { posted, numbers }]: Shipped, look: Look, former: readonly string[] = []): string | undefined {
  if (posted !== undefined && look.posted.some(({ No }) => No === posted)) return posted;
  const all = [...numbers, ...former];
  return look.posted.find(({ Package_Tracking_No }) => stands(all, Package_Tracking_No))?.No;
}

/** Whether one of the numbers stands in a field. Pure. */
export function stands(numbers: readonly string[], field: string): boolean {
  return numbersIn(field).some((held) => numbers.includes(held));
}

/** What a posted shipment may still be of. */
interface Room {
  number: string;
  /** Somebody wrote a number to it that is none of ours. */
  isForeign: boolean;
  hasOurs: boolean;
  /** Absent where lines cannot be read. */
  lines?: SalesOrderLine[];
}

function roomsOf({ posted, postedLines }: Look, ours: readonly string[]): Room[] {
  return posted.map(({ No, Package_Tracking_No }) => {
    // What was undone has left with nothing.
    const lines = postedLines?.filter(({ Document_No, Correction }) => Document_No === No && !Correction);
    return {
      number: No,
      // Posting copies the header, which may still have held the number of an earlier part.
      isForeign: numbersIn(Package_Tracking_No).some((number) => !ours.includes(number)),
      hasOurs: false,
      ...(lines ? { lines: lines.map(asOrderLine) } : {}),
    };
  });
}

/** A posted line as goods are spread over it. */
function asOrderLine(line: NonNullable<Look["postedLines"]>[number]): SalesOrderLine {
  const { Document_No, Line_No, No, Variant_Code, Quantity } = line;
  return {
    "@odata.etag": "-",
    Document_Type: "-",
    Document_No,
    Line_No,
    Type: "",
    No,
    Variant_Code,
    Cross_Reference_No: "",
    Description: "",
    Quantity,
    Qty_to_Ship: 0,
    Quantity_Shipped: 0,
    Shipment_Date: "",
  };
}

function take(rooms: readonly Room[], number: string, { goods }: ShippedFacts): void {
  const room = rooms.find((one) => one.number === number);
  if (!room) return;
  Object.assign(room, { isForeign: false, hasOurs: true });
  if (room.lines && goods) room.lines = without(room.lines, goods).lines;
}

/** Lines with what some goods leave of them, and the goods that no line has room for. Pure. */
export function without(lines: readonly SalesOrderLine[], goods: readonly Goods[]) {
  const { lines: parts, left } = allocated(lines, goods);
  const taken = new Map(parts.map(({ line, quantity }) => [line, quantity]));
  return {
    lines: lines.map((line) => ({ ...line, Quantity: line.Quantity - (taken.get(line) ?? 0) })),
    parts: parts.filter(({ quantity }) => quantity > 0),
    left,
  };
}

/** The posted shipment that has room for what is in it; else the order while something of it is to ship, else the last posted. */
function firstFor({ goods }: ShippedFacts, look: Look, rooms: readonly Room[]): string | undefined {
  const fits = ({ lines, isForeign, hasOurs }: Room) =>
    !isForeign && (lines && goods ? without(lines, goods).left.length === 0 : !hasOurs);
  const fitting = rooms.find(fits);
  if (fitting) return fitting.number;
  const isToShip = look.order && (look.posted.length === 0 || outstanding(look.lines).length > 0);
  return isToShip ? undefined : rooms.at(-1)?.number;
}

/** An order's lines with what of them is not posted yet, without those that are through. Pure. */
export function outstanding(lines: readonly SalesOrderLine[]): SalesOrderLine[] {
  return lines
    .map((line) => ({ ...line, Quantity: line.Quantity - line.Quantity_Shipped, Quantity_Shipped: 0 }))
    .filter(({ No, Quantity }) => No !== "" && Quantity > 0);
}
