import { expect, it } from "vitest";
import { ConfigError } from "../../src/core/errors.ts";
import { refuseForeign, refuseThawed } from "../../src/core/frozen.ts";
import type { Json } from "../../src/core/json.ts";
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

it("state of another account is refused with what differs alone", () => {
  const account = { erp: { host: "h", tenant: "a" }, shipper: { stores: null } };
  const refuse = (now: Json) => () => refuseForeign({ ...emptyState(), account }, now, "pair orders");
  expect(refuse(structuredClone(account))).not.toThrow();
  expect(() => refuseForeign(emptyState(), account, "pair orders")).not.toThrow();
  expect(refuse({ erp: { host: "h", tenant: "b" }, shipper: { stores: [1] } })).toThrow(
    'The state of pair orders belongs to another account: erp.tenant was "a" and is "b" now; shipper.stores was null and is [1] now',
  );
  expect(refuse({ erp: { host: "h", tenant: "a", region: "eu" } })).toThrow(
    'erp.region was null and is "eu" now; shipper was {"stores":null} and is null now',
  );
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
