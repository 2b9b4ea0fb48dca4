import { storedFlows } from "../../core/audit.ts";
import { refuseForeign, refuseThawed } from "../../core/frozen.ts";
import { verifyFlows } from "../../core/verify.ts";
import { flowNames } from "../../flows/names.ts";
import { openFlow } from "../../flows/open.ts";
import type { Mlc } from "../../mlc.ts";
import { type Finding, findingOf } from "./doctor-machine.ts";
import { counted } from "./print.ts";

/** What is wrong with the state of the flows: damaged, from a newer mlc, of another account, or named by other settings. */
export async function stateFindings(mlc: Mlc): Promise<Finding[]> {
  const name = "State";
  try {
    if ((await storedFlows(mlc.disk, mlc.stateDir)).length === 0)
      return [{ name, state: "ok", message: "no flow has run yet" }];
    const findings: Finding[] = [];
    for (const { pair, flow, lines, problem } of await verifyFlows(mlc, () => mlc.secrets.macKey())) {
      const title = `${name} of ${pair} ${flow}`;
      const wrong = problem ? findingOf(title, problem) : await foreignFinding(mlc, title, { pair, flow });
      findings.push(wrong ?? { name: title, state: "ok", message: `whole, ${counted(lines, "line")} in the log` });
    }
    return findings;
  } catch (error) {
    return [findingOf(name, error)];
  }
}

async function foreignFinding(
  mlc: Mlc,
  title: string,
  { pair, flow: name }: { pair: string; flow: string },
): Promise<Finding | undefined> {
  const flow = flowNames.find((one) => one === name);
  if (flow === undefined || !mlc.pairs.includes(pair)) return undefined;
  try {
    const system = (id: string) => mlc.system(id, pair);
    const { version } = mlc.surroundings;
    const open = await openFlow({ pair, flow }, { settings: mlc.config[pair], version, system });
    const store = await mlc.state.open(pair, flow, "read");
    await store.close();
    if (open) refuseForeign(store.state, open.account, `${pair} ${flow}`);
    if (open) refuseThawed(store.state, open.frozen, pair);
    return undefined;
  } catch (error) {
    return findingOf(title, error);
  }
}
