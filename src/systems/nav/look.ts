import { z } from "zod";
import type { NavClient } from "../../connectors/nav/client.ts";
import { postedShipment, postedShipmentLine, salesOrder, salesOrderLine } from "../../connectors/nav/schema.ts";
import type { Call } from "../../core/delivery.ts";

/** What an order looks like now: while it is on page 42, and what of it is posted. */
export const look = z.object({
  order: salesOrder.optional(),
  lines: z.array(salesOrderLine),
  /** Oldest first. */
  posted: z.array(postedShipment),
  /** Absent where their lines cannot be read. */
  postedLines: z.array(postedShipmentLine).optional(),
  /** What this NAV has at all. */
  has: z.object({ lineTracking: z.boolean(), shipmentDate: z.boolean(), commentSheet: z.boolean() }),
});

/** What an order looks like now. */
export type Look = z.infer<typeof look>;

/** Looks at many orders in few calls; a look for each of them by number. */
export async function lookAt(
  client: NavClient,
  numbers: readonly string[],
): Promise<{ looks: Map<string, Look>; calls: readonly Call[] }> {
  const { orders, shipments, comments } = client;
  const wanted = [...new Set(numbers)];
  const there = await orders.byNumber(wanted);
  const lines = await orders.lines(there.value);
  const posted = await shipments.ofOrders(wanted);
  const isReadable = posted.value.length > 0 && (await shipments.hasLines());
  const postedLines = isReadable ? await shipments.lines(posted.value.map(({ No }) => No)) : undefined;
  const has = {
    lineTracking: await orders.hasLineTracking(),
    shipmentDate: await orders.hasShipmentDate(),
    commentSheet: await comments.hasSheet(),
  };
  const looks = new Map(
    wanted.map((number): [string, Look] => {
      const order = there.value.find(({ No }) => No === number);
      const ofOrder = posted.value.filter(({ Order_No }) => Order_No === number).sort(byPosting);
      const isOf = new Set(ofOrder.map(({ No }) => No));
      return [
        number,
        {
          ...(order ? { order: withoutNames(order) } : {}),
          lines: lines.value.filter(({ Document_No }) => Document_No === number),
          posted: ofOrder.map(withoutNames),
          ...(postedLines ? { postedLines: postedLines.value.filter(({ Document_No }) => isOf.has(Document_No)) } : {}),
          has,
        },
      ];
    }),
  );
  return { looks, calls: [...there.calls, ...lines.calls, ...posted.calls, ...(postedLines?.calls ?? [])] };
}

/** People are needed to find an order, not to write to it. */
function withoutNames<T extends { Sell_to_Customer_Name: string; Ship_to_Name: string }>(row: T): T {
  return { ...row, Sell_to_Customer_Name: "", Ship_to_Name: "" };
}

function byPosting(left: { Posting_Date: string; No: string }, right: { Posting_Date: string; No: string }): number {
  const rank = ({ Posting_Date, No }: typeof left) => `${Posting_Date} ${No}`;
  return rank(left) < rank(right) ? -1 : 1;
}
