import { expect, it } from "vitest";
import { LabelStore } from "../../src/core/labels.ts";
import { machineDisk } from "../../src/core/state/disk.ts";
import { systemKinds } from "../../src/systems/index.ts";
import { MemoryStore } from "../core/sync/memory-systems.ts";
import { parcel } from "./bc-tracking-kit.ts";
import { bcWorld, clientId, tenantId } from "./bc-world.ts";

it("Business Central leaves shipments alone whose store is not read, or is one in which mlc makes the orders", async () => {
  const settings = { tenantId, environment: "production", clientId, company: "My Company" };
  const pair = {
    name: "bc-shipstation",
    settings: {},
    others: { "fno-shipstation": { storeByLegalEntity: { usmf: 12 } } },
    shipper: { storeId: 11, stores: [7, 11, 12] },
  };
  const labels = new LabelStore(machineDisk(process.platform), "nowhere");
  const target = systemKinds.bc?.build(settings, pair, { ...bcWorld().context(), labels }).shipmentTarget?.();
  const parcels = ["7", "8", "11", "12"].map((storeId) => parcel(`se-${storeId}`, ["1Z1"], { storeId }));
  const places = await target?.locate?.(parcels, async () => undefined, new MemoryStore());
  expect(parcels.map((one) => places?.get(one)?.at)).toEqual(["notYet", "notOurs", "notOurs", "notOurs"]);
});
