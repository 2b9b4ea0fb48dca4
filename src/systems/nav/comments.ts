import type { NavClient } from "../../connectors/nav/client.ts";
import type { TextLine } from "../../connectors/nav/comments.ts";
import type { Given } from "../../connectors/odata/rows.ts";
import type { Call } from "../../core/delivery.ts";
import type { CommentPlace } from "./payloads.ts";

/** Numbers of lines go by ten thousands, so that people find room between them. */
const step = 10_000;

/** Adds the texts that are not there yet, each on a line of its own behind the last. May be called again. */
export async function addComments(
  client: NavClient,
  place: CommentPlace,
  { texts, date }: { texts: readonly string[]; date?: string | undefined },
): Promise<readonly Call[]> {
  const held = await commentsOn(client, place);
  const calls = [...held.calls];
  let last = Math.max(0, ...held.value.map(({ line }) => line));
  for (const text of texts.filter((one) => !tells(held.value, one))) {
    last += step;
    calls.push(...(await addOne(client, place, { line: last, text }, date)));
  }
  return calls;
}

/** The texts that stand at a place. */
export async function commentsOn(client: NavClient, place: CommentPlace): Promise<Given<TextLine[]>> {
  const { kind, number, route, documentType } = place;
  if (route === "sheet") return client.comments.on({ kind, number });
  const { value, calls } = await client.orders.lines([{ Document_Type: documentType, No: number }]);
  return { value: value.map(({ Line_No, Description }) => ({ line: Line_No, text: Description })), calls };
}

/** Whether a text stands among others. Pure. */
export function tells(held: readonly TextLine[], text: string): boolean {
  return held.some((one) => one.text.trim() === text.trim());
}

function addOne(client: NavClient, place: CommentPlace, line: TextLine, date: string | undefined) {
  const { kind, number, route, documentType } = place;
  if (route === "sheet") return client.comments.add({ kind, number }, line, date);
  return client.comments.addToOrder({ Document_Type: documentType, No: number }, line);
}
