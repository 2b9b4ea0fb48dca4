import type { NavClient } from "../../connectors/nav/client.ts";
import type { Delivery, Step } from "../../core/delivery.ts";
import type { OwnDeliveries } from "../../core/ports.ts";
import { notDone, recorded } from "../../core/steps.ts";
import type { Seen } from "./context.ts";
import { numberIn } from "./order-names.ts";
import { shippedBefore } from "./places.ts";

const prefix = "inVain:";

/** Of orders that wait for their posted shipment those of which one is there that no look has shown yet, by delivery key. */
export async function postedSince(
  client: NavClient,
  keys: readonly string[],
  own: OwnDeliveries,
): Promise<ReadonlySet<string>> {
  // What waits for its order is kept by its own name, under which nothing was delivered.
  const deliveries = await own.load(keys);
  const numbers = [...deliveries.keys()].map((key) => numberIn(key, client.company));
  if (numbers.length === 0) return new Set();
  const { value } = await client.shipments.ofOrders(numbers);
  const isNew = ([key, delivery]: [string, Delivery]) =>
    value.some(({ No, Order_No }) => Order_No === numberIn(key, client.company) && !isKnown(No, delivery));
  return new Set([...deliveries].filter(isNew).map(([key]) => key));
}

function isKnown(posted: string, delivery: Delivery): boolean {
  if (delivery.steps[prefix + posted] !== undefined) return true;
  return [...shippedBefore(delivery).values()].some((facts) => facts.posted === posted);
}

/** Notes the posted shipments that brought what waits no further, lest every run looks at the order because of them. Pure. */
export function postedInVain({ look, before, key, delivery }: Seen): Step[] {
  const known = new Set([...before.values()].map(({ posted }) => posted));
  const others = look.posted.filter(({ No }) => !known.has(No));
  const noted = others.map(({ No }) =>
    recorded("notice", prefix + No, key, { posted: No }, `${No} is posted without what waits`),
  );
  return notDone(noted, delivery);
}
