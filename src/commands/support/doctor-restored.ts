import type { Mlc } from "../../mlc.ts";
import { type Finding, findingOf } from "./doctor-machine.ts";
import { restoredText } from "./report-text.ts";

/** Flows whose state was marked as a restored backup and that have not read past it yet. */
export async function restoredFindings(mlc: Mlc): Promise<Finding[]> {
  const name = "Restored";
  if (mlc.pairs.length === 0) return [];
  try {
    const { flows } = await mlc.status();
    return flows.flatMap(({ pair, flow, restoredAt }): Finding[] => {
      if (restoredAt === null) return [];
      const message = restoredText(pair, flow, restoredAt);
      return [{ name, state: "warning", message, fix: `Run \`mlc sync ${flow}\` once without --since and --limit.` }];
    });
  } catch (error) {
    return [findingOf(name, error)];
  }
}
