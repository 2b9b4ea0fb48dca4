import { openWorld } from "../test/e2e/world.ts";
import type { Bench } from "./kit.ts";

const [orders, limit, minute] = [10_000, 40, 60_000];

/** Many orders at ShipStation's real limit, on a clock that jumps where mlc would wait. */
export const bench: Bench = {
  name: "limit",
  run: async () => {
    const world = await openWorld({ seeded: false });
    for (let number = 1; number <= orders; number += 1) {
      const lines = [{ item: "D0001", quantity: 1, price: 10 }];
      world.fno.addOrder({ legalEntity: "usmf", number: `SO-${number}`, customer: "C-1", lines });
    }
    const times: number[] = [];
    let refused = 0;
    const fetch = world.shipstation.fetch.bind(world.shipstation);
    world.shipstation.fetch = async (request, env) => {
      times.push(world.clock.now().getTime());
      const answer = await fetch(request, env);
      if (answer.status === 429) refused += 1;
      return answer;
    };
    const mlc = await world.open();
    const report = await mlc.sync({ command: "sync orders", flows: ["orders"] });
    world.close();
    if (report?.flows[0]?.created !== orders) throw new Error(`not all orders were created: ${JSON.stringify(report)}`);
    // Work waits until the last full window ends: what is sent after it is all that is left.
    const full = Math.floor(times.length / limit) * limit;
    const spentMs = (times[full] ?? times.at(-1) ?? 0) - (times[0] ?? 0);
    const used = (100 * full * minute) / (limit * spentMs);
    const what = `${orders.toLocaleString("en-US")} orders at ${limit} calls a minute`;
    return [
      { what: `${what}: answers 429`, value: refused, unit: "", target: "0", isMet: refused === 0 },
      {
        what: `${what}: of the limit used while work waits`,
        value: used,
        unit: "%",
        target: "≥ 95 %",
        isMet: used >= 95,
      },
    ];
  },
};
