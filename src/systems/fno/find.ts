import { z } from "zod";
import type { FnoClient } from "../../connectors/fno/client.ts";
import type { Found, Lookup } from "../../core/delivery.ts";
import { grouped } from "../in-groups.ts";
import { slipPlace } from "./slips.ts";
import { noteDescription, ofNaturalKey, orderNameOf } from "./write-back.ts";

const sent = z.object({
  memo: z.record(z.string(), z.json()).optional(),
  fields: z.record(z.string(), z.json()).optional(),
  entity: z.string().optional(),
  url: z.string().optional(),
});

interface Wanted {
  step: Lookup;
  order: string;
  /** The natural key without the order. */
  rest: string;
  sent: z.infer<typeof sent>;
}

/** Looks up writes whose answers were lost: notes and tracking rows by their names, header fields by their values. */
export async function findWrites(client: FnoClient, steps: readonly Lookup[]): Promise<Found[]> {
  const wanted = steps.map((step) => ({
    step,
    ...ofNaturalKey(step.naturalKey, step.name),
    sent: sent.safeParse(step.payload).data ?? {},
  }));
  const found = new Map<Wanted, Found>();
  await findNotes(
    client,
    wanted.filter(({ step }) => /^(note|voidNote|scans):/.test(step.name)),
    found,
  );
  await findRows(
    client,
    wanted.filter(({ step }) => step.name.startsWith("slip:")),
    found,
  );
  for (const one of wanted) if (!found.has(one)) found.set(one, await findFields(client, one));
  return wanted.map((one) => found.get(one) ?? { state: "absent" });
}

const byCompany = (wanted: readonly Wanted[]) => grouped(wanted, ({ order }) => orderNameOf(order).legalEntity);

const present = ({ sent: { memo } }: Wanted, target: string): Found => ({
  state: "present",
  target,
  ...(memo === undefined ? {} : { memo }),
});

async function findNotes(client: FnoClient, wanted: readonly Wanted[], found: Map<Wanted, Found>): Promise<void> {
  for (const [legalEntity, group] of byCompany(wanted)) {
    const notes = await client.writeBack.notes(
      legalEntity,
      group.map(({ order, rest }) => ({ number: orderNameOf(order).number, description: noteDescription(rest) })),
    );
    for (const one of group) {
      const { number } = orderNameOf(one.order);
      const note = notes.find((row) => row.number === number && row.description === noteDescription(one.rest));
      found.set(one, note ? present(one, note.id) : { state: "absent" });
    }
  }
}

async function findRows(client: FnoClient, wanted: readonly Wanted[], found: Map<Wanted, Found>): Promise<void> {
  for (const [legalEntity, group] of byCompany(wanted)) {
    const numbers = group.map(({ order }) => orderNameOf(order).number);
    const rows = (await client.writeBack.trackingRows(legalEntity, numbers))?.rows ?? [];
    for (const one of group) {
      const { number } = orderNameOf(one.order);
      const row = rows.find((row) => row.SalesOrderNumber === number && one.rest.endsWith(`:${row.TrackingNumber}`));
      found.set(one, rowConclusion(one, row));
    }
  }
}

function rowConclusion(
  one: Wanted,
  row: { PackingSlipNumber: string; DeliveryDate: string; TrackingURL: string } | undefined,
): Found {
  const { action } = one.step;
  if (action === "delete") return row ? { state: "absent" } : present(one, "");
  const isOld = action === "update" && one.sent.url !== row?.TrackingURL;
  if (!row || isOld) return { state: "absent" };
  return present(one, slipPlace({ id: row.PackingSlipNumber, date: row.DeliveryDate }));
}

/** Without the values there is nothing to compare; setting them again is harmless. */
async function findFields(client: FnoClient, one: Wanted): Promise<Found> {
  const { fields, entity } = one.sent;
  if (!fields) return { state: "absent" };
  const holds = await client.writeBack.orderHolds(orderNameOf(one.order), fields, entity);
  return holds ? present(one, one.order) : { state: "absent" };
}
