import { z } from "zod";
import { fnoPairSettings, fnoSettings } from "../connectors/fno/config.ts";
import { shipStationPairSettings, shipStationSettings } from "../connectors/shipstation/config.ts";
import { parseSettings } from "../core/config.ts";
import type { System } from "../core/ports.ts";
import type { SystemContext } from "./context.ts";
import { fnoSystem } from "./fno.ts";
import { shipStationSystem } from "./shipstation.ts";

/** A kind of system that mlc knows. */
export interface SystemKind {
  title: string;
  side: "erp" | "shipper";
  settings: z.ZodType;
  /** Secret names in the order they are asked for; `connect` asks only for the first set. */
  secrets: { name: string; label: string; isOptional: boolean }[];
  /** Throws ConfigError when a setting or secret is missing. `pair` are the settings of the pair it works in. */
  build(settings: unknown, pair: unknown, context: SystemContext): System;
}

/** A pair that mlc knows. */
export interface PairKind {
  erp: string;
  shipper: string;
  settings: z.ZodType;
  /** Paths of the settings that freeze with the first delivery, by flow: what is delivered is named by them. */
  frozen: Readonly<Record<string, readonly string[]>>;
}

const waiting = z.strictObject({ maxDays: z.coerce.number().int().positive().default(14) }).prefault({});

const fnoShipStation = z.strictObject({ ...fnoPairSettings.shape, ...shipStationPairSettings.shape, waiting });

/** The systems mlc knows, by id. */
export const systemKinds: Readonly<Record<string, SystemKind>> = {
  fno: {
    title: "Dynamics 365 Finance & Operations",
    side: "erp",
    settings: fnoSettings,
    secrets: [
      { name: "clientSecret", label: "Client secret", isOptional: true },
      { name: "certificate", label: "Certificate (PEM)", isOptional: true },
      { name: "privateKey", label: "Private key (PEM)", isOptional: true },
    ],
    build: (settings, pair, context) =>
      fnoSystem(
        parseSettings(fnoSettings, settings, "fno"),
        parseSettings(fnoShipStation, pair, "fno-shipstation"),
        context,
      ),
  },
  shipstation: {
    title: "ShipStation",
    side: "shipper",
    settings: shipStationSettings,
    secrets: [
      { name: "apiKey", label: "API key (V1)", isOptional: true },
      { name: "apiSecret", label: "API secret (V1)", isOptional: true },
      { name: "apiKeyV2", label: "API key (V2)", isOptional: true },
    ],
    build: (settings, given, context) => {
      const pair = parseSettings(fnoShipStation, given, "fno-shipstation");
      const { orders, shipments } = pair.flows;
      return shipStationSystem(
        parseSettings(shipStationSettings, settings, "shipstation"),
        { ...pair, keyTemplate: orders.keyTemplate, lookBack: shipments.lookBack },
        context,
      );
    },
  },
};

/** The pairs mlc knows, by id. */
export const pairKinds: Readonly<Record<string, PairKind>> = {
  "fno-shipstation": {
    erp: "fno",
    shipper: "shipstation",
    settings: fnoShipStation,
    frozen: { orders: ["flows.orders.keyTemplate"] },
  },
};
