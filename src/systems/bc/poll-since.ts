import type { ListRequest } from "../../core/ports.ts";

/** Where a poll of changes begins: what a person says, else where the last one ended, else the start date if one is set. Pure. */
export function sinceOf(
  { since }: Pick<ListRequest, "since">,
  last: string | undefined,
  startDate: string | undefined,
): string | undefined {
  if (since) return since.toISOString();
  return last ?? (startDate === undefined ? undefined : `${startDate}T00:00:00Z`);
}
