import { afterEach, describe, expect, it } from "vitest";
import { openShipping, type Shipping } from "./shipping.ts";

let world: Shipping;
const open = async (...options: Parameters<typeof openShipping>) => {
  world = await openShipping(...options);
  return world;
};
afterEach(() => world.close());

describe("calls", () => {
  it.each(["label", "fulfillment"] as const)(
    "2,000 waiting shipments do not eat the minute's budget (%s)",
    async (kind) => {
      const { addOrder, sync, shipstation, clock } = await open();
      for (let number = 1; number <= 2_000; number += 1) addOrder(`SO-${number}`);
      await sync("orders");
      for (const { orderId } of shipstation.orders) {
        clock.advance(20_000);
        if (kind === "label") shipstation.print(orderId);
        else shipstation.markShipped(orderId, { trackingNumber: `94${orderId}` });
      }
      expect(await sync("shipments")).toMatchObject({ created: 2_000, waiting: 2_000 });
      clock.advance(3 * 3_600_000);
      const before = shipstation.requests.length;
      expect(await sync("shipments", { ignoreSchedule: true })).toMatchObject({ waiting: 2_000 });
      const v1 = shipstation.requests.slice(before).filter((request) => !request.includes("/v2/"));
      expect(v1.length).toBeLessThan(40);
    },
    120_000,
  );
});
