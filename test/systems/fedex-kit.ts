import { fedexPairSettings, fedexSettings } from "../../src/connectors/fedex/config.ts";
import type { Delivery, Step } from "../../src/core/delivery.ts";
import type { Json } from "../../src/core/json.ts";
import type { Order } from "../../src/core/model.ts";
import { fieldHashes } from "../../src/core/steps.ts";
import { type LabelMemo, memoOf } from "../../src/systems/fedex/label-memo.ts";
import { type OrderStepOptions, orderSteps } from "../../src/systems/fedex/order-steps.ts";
import { lineOf, orderOf, shipTo } from "../mappings/fedex-order.ts";

/** Where warehouse 24 ships from. */
export const nashville = {
  name: "Shipping Desk",
  company: "Northwind Parts",
  phone: "615 555 0100",
  street1: "12 Depot Rd",
  city: "Nashville",
  state: "TN",
  postalCode: "37210",
  country: "US",
};

const { shipFrom: _, ...account } = fedexSettings.parse({ accountNumber: "700000000" });

/** Options as a stock pair has them, every warehouse in Nashville. */
export const options = (more: Partial<OrderStepOptions> = {}): OrderStepOptions => ({
  ...account,
  ...fedexPairSettings.parse({}),
  keyTemplate: "{legalEntity}-{orderNumber}",
  shipFrom: () => nashville,
  today: () => "2026-11-23",
  ...more,
});

/** An order of one line to Austin, with changes. */
export const order = (more: Partial<Order> = {}): Order => orderOf([lineOf()], shipTo, more)[0];

/** A delivery nothing was done for yet. */
export const delivery = (more: Partial<Delivery> = {}): Delivery => ({
  versions: {},
  steps: {},
  memo: {},
  closed: false,
  at: "",
  document: "SO-100482",
  ref: null,
  ...more,
});

/** A label that was bought. */
export const label = (more: Partial<LabelMemo> = {}): LabelMemo => ({
  reference: "usmf-SO-100482",
  master: "794600000001",
  pieces: [{ trackingNumber: "794600000001", file: "SO-100482/794600000001.pdf" }],
  service: "FEDEX_GROUND",
  shipDate: "2026-11-23",
  charge: { amount: "14.37", currency: "USD" },
  references: { CUSTOMER_REFERENCE: "usmf-SO-100482", P_O_NUMBER: "SO-100482" },
  state: "live",
  ...more,
});

/** What is kept once steps are done. */
export function withDone(before: Delivery, steps: readonly Step[], memo: { [name: string]: Json } = {}): Delivery {
  const done = steps.map((step) => [
    step.name,
    {
      at: "2026-11-23T16:00:00.000Z",
      naturalKey: step.naturalKey,
      fields: fieldHashes(step),
      ...(step.action === "skip" || step.action === "notice" ? { recorded: true as const } : {}),
    },
  ]);
  const memos = Object.assign({}, before.memo, ...steps.map((step) => step.memo ?? {}), memo);
  return { ...before, steps: { ...before.steps, ...Object.fromEntries(done) }, memo: memos };
}

/** The delivery of an order whose labels were bought as its steps ask, the first under number 794600000001. */
export function bought(of: Order = order(), more: Partial<LabelMemo> = {}, given = options()): Delivery {
  let after = delivery();
  for (const [index, step] of orderSteps(of, after, {}, given).entries()) {
    const master = String(794_600_000_001 + index);
    const one = label({ reference: step.naturalKey, master, pieces: [{ trackingNumber: master }], ...more });
    after = withDone(after, [step], memoOf(step.name, one));
  }
  return after;
}

/** Steps as a test compares them. */
export const brief = (steps: readonly Step[]) =>
  steps.map(({ name, action, naturalKey }) => `${action} ${name} ${naturalKey}`);
