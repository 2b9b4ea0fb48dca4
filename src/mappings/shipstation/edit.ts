import type { ShipStationOrder } from "../../connectors/shipstation/schema.ts";
import { type OrderAtShipper, personalValues } from "../../core/model.ts";
import { isOpen, valuesOf } from "../shipstation.ts";

const carrierFields = ["carrierCode", "serviceCode", "packageCode"];

/**
 * An order as it stands at ShipStation, by the names of the fields mlc sends. What ShipStation fills in by itself, where
 * mlc says nothing, is left out: carrier rules, the default warehouse, the residential look-up, a label's status. Pure.
 */
export function editedOrder(
  order: ShipStationOrder,
  related: readonly string[],
  sends: { deliveryModes: Readonly<Record<string, unknown>>; warehouses: Readonly<Record<string, unknown>> },
): OrderAtShipper {
  const { advancedOptions: options, holdUntilDate } = order;
  const isShipped = order.orderStatus === "shipped";
  const sendsCarrier = Object.hasOwn(sends.deliveryModes, order.requestedShippingService ?? "") && !isShipped;
  const left = new Set([
    "shipTo.residential",
    ...(sendsCarrier ? [] : carrierFields),
    ...(Object.keys(sends.warehouses).length > 0 ? [] : ["advancedOptions.warehouseId"]),
    ...(isShipped ? ["orderStatus"] : []),
  ]);
  const values = Object.entries(valuesOf(order)).filter(([name]) => !left.has(name));
  return {
    id: String(order.orderId),
    number: order.orderNumber || String(order.orderId),
    naturalKey: order.orderKey ?? "",
    isOpen: isOpen(order),
    final: false,
    personal: peopleOf(order),
    values: {
      ...Object.fromEntries(values),
      ...(holdUntilDate && order.orderStatus === "on_hold" ? { holdUntilDate } : {}),
      ...(options?.mergedIds && options.mergedIds.length > 0 ? { mergedIds: options.mergedIds } : {}),
      ...(options?.parentId ? { parentId: options.parentId } : {}),
    },
    related: [...related],
  };
}

function peopleOf({ billTo, shipTo, customerEmail }: ShipStationOrder): string[] {
  const addresses = [billTo, shipTo].flatMap((address) =>
    address
      ? [
          {
            name: address.name ?? "",
            company: address.company ?? "",
            street: [address.street1, address.street2, address.street3].map((line) => line ?? ""),
            phone: address.phone ?? "",
            country: address.country ?? "",
          },
        ]
      : [],
  );
  return personalValues(addresses, [customerEmail ?? undefined]);
}
