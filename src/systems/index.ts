import type { z } from "zod";
import { bcSettings, rulesOf } from "../connectors/bc/config.ts";
import { fedexSettings } from "../connectors/fedex/config.ts";
import { fnoSettings } from "../connectors/fno/config.ts";
import { navPairSettings, navSettings } from "../connectors/nav/config.ts";
import { shipBobAccount, shipBobSettings, warehousesWithCenters } from "../connectors/shipbob/config.ts";
import { type ShipStationSettings, shipStationSettings } from "../connectors/shipstation/config.ts";
import { parseSettings } from "../core/config.ts";
import type { ShipperStores } from "./bc/shipment-target.ts";
import { bcEnvironment, bcSystem } from "./bc.ts";
import { labelsIn } from "./fedex/label-memo.ts";
import { fedexQuestions, shipFromTable } from "./fedex/questions.ts";
import { fedexSystem } from "./fedex.ts";
import { type FnoPair, fnoSystem } from "./fno.ts";
import type { ForPair, SystemKind } from "./kinds.ts";
import { navCredentials, navQuestions } from "./nav/questions.ts";
import { navServer, navSystem } from "./nav.ts";
import { bcShipStation, fnoFedEx, fnoShipBob, fnoShipStation } from "./pairs.ts";
import { shipBobCredentials, shipBobQuestions, shipBobSecrets } from "./shipbob/questions.ts";
import { shipBobSignIn } from "./shipbob/sign-in.ts";
import { shipBobSystem } from "./shipbob.ts";
import { shipStationForMatching } from "./shipstation/for-matching.ts";
import { shipStationForSales } from "./shipstation/for-sales.ts";
import { shipStationSystem } from "./shipstation.ts";

/** The settings of the pair a system is built for, or of a stock one. Throws ConfigError. */
function settingsFor<T>(schema: z.ZodType<T>, name: string, pair: ForPair | undefined, stock: unknown = {}): T {
  return parseSettings(schema, pair?.name === name ? pair.settings : stock, name);
}

/** Of a stock pair that buys labels; nothing is read or bought for it. */
const stockForLabels = { flows: { orders: { startDate: "1970-01-01" } } };

/** What F&O reads of the settings of any pair; one that buys labels has it read more. */
function fnoPairOf(pair: ForPair | undefined): FnoPair {
  if (pair?.name === "fno-shipbob") {
    const settings = settingsFor(fnoShipBob, "fno-shipbob", pair);
    const { flows, lengthUnit, releaseStatus } = settings;
    const warehouses = warehousesWithCenters(flows.orders.filter.warehouses, settings);
    const orders = { ...flows.orders, filter: { ...flows.orders.filter, warehouses } };
    return {
      ...settings,
      flows: { ...flows, orders },
      forProducts: { ...flows.products, lengthUnit },
      forStock: { releaseStatus },
    };
  }
  if (pair?.name !== "fno-fedex") return settingsFor(fnoShipStation, "fno-shipstation", pair);
  const settings = settingsFor(fnoFedEx, "fno-fedex", pair);
  const { lengthUnit, invoiceField } = settings;
  return { ...settings, forLabels: { lengthUnit, invoiceField } };
}

/** The stores in which mlc makes orders itself: what is shipped from there is in an ERP already. */
function fedStores({ storeId }: ShipStationSettings, others: ForPair["others"] = {}): number[] {
  const { success, data } = fnoShipStation.safeParse(others["fno-shipstation"]);
  if (!success) return [];
  return [...(storeId === undefined ? [] : [storeId]), ...Object.values(data.storeByLegalEntity)];
}

/** Whether orders come from ShipStation in another pair of the account. */
function readsOrders(pair: ForPair | undefined): { readsOrders: boolean } {
  return { readsOrders: pair?.others?.["bc-shipstation"] !== undefined };
}

/** Which of the shipper's stores a pair reads, and which mlc feeds. */
function shipperStores(pair: ForPair | undefined): ShipperStores {
  const { data } = shipStationSettings.safeParse(pair?.shipper);
  return data ? { read: data.stores, fed: fedStores(data, pair?.others) } : { fed: [] };
}

/** The systems mlc knows, by id. */
export const systemKinds: Readonly<Record<string, SystemKind>> = {
  fno: {
    title: "Dynamics 365 Finance & Operations",
    side: "erp",
    settings: fnoSettings,
    questions: [
      { path: "host", label: "Address of the environment (https://….operations.dynamics.com)" },
      { path: "tenantId", label: "Tenant id (or the tenant's domain)" },
      { path: "clientId", label: "Client id of the app registration" },
      {
        path: "legalEntities",
        label: "Legal entities",
        pick: { from: "legalEntities", howMany: "many" },
        meanwhile: ["dat"],
      },
    ],
    secrets: [
      { name: "clientSecret", label: "Client secret", isOptional: false },
      { name: "certificate", label: "Certificate", isOptional: false, isPem: true },
      { name: "privateKey", label: "Private key", isOptional: false, isPem: true },
      { name: "webhookToken", label: "Token in the address of business events", isOptional: true, isOwn: true },
    ],
    credentials: [
      { label: "Client secret", secrets: ["clientSecret"] },
      { label: "Certificate", secrets: ["certificate", "privateKey"] },
    ],
    build: (settings, pair, context) =>
      fnoSystem(parseSettings(fnoSettings, settings, "fno"), fnoPairOf(pair), context),
  },
  bc: {
    title: "Dynamics 365 Business Central",
    side: "erp",
    settings: bcSettings,
    questions: [
      { path: "tenantId", label: "Tenant id (or the tenant's domain)" },
      { path: "environment", label: "Environment, as the admin centre names it" },
      { path: "clientId", label: "Client id of the app registration" },
      { path: "company", label: "Company", pick: { from: "companies", howMany: "one" }, isChecked: true },
    ],
    secrets: [
      { name: "clientSecret", label: "Client secret", isOptional: false },
      { name: "webhookSecret", label: "Secret of webhooks", isOptional: true, isOwn: true },
    ],
    build: (settings, pair, context) =>
      bcSystem(
        parseSettings(bcEnvironment, settings, "bc"),
        { ...settingsFor(bcShipStation, "bc-shipstation", pair), stores: shipperStores(pair) },
        context,
      ),
  },
  nav: {
    title: "Dynamics NAV",
    side: "erp",
    settings: navSettings,
    questions: navQuestions,
    secrets: [
      { name: "password", label: "Web service access key of the NAV user", isOptional: false },
      { name: "clientSecret", label: "Client secret at the gateway", isOptional: false },
    ],
    credentials: navCredentials,
    build: (settings, pair, context) =>
      navSystem(
        parseSettings(navServer, settings, "nav"),
        settingsFor(navPairSettings, "nav-shipstation", pair),
        context,
      ),
  },
  shipstation: {
    title: "ShipStation",
    side: "shipper",
    settings: shipStationSettings,
    questions: [
      {
        path: "storeId",
        label: "Store for orders of F&O (any one, where there is no F&O)",
        pick: { from: "stores", howMany: "one" },
      },
      { path: "stores", label: "Stores whose shipments are read", pick: { from: "stores", howMany: "many" } },
    ],
    secrets: [
      { name: "apiKey", label: "API key (V1)", isOptional: false },
      { name: "apiSecret", label: "API secret (V1)", isOptional: false },
      { name: "apiKeyV2", label: "API key (V2)", isOptional: true },
      { name: "webhookToken", label: "Token in the address of webhooks", isOptional: true, isOwn: true },
    ],
    build: (settings, given, context) => {
      const account = parseSettings(shipStationSettings, settings, "shipstation");
      if (given?.name === "bc-shipstation") {
        const pair = settingsFor(bcShipStation, "bc-shipstation", given);
        const sales = {
          flows: pair.flows,
          fedStores: fedStores(account, given.others),
          rulesOf: (storeId: string | undefined) => rulesOf(pair, storeId),
        };
        return shipStationForSales(account, sales, context);
      }
      if (given?.name === "nav-shipstation") {
        const { lookBack, startDate } = settingsFor(navPairSettings, "nav-shipstation", given).flows.shipments;
        const matching = { lookBack, startDate, fedStores: fedStores(account, given.others), ...readsOrders(given) };
        return shipStationForMatching(account, matching, context);
      }
      const pair = settingsFor(fnoShipStation, "fno-shipstation", given);
      const { orders, shipments } = pair.flows;
      return shipStationSystem(
        account,
        { ...pair, keyTemplate: orders.keyTemplate, lookBack: shipments.lookBack, ...readsOrders(given) },
        context,
      );
    },
  },
  shipbob: {
    title: "ShipBob",
    side: "shipper",
    settings: shipBobSettings,
    questions: shipBobQuestions,
    secrets: shipBobSecrets,
    credentials: shipBobCredentials,
    signIn: { secret: "refreshToken", renewAfterDays: 20, endsAfterDays: 30 },
    beginSignIn: (settings, asked) => shipBobSignIn(parseSettings(shipBobAccount, settings, "shipbob"), asked),
    build: (settings, given, context) => {
      const pair = settingsFor(fnoShipBob, "fno-shipbob", given);
      const { orders, shipments, products, charges } = pair.flows;
      return shipBobSystem(
        parseSettings(shipBobAccount, settings, "shipbob"),
        {
          ...pair,
          keyTemplate: orders.keyTemplate,
          lookBack: shipments.lookBack,
          chargesLookBack: charges.lookBack,
          customsValue: products.customsValue,
        },
        context,
      );
    },
  },
  fedex: {
    title: "FedEx",
    side: "shipper",
    settings: fedexSettings,
    questions: fedexQuestions,
    tables: [shipFromTable],
    tokensProve: true,
    labels: labelsIn,
    secrets: [
      { name: "apiKey", label: "API key of the project with Ship", isOptional: false },
      { name: "apiSecret", label: "Secret key of the project with Ship", isOptional: false },
      { name: "trackApiKey", label: "API key of the project with Track", isOptional: false },
      { name: "trackApiSecret", label: "Secret key of the project with Track", isOptional: false },
      { name: "webhookSecret", label: "Security token of webhooks", isOptional: true },
    ],
    build: (settings, given, context) => {
      const pair = settingsFor(fnoFedEx, "fno-fedex", given, stockForLabels);
      const { keyTemplate, filter } = pair.flows.orders;
      return fedexSystem(
        parseSettings(fedexSettings, settings, "fedex"),
        { ...pair, keyTemplate, warehouses: filter.warehouses },
        context,
      );
    },
  },
};

export { pairKinds } from "./pairs.ts";
