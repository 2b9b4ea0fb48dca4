import { storedFlows } from "./audit.ts";
import type { Profile } from "./profile.ts";
import { type LogVerdict, verifyLog } from "./state/log-check.ts";

/** What a check of one flow's log found. */
export interface FlowVerdict extends Pick<LogVerdict, "lines" | "removed" | "torn" | "problem"> {
  pair: string;
  flow: string;
}

/** Checks every seal and link of every flow's log; the key is asked for only where there is one. */
export async function verifyFlows(
  { disk, stateDir }: Pick<Profile, "disk" | "stateDir">,
  macKey: () => Promise<Uint8Array>,
): Promise<FlowVerdict[]> {
  const verdicts: FlowVerdict[] = [];
  for (const { pair, flow, dir } of await storedFlows(disk, stateDir)) {
    const { last: _, ...verdict } = await verifyLog(disk, dir, await macKey());
    verdicts.push({ pair, flow, ...verdict });
  }
  return verdicts;
}
