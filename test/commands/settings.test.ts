import { join } from "node:path";
import { expect, it } from "vitest";
import { setSettings, unsetSettings } from "../../src/commands/support/settings.ts";
import { readConfig } from "../../src/core/config.ts";
import { acquireLock } from "../../src/core/state/lock.ts";
import { thisMachine } from "../../src/core/state/machine.ts";
import { openWorld } from "../e2e/world.ts";

it("a change of the settings keeps what another process changed since this one read them", async () => {
  const world = await openWorld({ seeded: false });
  const [one, other, third] = [await world.open(), await world.open(), await world.open()];
  await setSettings(one, [{ path: "fno.legalEntities", text: "usmf" }]);
  await setSettings(other, [{ path: "fno-shipstation.waiting.maxDays", text: "3" }]);
  await unsetSettings(third, ["shipstation.apiUrlV2"]);
  expect(await readConfig(one.disk, join(one.dir, "config.json"))).toMatchObject({
    fno: { legalEntities: ["usmf"] },
    shipstation: { apiUrl: "https://ssapi.test" },
    "fno-shipstation": { waiting: { maxDays: 3 } },
  });
  expect(third.config.shipstation).not.toHaveProperty("apiUrlV2");
  expect(await one.disk.list(one.dir)).not.toContain("config.lock");
  world.close();
});

it("a change of the settings waits for another one and then exits 11, but for no run", async () => {
  const world = await openWorld({ seeded: false });
  const mlc = await world.open();
  const { disk, dir, clock } = mlc;
  const machine = thisMachine(process.platform);
  const lock = { disk, dir, clock, machine, token: () => "t", command: "sync", mode: "fail", waitMs: 0 } as const;
  await acquireLock(lock);
  await setSettings(mlc, [{ path: "fno.legalEntities", text: "usmf" }]);
  const held = await acquireLock({ ...lock, name: "config.lock", command: "a change of the settings" });
  const change = setSettings(mlc, [{ path: "fno.legalEntities", text: "demf" }]);
  await expect(change).rejects.toMatchObject({ exitCode: 11 });
  expect(mlc.config.fno).toMatchObject({ legalEntities: ["usmf"] });
  await held?.release();
  world.close();
});
