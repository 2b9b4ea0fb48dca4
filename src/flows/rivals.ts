import { canonicalJson, type Json } from "../core/json.ts";
import type { ProfileState } from "../core/profile-state.ts";
import type { OpenFlowStore } from "../core/state/flow-store.ts";
import { pairKinds } from "../systems/index.ts";
import type { OpenFlow } from "./open.ts";

/** The orders that another pair took from the same account, open to be read. */
export interface OpenRival {
  pair: string;
  store: OpenFlowStore;
}

/** The pairs that could take the same orders: those of the same ERP; or that make orders at the same shipper. Pure. */
function pairsBeside(pair: string, side: "erp" | "shipper" = "erp"): string[] {
  const system = pairKinds[pair]?.[side];
  return Object.keys(pairKinds).filter(
    (other) => other !== pair && pairKinds[other]?.[side] === system && pairKinds[other]?.flows.includes("orders"),
  );
}

/**
 * The orders flows that took orders from the account that this one reads, those of pairs that are connected no more too: what
 * they sent is on its way all the same. Of a sales flow all that made orders at its shipper, by whatever name the account went
 * then: a store that is chosen later changes the name, and not who made the orders.
 */
export async function rivalsOf(
  state: ProfileState,
  pair: string,
  { flow, account }: Pick<OpenFlow, "flow" | "account">,
): Promise<OpenRival[]> {
  const stored = await state.stored();
  const rivals: OpenRival[] = [];
  const isSales = flow.name === "sales";
  for (const other of pairsBeside(pair, isSales ? "shipper" : "erp")) {
    if (!stored.some((one) => one.pair === other && one.flow === "orders")) continue;
    const store = await state.open(other, "orders", "read");
    if (isSales || isSame(partOf(store.state.account, flow.source.system), partOf(account, flow.source.system)))
      rivals.push({ pair: other, store });
    else await store.close();
  }
  return rivals;
}

function isSame(left: Json | undefined, right: Json | undefined): boolean {
  return left !== undefined && right !== undefined && canonicalJson(left) === canonicalJson(right);
}

function partOf(account: Json | undefined, system: string): Json | undefined {
  return account !== null && typeof account === "object" && !Array.isArray(account) ? account[system] : undefined;
}
