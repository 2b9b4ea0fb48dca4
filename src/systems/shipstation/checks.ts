import type { ShipStationClient } from "../../connectors/shipstation/client.ts";
import type { ShipStationPairSettings, ShipStationSettings } from "../../connectors/shipstation/config.ts";
import type { Json } from "../../core/json.ts";
import type { Check, Choice, Probe } from "../../core/system.ts";
import { carrierOf } from "../../mappings/codes.ts";

/** Names the account without secrets. Pure. */
export function accountOf({ apiUrl, storeId, stores }: ShipStationSettings): Json {
  return { system: "shipstation", host: new URL(apiUrl).host, storeId: storeId ?? null, stores: stores ?? null };
}

/** Proves the keys, both pairs of them, and looks whether the configured stores are there. */
export async function probeShipStation(
  client: ShipStationClient,
  settings: ShipStationSettings,
  pair: Pick<ShipStationPairSettings, "storeByLegalEntity">,
): Promise<Probe> {
  if (client.hasV2) await client.checkV2();
  if (!client.hasV1) {
    const warnings = [
      "No API key and secret for V1: F&O's orders cannot be written and sales not be read; for Dynamics NAV V2 is enough.",
    ];
    return { identity: `${new URL(settings.apiUrlV2).host}, V2 only`, warnings };
  }
  const { value: stores, serverTime } = await client.stores();
  const names = stores.map(({ storeName, storeId }) => storeName || String(storeId));
  const created = [settings.storeId ?? [], ...Object.values(pair.storeByLegalEntity)].flat();
  const missing = [...new Set([...created, ...(settings.stores ?? [])])].filter(
    (id) => !stores.some(({ storeId }) => storeId === id),
  );
  const unfit = stores.filter((store) => created.includes(store.storeId) && !isActiveManual(store));
  const warnings = [
    ...missing.map((id) => `The account has no store ${id}.`),
    ...unfit.map(({ storeId }) => `Store ${storeId} is no active manual store, so orders may not be created in it.`),
  ];
  const identity = `${new URL(settings.apiUrl).host}: ${names.join(", ") || "no stores"}`;
  return { identity, warnings, ...(serverTime ? { serverTime } : {}) };
}

/** A manual store has marketplace 0 (V1, 5.5); what a store does not say is not held against it. */
function isActiveManual(store: { active?: boolean | null | undefined; marketplaceId?: number | null | undefined }) {
  return store.active !== false && !store.marketplaceId;
}

/** Looks whether the warehouses, carriers and services that the pair names are in the account. */
export async function shipStationChecks(
  client: ShipStationClient,
  pair: Pick<ShipStationPairSettings, "warehouses" | "deliveryModes">,
): Promise<Check[]> {
  return [
    ...(await warehouseChecks(client, pair.warehouses)),
    ...(await deliveryModeChecks(client, pair.deliveryModes)),
  ];
}

async function warehouseChecks(
  client: ShipStationClient,
  warehouses: ShipStationPairSettings["warehouses"],
): Promise<Check[]> {
  if (Object.keys(warehouses).length === 0) return [];
  const { value: rows } = await client.warehouses();
  return Object.entries(warehouses).map(([name, id]) =>
    check(
      `warehouses.${name}`,
      rows.some(({ warehouseId }) => warehouseId === id),
      `ship-from warehouse ${id}`,
    ),
  );
}

async function deliveryModeChecks(
  client: ShipStationClient,
  modes: ShipStationPairSettings["deliveryModes"],
): Promise<Check[]> {
  if (Object.keys(modes).length === 0) return [];
  const { value: carriers } = await client.carriers();
  const services = new Map<string, string[]>();
  const checks: Check[] = [];
  for (const [mode, { carrierCode, serviceCode }] of Object.entries(modes)) {
    const name = `deliveryModes.${mode}`;
    if (!carriers.some(({ code }) => code === carrierCode)) {
      checks.push(check(name, false, `carrier ${carrierCode}`));
      continue;
    }
    const known = services.get(carrierCode) ?? (await client.services(carrierCode)).value.map(({ code }) => code);
    services.set(carrierCode, known);
    const what = `carrier ${carrierCode}${serviceCode ? ` with service ${serviceCode}` : ""}`;
    checks.push(check(name, serviceCode === undefined || known.includes(serviceCode), what));
  }
  return checks;
}

function check(name: string, isThere: boolean, what: string): Check {
  if (isThere) return { name, state: "ok", message: `${what} is in the account` };
  const fix = `Set ${name} to one that \`mlc connect shipstation\` offers.`;
  return { name, state: "failed", message: `the account has no ${what}`, fix };
}

/** What the account has to choose from, by kind; a service's value is `<carrier>/<service>`. */
export async function shipStationChoices(client: ShipStationClient): Promise<Record<string, Choice[]>> {
  if (!client.hasV1) return {};
  const { value: stores } = await client.stores();
  const { value: warehouses } = await client.warehouses();
  const { value: carriers } = await client.carriers();
  const services: Choice[] = [];
  for (const carrier of carriers) {
    const { value: rows } = await client.services(carrier.code);
    const carrierName = carrier.name ?? carrier.code;
    services.push(
      ...rows.map(({ code, name }) => ({ value: `${carrier.code}/${code}`, name: `${carrierName}: ${name ?? code}` })),
    );
  }
  const storeChoice = (store: { storeId: number; storeName?: string | null | undefined }) => ({
    value: String(store.storeId),
    name: store.storeName || String(store.storeId),
  });
  return {
    manualStores: stores.filter(isActiveManual).map(storeChoice),
    stores: stores.map(storeChoice),
    warehouses: warehouses.map(({ warehouseId, warehouseName }) => ({
      value: String(warehouseId),
      name: warehouseName || String(warehouseId),
    })),
    services,
  };
}

/** Choices with `carriage`: a shipment's carrier has the neutral code, its service ShipStation's own, and tables are looked up by both. Pure. */
export function withCarriage(choices: Record<string, Choice[]>): Record<string, Choice[]> {
  // Two accounts with one carrier have the same services.
  const carriage = new Map(
    (choices.services ?? []).map(({ value, name }) => {
      const [carrier = "", service = ""] = value.split("/");
      return [`${carrierOf(carrier).code}/${service}`, name];
    }),
  );
  return { ...choices, carriage: [...carriage].map(([value, name]) => ({ value, name })) };
}
