import { z } from "zod";
import { bcPairSettings, storeRuleIssues } from "../connectors/bc/config.ts";
import { fedexPairSettings } from "../connectors/fedex/config.ts";
import { chargeSettings, chargesFlow } from "../connectors/fno/charge-config.ts";
import { fnoPairSettings } from "../connectors/fno/config.ts";
import { inventoryFlow, stockSettings } from "../connectors/fno/stock-config.ts";
import { navPairSettings } from "../connectors/nav/config.ts";
import { shipBobFlows, shipBobPairSettings, warehousesWithCenters } from "../connectors/shipbob/config.ts";
import { shipStationPairSettings } from "../connectors/shipstation/config.ts";
import { bcPairQuestions, shippingAgentTable } from "./bc/questions.ts";
import { fedexPairQuestions } from "./fedex/questions.ts";
import { stockQuestions } from "./fno/questions.ts";
import type { PairKind } from "./kinds.ts";
import { navAgentTable, navPairQuestions } from "./nav/questions.ts";
import { shipBobTables } from "./shipbob/questions.ts";

const waiting = z.strictObject({ maxDays: z.coerce.number().int().positive().default(14) }).prefault({});

/** The settings of the pair fno-shipstation. */
export const fnoShipStation = z.strictObject({ ...fnoPairSettings.shape, ...shipStationPairSettings.shape, waiting });
/** The settings of the pair fno-fedex. Every label costs money, so that the pair must be told where it begins: else a first run would buy one for each open order. */
export const fnoFedEx = z
  .strictObject({ ...fnoPairSettings.shape, ...fedexPairSettings.shape, waiting })
  .superRefine(({ flows }, context) => {
    if (flows.orders.startDate !== undefined) return;
    const message = "labels are bought for orders created from this day on, like 2026-12-01";
    context.addIssue({ code: "custom", path: ["flows", "orders", "startDate"], message, input: undefined });
  });

/** The settings of the pair bc-shipstation. */
export const bcShipStation = z.strictObject({ ...bcPairSettings.shape, waiting }).superRefine((settings, context) => {
  for (const { path, message } of storeRuleIssues(settings))
    context.addIssue({ code: "custom", path: [...path], message, input: undefined });
});

const fnoFlows = fnoPairSettings.shape.flows.unwrap();

/** The settings of the pair fno-shipbob. */
export const fnoShipBob = z
  .strictObject({
    ...fnoPairSettings.shape,
    ...shipBobPairSettings.shape,
    flows: fnoFlows.extend({ ...shipBobFlows, inventory: inventoryFlow, charges: chargesFlow }).prefault({}),
    inventory: stockSettings,
    charges: chargeSettings,
    waiting,
  })
  .superRefine(({ charges, flows, fulfillmentCenters }, context) => {
    const issue = (path: string[], message: string) =>
      context.addIssue({ code: "custom", path, message, input: undefined });
    // The line of freight is a service: sent as goods, or its order set aside, were it not left out.
    if (charges.mode === "orderLine" && flows.orders.serviceItems !== "skip")
      issue(["flows", "orders", "serviceItems"], "must be skip where charges.mode is orderLine");
    const named = Object.values(fulfillmentCenters);
    for (const [id, warehouse] of Object.entries(fulfillmentCenters))
      if (!warehouse.includes("/") && named.some((other) => other.endsWith(`/${warehouse}`)))
        issue(["fulfillmentCenters", id], `names warehouse ${warehouse} without its company, another row with it`);
  });

/** The pairs mlc knows, by id. */
export const pairKinds: Readonly<Record<string, PairKind>> = {
  "fno-shipstation": {
    erp: "fno",
    shipper: "shipstation",
    flows: ["orders", "shipments"],
    settings: fnoShipStation,
    tables: [
      {
        path: "warehouses",
        label: "warehouse",
        erp: "warehouses",
        shipper: "warehouses",
        rowOf: (value) => Number(value),
        otherwise: "ShipStation's default warehouse",
      },
      {
        path: "deliveryModes",
        label: "delivery mode",
        erp: "deliveryModes",
        shipper: "services",
        rowOf: (value) => {
          const [carrierCode, serviceCode] = value.split("/");
          return { carrierCode, serviceCode };
        },
        otherwise: "ShipStation's own rules choose",
      },
    ],
    frozen: { orders: ["flows.orders.keyTemplate"] },
  },
  "fno-fedex": {
    erp: "fno",
    shipper: "fedex",
    flows: ["orders", "shipments"],
    settings: fnoFedEx,
    tables: [
      {
        path: "services",
        label: "delivery mode",
        erp: "deliveryModes",
        shipper: "services",
        isOpen: true,
        rowOf: (value) => ({ serviceType: value }),
        otherwise: "the default service of the FedEx account",
      },
    ],
    questions: fedexPairQuestions,
    validate: "validate",
    frozen: { orders: ["flows.orders.keyTemplate"] },
  },
  "fno-shipbob": {
    erp: "fno",
    shipper: "shipbob",
    flows: ["orders", "shipments", "products", "inventory", "charges"],
    settings: fnoShipBob,
    tables: shipBobTables,
    questions: stockQuestions,
    modes: {
      inventory: { setting: "inventory.mode", report: "sync inventory" },
      charges: { setting: "charges.mode", report: "charges" },
    },
    warehousesOf: (given) => {
      const settings = fnoShipBob.parse(given);
      return warehousesWithCenters(settings.flows.orders.filter.warehouses, settings);
    },
    frozen: { orders: ["flows.orders.keyTemplate"] },
  },
  "bc-shipstation": {
    erp: "bc",
    shipper: "shipstation",
    flows: ["sales", "shipments", "products", "customers"],
    settings: bcShipStation,
    tables: [],
    questions: bcPairQuestions,
    typedTables: [shippingAgentTable],
    frozen: {},
  },
  "nav-shipstation": {
    erp: "nav",
    shipper: "shipstation",
    flows: ["shipments"],
    settings: navPairSettings,
    tables: [],
    questions: navPairQuestions,
    typedTables: [navAgentTable],
    frozen: {},
  },
};
