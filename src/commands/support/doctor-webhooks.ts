import { utcMinute } from "../../core/utc.ts";
import type { Mlc } from "../../mlc.ts";
import { refusedWarning } from "../../webhooks/event-notes.ts";
import { type Finding, findingOf } from "./doctor-machine.ts";

/** Whether a system's calls are what they should be, and its subscriptions are there. */
export async function webhookFindings(mlc: Mlc, system: string): Promise<Finding[]> {
  return [...(await refusedFindings(mlc, system)), ...(await subscriptionFindings(mlc, system))];
}

async function refusedFindings({ eventNotes, clock }: Mlc, system: string): Promise<Finding[]> {
  const own = (await eventNotes.status([])).filter((one) => one.system === system);
  return own.flatMap((one) => {
    const warning = refusedWarning(one, clock.now());
    return warning ? [{ name: `${system}.webhooks`, state: "warning", ...warning }] : [];
  });
}

/** Whether the subscriptions are there, what proves their calls, and when the first of them ends. */
async function subscriptionFindings(mlc: Mlc, system: string): Promise<Finding[]> {
  const url = mlc.webhooks.addresses.of(system);
  if (url === undefined) return [];
  const name = `${system}.webhooks`;
  try {
    const secret = await mlc.webhooks.missingSecret(system);
    if (secret !== undefined) {
      const message = `the secret ${system}.${secret} is missing, which proves the calls to ${url}: none is taken`;
      return [{ name, state: "warning", message, fix: `Run \`mlc webhooks create ${system}\`: it makes one.` }];
    }
    const rows = await mlc.webhooks.list(system, url);
    const gone = rows.filter(({ state }) => state === "gone").map(({ topic }) => topic);
    if (gone.length > 0) {
      const message = `no subscription to ${gone.join(", ")} calls ${url}: it ended, or was dropped after a bad answer`;
      const fix = `See that the receiver is running and reached at that address, then run \`mlc webhooks create ${system}\`.`;
      return [{ name, state: "warning", message, fix }];
    }
    const ends = rows.flatMap(({ endsAt }) => endsAt ?? []).sort()[0];
    const until = ends === undefined ? "" : ` until ${utcMinute(ends)} at least`;
    return [{ name, state: "ok", message: `${rows.map(({ topic }) => topic).join(", ")} call ${url}${until}` }];
  } catch (error) {
    return [findingOf(name, error)];
  }
}
