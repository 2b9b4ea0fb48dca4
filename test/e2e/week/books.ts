import type { FulfillmentRow, OrderRow, ShipmentRow } from "../../../src/sandbox/shipstation/rows.ts";
import type { People, Screens } from "./people.ts";
import { type Content, newest, type Sale } from "./sale.ts";
import type { RunTold } from "./watch.ts";

/** What the comparison looks at. */
export interface Books extends Screens {
  people: People;
  runs: readonly RunTold[];
}

const openStatuses = ["awaiting_shipment", "on_hold"];

/** Everything in which the books of the two vendors disagree with what the people did, a sentence each. */
export function disagreements(books: Books): string[] {
  return [...orderFaults(books), ...noteFaults(books), ...rowFaults(books), ...writeFaults(books)];
}

/** Shipments and fulfillments still on their way to a slip that nobody posted. */
export function withoutSlip({ people, shipstation }: Books): number {
  const labels = [...shipstation.shipments, ...shipstation.fulfillments];
  return labels.filter((row) => !row.voided && saleOf(people, row.orderNumber)?.slip === undefined).length;
}

/** Orders that only a person can mend: confirmed, and without a street. */
export function hopeless({ people, fno }: Books): number {
  return [...people.sales.values()].filter(({ legalEntity, number }) => {
    const { header } = fno.order(legalEntity, number) ?? {};
    return header?.SalesOrderProcessingStatus === "Confirmed" && header.DeliveryAddressStreet === "";
  }).length;
}

function saleOf(people: People, orderNumber: string): Sale | undefined {
  return people.sales.get(orderNumber.replace(/^(W-\d+)-2$/, "$1"));
}

function orderFaults(books: Books): string[] {
  const { people, shipstation } = books;
  const byKey = groups(shipstation.orders, ({ orderKey }) => orderKey);
  const known = new Set([...people.sales.values()].flatMap(({ keys }) => keys));
  const created = groups(
    shipstation.ledger.filter(({ action }) => action === "create"),
    ({ key }) => key,
  );
  return [
    ...[...byKey].flatMap(([key, { length }]) => (length > 1 ? [`${key} stands there ${length} times`] : [])),
    ...[...created].flatMap(([key, { length }]) => (length > 1 ? [`${key} was created ${length} times`] : [])),
    ...[...byKey.keys()].flatMap((key) => (known.has(key) ? [] : [`${key} is nobody's order`])),
    ...[...people.sales.values()].flatMap((sale) => saleFaults(books, sale, byKey)),
  ];
}

function saleFaults(books: Books, sale: Sale, byKey: ReadonlyMap<string, readonly OrderRow[]>): string[] {
  const there = sale.keys.flatMap((key) => byKey.get(key) ?? []);
  const { sendableAt, cancelledAt, removedAt } = sale;
  if (sendableAt === undefined) return there.map(({ orderKey }) => `${orderKey} was not to be sent`);
  const goneAt = cancelledAt ?? removedAt;
  if (goneAt !== undefined && !wasRead(books, "orders", sendableAt, goneAt) && there.length === 0) return [];
  const missing = sale.keys.length - there.length;
  return [
    ...(missing > 0 ? [`${sale.keys.join(" and ")}: ${missing} missing`] : []),
    ...there.flatMap((order) => contentFaults(books, sale, order)),
    ...there.flatMap((order) => statusFaults(books, sale, order)),
  ];
}

/** The newest content that a run had read before the first label, or a later one; while the order is open the newest. */
function contentFaults(books: Books, sale: Sale, order: OrderRow): string[] {
  const { orderKey } = order;
  const labelled = sale.labelledAt.get(orderKey);
  const isFree = openStatuses.includes(order.orderStatus) && labelled === undefined;
  const until = isFree ? Number.POSITIVE_INFINITY : (labelled ?? sale.cancelledAt ?? sale.removedAt ?? 0);
  const fresh = sale.versions.findLastIndex(({ at }) => wasRead(books, "orders", at, until));
  const allowed = sale.versions.slice(Math.max(0, fresh));
  const note = sale.remembered.get(orderKey);
  return [
    ...(allowed.some(({ content }) => holds(order, content, sale, books))
      ? []
      : [`${orderKey} (${order.orderStatus}) does not hold what F&O last said: ${JSON.stringify(newest(sale))}`]),
    ...(note === undefined || order.internalNotes === note ? [] : [`${orderKey} lost the note of a person`]),
  ];
}

function holds({ shipTo, items, orderKey }: OrderRow, content: Content, sale: Sale, { fno }: Books): boolean {
  const { lines = [] } = fno.order(sale.legalEntity, sale.number) ?? {};
  const warehouse = orderKey === sale.keys[1] ? "51" : "24";
  const wanted = lines
    .filter(({ values }) => values.ShippingWarehouseId === warehouse)
    .map(({ values }) => `${values.ItemNumber} × ${content.quantities[Number(values.LineNumber)]}`);
  const held = items.map(({ sku, quantity }) => `${sku} × ${quantity}`);
  const isSame = sale.removedAt !== undefined || wanted.sort().join() === held.sort().join();
  return isSame && shipTo.street1 === content.street && shipTo.city === content.city;
}

function statusFaults(books: Books, sale: Sale, { orderKey, orderStatus, orderId }: OrderRow): string[] {
  const labels = labelsOf(books, orderId);
  const { cancelledAt } = sale;
  if (cancelledAt === undefined) {
    const isWrong = orderStatus === "cancelled" && sale.removedAt === undefined;
    return isWrong ? [`${orderKey} is cancelled, the sale is not`] : [];
  }
  if (orderStatus === "cancelled" || orderStatus === "shipped") return [];
  return wasRead(books, "orders", cancelledAt, Number.POSITIVE_INFINITY)
    ? [`${orderKey} is ${orderStatus} with ${labels.length} labels, the sale is cancelled`]
    : [];
}

/** Whether so many runs that ended well began after an instant and were over before another. */
function wasRead({ runs }: Books, flow: string, after: number, before: number, times = 1): boolean {
  const isBetween = ({ startedAt, endedAt }: RunTold) => startedAt > after && endedAt < before;
  return runs.filter((run) => run.flow === flow && run.error === undefined && isBetween(run)).length >= times;
}

type Label = ShipmentRow | FulfillmentRow;

const idOf = (label: Label) => ("shipmentId" in label ? `se-${label.shipmentId}` : `f-${label.fulfillmentId}`);
const numbersOf = (label: Label) => ("trackingNumbers" in label ? label.trackingNumbers : [label.trackingNumber ?? ""]);

function labelsOf({ shipstation }: Books, orderId?: number): Label[] {
  const labels: Label[] = [...shipstation.shipments, ...shipstation.fulfillments];
  return orderId === undefined ? labels : labels.filter((label) => label.orderId === orderId);
}

/** Every label is noted once on its order, a void one withdrawn once; one that was void before anybody read it may have neither. */
function noteFaults(books: Books): string[] {
  const { fno, people } = books;
  const notes = groups(fno.attachments, ({ AttachmentDescription }) => String(AttachmentDescription));
  const faults: string[] = [];
  const expected = new Set<string>();
  for (const label of labelsOf(books)) {
    const id = idOf(label);
    const sale = saleOf(people, label.orderNumber);
    const [noted = [], withdrawn = []] = [`mlc note:${id}`, `mlc voidNote:${id}`].map((name) => {
      expected.add(name);
      return notes.get(name) ?? [];
    });
    const voidedAt = label.voidDate ? Date.parse(label.voidDate.instant) : Number.POSITIVE_INFINITY;
    // The answer to the first run's note may be lost, so that only the next one knows whether it stands.
    const wasSeen = wasRead(books, "shipments", Date.parse(label.createDate.instant), voidedAt, 2);
    const least = wasSeen ? 1 : 0;
    if (noted.length > 1 || noted.length < least) faults.push(`${id} of ${label.orderNumber}: ${noted.length} notes`);
    if (withdrawn.length !== (label.voided ? noted.length : 0))
      faults.push(`${id} of ${label.orderNumber}: ${withdrawn.length} notes that it is void, ${noted.length} notes`);
    for (const note of [...noted, ...withdrawn]) {
      if (note.SalesOrderNumber !== sale?.number) faults.push(`${id} is noted on ${note.SalesOrderNumber}`);
      for (const number of numbersOf(label))
        if (!String(note.Notes).includes(number)) faults.push(`a note of ${id} does not name ${number}`);
    }
  }
  for (const name of notes.keys()) if (!expected.has(name)) faults.push(`"${name}" is a note for nothing`);
  return faults;
}

/** Every number of a live label stands once on the slip of its order, and no other does. */
function rowFaults(books: Books): string[] {
  const { fno, people } = books;
  const wanted = labelsOf(books).flatMap((label) => {
    const sale = saleOf(people, label.orderNumber);
    if (label.voided || sale?.slip === undefined) return [];
    return numbersOf(label).map((number) => `${sale.slip} ${number}`);
  });
  const rows = groups(
    fno.trackingRows.map((row) => `${row.PackingSlipNumber} ${row.TrackingNumber}`),
    (row) => row,
  );
  return [
    ...wanted.filter((row) => !rows.has(row)).map((row) => `no tracking row ${row}`),
    ...[...rows].flatMap(([row, { length }]) =>
      length > 1 ? [`tracking row ${row} stands there ${length} times`] : [],
    ),
    ...[...rows.keys()].filter((row) => !new Set(wanted).has(row)).map((row) => `tracking row ${row} is for nothing`),
  ];
}

const allowedWrites = [
  "POST SalesOrderHeaderDocumentAttachmentsV2",
  "POST PackingSlipTrackingInformation",
  "DELETE PackingSlipTrackingInformation",
];

function writeFaults({ fno }: Books): string[] {
  return fno.ledger.flatMap(({ action, key }) => (allowedWrites.includes(action) ? [] : [`${action} on ${key}`]));
}

function groups<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const found = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = found.get(key);
    if (group) group.push(item);
    else found.set(key, [item]);
  }
  return found;
}
