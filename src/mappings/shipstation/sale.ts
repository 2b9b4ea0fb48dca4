import { z } from "zod";
import {
  orderSchema,
  pacific,
  type ShipStationAddress,
  type ShipStationOrder,
} from "../../connectors/shipstation/schema.ts";
import { MappingError } from "../../core/errors.ts";
import { type Hash, hashOf } from "../../core/json.ts";
import { type Address, type CivilDate, personalValues, type Sale, type Shipment } from "../../core/model.ts";
import { dayAt, instantOf } from "../../core/time.ts";
import { amountsOf, unreadable } from "./sale-amounts.ts";
import { saleLines } from "./sale-lines.ts";
import { shipmentPayload, shipmentsFromShipStation, shipmentVersion } from "./shipment.ts";

/** A sale record: the order's row, and what had to be read beside it. */
const payloadSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("order"),
    order: orderSchema,
    /** Its labels and fulfillments, oldest first. */
    parcels: z.array(shipmentPayload),
    /** The key of the order that it was split from. */
    rootKey: z.string().optional(),
    /** All parts of the order it was split from or into, where its own money does not add up. */
    family: z.array(orderSchema).optional(),
    /** Combined into another order, which is the sale. */
    isMerged: z.boolean().optional(),
  }),
  z.object({ kind: z.literal("unreadable"), id: z.string(), message: z.string() }),
]);

/** A sale record's payload. */
export type SalePayload = z.infer<typeof payloadSchema>;

type OrderPayload = SalePayload & { kind: "order" };

/** What the settings say about orders as sales. */
export interface SaleOptions {
  /** The currency of a store's orders: V1's do not say it. */
  currencyOf(storeId: string | undefined): string;
}

const statuses: Readonly<Record<string, Sale["status"]>> = {
  awaiting_payment: "open",
  awaiting_shipment: "open",
  on_hold: "open",
  pending_fulfillment: "open",
  rejected_fulfillment: "open",
  shipped: "shipped",
  cancelled: "cancelled",
};

/** The sale that an order is. Throws MappingError. Pure. */
export function saleFromShipStation(payload: unknown, options: SaleOptions): Sale {
  const parsed = payloadSchema.safeParse(payload);
  if (!parsed.success) {
    const path = parsed.error.issues[0]?.path.join(".") ?? "";
    throw new MappingError(`An order from ShipStation cannot be read: ${path} is not as documented.`, {
      system: "shipstation",
      field: path,
    });
  }
  const { data } = parsed;
  if (data.kind === "order") return saleOf(data, options);
  throw new MappingError(`ShipStation cannot give one of its own orders: ${data.message}`, {
    system: "shipstation",
    document: data.id,
    hint: "Look at the orders of that time in ShipStation, then run `mlc replay`.",
  });
}

/**
 * Changes exactly when something that is passed on changes, and so is made of just that; of an order that cannot be
 * translated, when the reason changes. Pure.
 */
export function saleVersion(payload: SalePayload): Hash {
  if (payload.kind === "unreadable") return hashOf(payload.message);
  try {
    const { personal: _1, shipments: _2, ...sale } = saleOf(payload, { currencyOf: () => "" });
    return hashOf([sale, payload.parcels.map(shipmentVersion)]);
  } catch (error) {
    if (!(error instanceof MappingError)) throw error;
    return hashOf(error.message);
  }
}

/** The last day on which a parcel of an order left, voided ones too, or ShipStation says that the order did. Pure. */
export function lastDayOf(order: ShipStationOrder, parcels: OrderPayload["parcels"]): CivilDate | undefined {
  const days = parcels.flatMap((parcel) => {
    if (parcel.kind === "shipment") return parcel.shipment.isReturnLabel ? [] : (dayOf(parcel.shipment.shipDate) ?? []);
    return parcel.kind === "fulfillment" ? (dayOf(parcel.fulfillment.shipDate) ?? []) : [];
  });
  return days.sort().at(-1) ?? dayOf(order.shipDate);
}

/**
 * The day that ShipStation's own clock showed, which is Pacific wherever the store is (V1, 1.3). It is the day that people see
 * there and that its dates without a time mean: in another zone a sale and its label could fall on different days. Pure.
 */
export function dayOf(time: string | null | undefined): CivilDate | undefined {
  const instant = time ? instantOf(time, pacific) : undefined;
  return instant && dayAt(instant, pacific);
}

function saleOf(payload: OrderPayload, { currencyOf }: SaleOptions): Sale {
  const { order, rootKey } = payload;
  const { orderId, orderNumber, customerUsername, customerEmail, advancedOptions } = order;
  const id = String(orderId);
  const shipments = payload.parcels.flatMap(shipmentsFromShipStation);
  const { status, ...content } = contentOf(payload, shipments);
  const shipTo = addressOf(order, status);
  const shipDate = shipDateOf(order, shipments);
  const orderDate = dayOf(order.orderDate);
  if (orderDate === undefined) throw unreadable(order, "orderDate", "has no order date");
  const storeId = advancedOptions?.storeId ? String(advancedOptions.storeId) : undefined;
  const bare = order.orderKey || `ss-${id}`;
  const { lines } = content;
  return {
    id,
    number: orderNumber || id,
    final: status === "cancelled" || (order.orderStatus === "shipped" && lines.every(isThrough)),
    personal: personalValues(
      [shipTo, ...partyOf(order.billTo)],
      [customerEmail ?? undefined, customerUsername ?? undefined],
    ),
    // Parts may share a key (V2, 7.3). Its own one is used, since the order it was split from may be gone one day.
    naturalKey: order.orderKey && advancedOptions?.parentId ? `${bare}-${id}` : bare,
    orderKey: rootKey ?? bare,
    status,
    ...(storeId === undefined ? {} : { storeId }),
    ...(customerUsername ? { customerAccount: customerUsername } : {}),
    ...(customerEmail ? { email: customerEmail } : {}),
    shipTo,
    orderDate,
    ...(shipDate === undefined ? {} : { shipDate }),
    currency: currencyOf(storeId),
    shipments,
    ...content,
  };
}

/** When the last live parcel left, or ShipStation says that the order did. */
function shipDateOf(order: ShipStationOrder, parcels: readonly Shipment[]): CivilDate | undefined {
  const live = parcels.filter(({ isVoided, isReturn }) => !isVoided && !isReturn);
  const days = live.flatMap(({ shipDate }) => shipDate ?? []).sort();
  return days.at(-1) ?? (order.orderStatus === "shipped" ? dayOf(order.shipDate) : undefined);
}

function isThrough({ shipped, quantity }: Sale["lines"][number]): boolean {
  return shipped >= quantity;
}

type Content = Pick<Sale, "status" | "lines" | "shipping" | "otherTax" | "discount" | "total">;

const nothing: Omit<Content, "status"> = { lines: [], shipping: "0", otherTax: "0", discount: "0", total: "0" };

function contentOf({ order, family, isMerged }: OrderPayload, shipments: readonly Shipment[]): Content {
  const status = isMerged ? "cancelled" : statusOf(order);
  try {
    const { hasLineTax, ...amounts } = amountsOf(order, family);
    const lines = saleLines(order, hasLineTax, shipments);
    const isPartial = status === "open" && lines.some(({ shipped }) => shipped > 0);
    return { status: isPartial ? "shipped" : status, lines, ...amounts };
  } catch (error) {
    // There is nothing to book of a cancelled order, so that nobody has to mend it first.
    if (status === "cancelled" && error instanceof MappingError) return { status, ...nothing };
    throw error;
  }
}

function statusOf(order: ShipStationOrder): Sale["status"] {
  const code = order.orderStatus ?? "";
  const status = Object.hasOwn(statuses, code) ? statuses[code] : undefined;
  if (status === undefined) throw unreadable(order, "orderStatus", `has the status "${code}", which mlc does not know`);
  return status;
}

function addressOf(order: ShipStationOrder, status: Sale["status"]): Address {
  const [shipTo] = partyOf(order.shipTo ?? (status === "cancelled" ? {} : undefined));
  if (!shipTo) throw unreadable(order, "shipTo", "has no ship-to address");
  return { ...shipTo, ...(order.customerEmail ? { email: order.customerEmail } : {}) };
}

function partyOf(address: ShipStationAddress | null | undefined): Address[] {
  if (!address) return [];
  const { name, company, street1, street2, street3, city, state, postalCode, country, phone, residential } = address;
  const texts = Object.entries({ company, city, state, postalCode, phone }).filter(([, text]) => text);
  return [
    {
      name: name || company || "",
      ...Object.fromEntries(texts),
      street: [street1, street2, street3].flatMap((line) => (line?.trim() ? [line.trim()] : [])),
      country: (country ?? "").toUpperCase(),
      ...(typeof residential === "boolean" ? { isResidential: residential } : {}),
    },
  ];
}
