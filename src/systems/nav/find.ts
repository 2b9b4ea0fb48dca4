import type { NavClient } from "../../connectors/nav/client.ts";
import type { Found, Lookup } from "../../core/delivery.ts";
import { commentsOn, tells } from "./comments.ts";
import { type Look, lookAt } from "./look.ts";
import { type Named, namedIn } from "./payloads.ts";
import { stands } from "./places.ts";

/**
 * Looks up writes whose answers were lost: what a record holds now says whether they came through. Dates, lines and marks are
 * written again, which changes nothing where they stand.
 */
export async function findWrites(client: NavClient, steps: readonly Lookup[]): Promise<Found[]> {
  const named = steps.map(({ name, naturalKey }) => namedIn(naturalKey, name));
  const numbers = named.flatMap((one) => (one ? [numberOf(client, one)] : []));
  const { looks } = await lookAt(client, numbers);
  const founds: Found[] = [];
  for (const [index, step] of steps.entries()) {
    const one = named[index];
    const look = one && looks.get(numberOf(client, one));
    founds.push(one && look ? await findIn(client, { step, named: one, look }) : { state: "absent" });
  }
  return founds;
}

const numberOf = ({ company }: NavClient, { key }: Named) =>
  key.startsWith(`${company}/`) ? key.slice(company.length + 1) : key;

interface Sought {
  step: Lookup;
  named: Named;
  look: Look;
}

async function findIn(client: NavClient, sought: Sought): Promise<Found> {
  const { step, named, look } = sought;
  const number = numberOf(client, named);
  const isThere = await stateOf(client, sought, number);
  if (!isThere) return { state: "absent" };
  const target = named.place === "order" ? (look.order?.No ?? number) : named.place;
  return { state: "present", target, ...(step.name.startsWith("post:") ? { remark: "it was posted" } : {}) };
}

async function stateOf(client: NavClient, { step, named, look }: Sought, number: string): Promise<boolean> {
  const { wanted, unwanted, place } = named;
  const fields = (rows: readonly ({ Package_Tracking_No: string } | undefined)[]) =>
    rows.map((row) => row?.Package_Tracking_No ?? "");
  const head = place === "order" ? look.order : look.posted.find(({ No }) => No === place);
  switch (step.name.split(":")[0]) {
    case "tracking": {
      const isLeft = fields([look.order, ...look.posted]).some((field) => stands(unwanted, field));
      const isThere = wanted.length === 0 ? unwanted.length > 0 : fields([head]).some((field) => stands(wanted, field));
      return isThere && !isLeft;
    }
    case "agent": {
      const held = [head?.Shipping_Agent_Code, head?.Shipping_Agent_Service_Code].map((code) => code?.toUpperCase());
      return wanted.length > 0 && wanted.every((code, index) => held[index] === code.toUpperCase());
    }
    case "comment":
    case "voidComment":
      return isTold(client, { place, number, look, texts: wanted });
    // Posting copies the number, so that it stands on what was posted with it.
    case "post":
      return fields(look.posted).some((field) => stands(wanted, field));
    default:
      return false;
  }
}

async function isTold(
  client: NavClient,
  { place, number, look, texts }: { place: string; number: string; look: Look; texts: readonly string[] },
): Promise<boolean> {
  const on =
    place === "order" && look.order
      ? ({ kind: "order", number } as const)
      : ({ kind: "shipment", number: place === "order" ? (look.posted.at(-1)?.No ?? number) : place } as const);
  if (look.has.commentSheet) {
    const { value } = await commentsOn(client, { ...on, route: "sheet", documentType: "" });
    if (texts.every((text) => tells(value, text))) return texts.length > 0;
  }
  const lines = look.lines.map(({ Line_No, Description }) => ({ line: Line_No, text: Description }));
  return texts.length > 0 && texts.every((text) => tells(lines, text));
}
