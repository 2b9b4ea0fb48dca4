import type { NavClient } from "../../connectors/nav/client.ts";
import type { NavPairSettings } from "../../connectors/nav/config.ts";
import type { CivilDate } from "../../core/model.ts";
import { type Candidate, dateWindow } from "../../mappings/nav/match.ts";
import { candidateOf, postedCandidateOf } from "../../mappings/nav.ts";

/** Where candidates are read. */
export interface Where {
  client: NavClient;
  pair: NavPairSettings;
  now: Date;
}

/** Orders with one of these numbers, those that are posted and gone too. */
export async function byExternalNumber(numbers: readonly string[], { client, pair }: Where): Promise<Candidate[]> {
  if (numbers.length === 0) return [];
  const { externalField } = pair.match;
  const orders = await client.orders.byExternalNumber(numbers);
  const posted = await client.shipments.byExternalNumber(numbers);
  return [
    ...orders.value.map((row) => candidateOf(row, externalField)),
    ...posted.value.filter(hasOrder).map((row) => postedCandidateOf(row, externalField)),
  ];
}

/** Orders around these days; posted ones only where the posted shipment tells the day of its order. */
export async function byOrderDate(dates: readonly CivilDate[], { client, pair, now }: Where): Promise<Candidate[]> {
  const { externalField, days } = pair.match;
  const candidates: Candidate[] = [];
  const windows = spansOf(dates.map((date) => dateWindow(date, days)));
  for (const { from, to } of windows) {
    const { value } = await client.orders.between(from, to);
    candidates.push(...value.map((row) => candidateOf(row, externalField)));
  }
  const [first] = windows;
  if (!first || !(await client.shipments.hasOrderDate())) return candidates;
  // Nothing is posted before it was ordered; a day more, since NAV's clock may be ahead of ours.
  const today = new Date(now.getTime() + 86_400_000).toISOString().slice(0, 10);
  const { value } = await client.shipments.between(first.from, today);
  return [...candidates, ...value.filter(hasOrder).map((row) => postedCandidateOf(row, externalField))];
}

/** An invoice may ship what was never ordered. */
const hasOrder = ({ Order_No }: { Order_No: string }) => Order_No !== "";

const later = (left: CivilDate, right: CivilDate) => (left < right ? right : left);

/** Windows that touch become one: each is a call of its own. Pure. */
function spansOf(windows: readonly { from: CivilDate; to: CivilDate }[]): { from: CivilDate; to: CivilDate }[] {
  const spans: { from: CivilDate; to: CivilDate }[] = [];
  for (const window of [...windows].sort((left, right) => (left.from < right.from ? -1 : 1))) {
    const last = spans.at(-1);
    if (last && window.from <= last.to) last.to = later(last.to, window.to);
    else spans.push({ ...window });
  }
  return spans;
}
