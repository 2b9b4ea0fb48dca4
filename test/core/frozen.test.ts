import { expect, it } from "vitest";
import { ConfigError } from "../../src/core/errors.ts";
import { refuseThawed } from "../../src/core/frozen.ts";
import { emptyState } from "../../src/core/state/fold.ts";
import { MemoryErp, MemoryShipper, world } from "./sync/memory-systems.ts";

it("a setting that makes keys may change until something is delivered", () => {
  const frozen = { keyTemplate: "{orderNumber}" };
  expect(() => refuseThawed({ ...emptyState(), frozen }, { keyTemplate: "other" }, "pair")).not.toThrow();
  const state = { ...emptyState(), frozen, hasDelivered: true as const };
  expect(() => refuseThawed(state, frozen, "pair")).not.toThrow();
  expect(() => refuseThawed(state, { keyTemplate: "other" }, "pair")).toThrow(ConfigError);
  expect(() => refuseThawed(state, { keyTemplate: "other" }, "pair")).toThrow(/^pair.keyTemplate = "other": /);
});

it("a delivery of any age freezes, a skip does not", async () => {
  const erp = new MemoryErp();
  erp.put("SO-1");
  const { sync, store } = world(erp, new MemoryShipper());
  expect(store.state.hasDelivered).toBeUndefined();
  await sync();
  expect(store.state.hasDelivered).toBe(true);
});

it("state of another account is kept where a person says that it is the same", async () => {
  const erp = new MemoryErp();
  erp.put("SO-1");
  const { sync, store } = world(erp, new MemoryShipper());
  await sync();
  store.state.account = { erp: "b" };
  expect((await sync()).error).toBeInstanceOf(ConfigError);
  expect((await sync({ keepState: true })).counts).toMatchObject({ unchanged: 1 });
  expect(store.state.account).toEqual({ erp: "a" });
});
