import { type BcCalls, bcVerdict } from "./bc.ts";
import { refused, type VendorCall, type Verdict } from "./call.ts";
import { type FedExCalls, fedexVerdict } from "./fedex.ts";
import { type FnoCalls, fnoVerdict } from "./fno.ts";
import { type ShipBobCalls, shipBobVerdict } from "./shipbob.ts";
import { type ShipStationCalls, shipStationVerdict } from "./shipstation.ts";
import { type ShipStationV2Calls, shipStationV2Verdict } from "./shipstation-v2.ts";

/** The last part of each vendor's path, `/webhooks/<route>`. */
export const routes = ["shipstation", "shipstation-v2", "shipbob", "fedex", "bc", "fno"] as const;

/** The last part of a vendor's path. */
export type Route = (typeof routes)[number];

/** The vendors that may call, and what proves each; one that is absent is not known here. */
export interface KnownCallers {
  shipstation?: ShipStationCalls;
  "shipstation-v2"?: ShipStationV2Calls;
  shipbob?: ShipBobCalls;
  fedex?: FedExCalls;
  bc?: BcCalls;
  fno?: FnoCalls;
}

/** Whether a path is a vendor's. Pure. */
export function isRoute(name: string): name is Route {
  return routes.some((route) => route === name);
}

/** Routes whose address has a token, since their calls are not signed. */
const withToken: readonly Route[] = ["shipstation", "fno"];

/** Verifies a call by its vendor's rules; undefined where nobody is known at the path. */
export async function verdictOf(route: Route, call: VendorCall, known: KnownCallers): Promise<Verdict | undefined> {
  const judge = judgeOf(route, known);
  if (!judge || (call.token !== undefined) !== withToken.includes(route)) return undefined;
  if (!mayBeJson(call.headers.get("content-type"))) return refused(415, "not JSON");
  return judge(call);
}

/**
 * Whether a body's type says JSON, or nothing. Few vendors document theirs, and the proof covers the body: a type too few would
 * lose events in silence.
 */
function mayBeJson(told: string | null): boolean {
  const type = told?.split(";")[0]?.trim().toLowerCase() ?? "";
  return type === "" || /^[\w.-]+\/(?:[\w.-]+\+)?json$/.test(type);
}

function judgeOf(route: Route, known: KnownCallers): ((call: VendorCall) => Verdict | Promise<Verdict>) | undefined {
  const { shipstation, shipbob, fedex, bc, fno, "shipstation-v2": v2 } = known;
  const judges = {
    shipstation: shipstation && ((call: VendorCall) => shipStationVerdict(call, shipstation)),
    "shipstation-v2": v2 && ((call: VendorCall) => shipStationV2Verdict(call, v2)),
    shipbob: shipbob && ((call: VendorCall) => shipBobVerdict(call, shipbob)),
    fedex: fedex && ((call: VendorCall) => fedexVerdict(call, fedex)),
    bc: bc && ((call: VendorCall) => bcVerdict(call, bc)),
    fno: fno && ((call: VendorCall) => fnoVerdict(call, fno)),
  };
  return judges[route];
}
