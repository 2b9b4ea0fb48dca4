import { z } from "zod";
import { hashOf } from "../../core/json.ts";
import type { Shipment } from "../../core/model.ts";

/** What is kept of a shipment once it was written: enough to write the others of its document anew. No personal data. */
export const trackedShipment = z.strictObject({
  /** External number of the document that it belongs to. */
  document: z.string(),
  numbers: z.array(z.string()),
  carrier: z.string(),
  service: z.string().optional(),
  shipDate: z.string().optional(),
  /** By line key: which part of a partial shipment it fills. */
  lines: z.record(z.string(), z.number()).optional(),
  isVoid: z.literal(true).optional(),
});

/** What is kept of a shipment once it was written. */
export type TrackedShipment = z.infer<typeof trackedShipment>;

/** A shipping agent and its service, by the codes that BC has for them. */
export interface AgentCodes {
  agent: string;
  service?: string | undefined;
}

/** What the fields of a header are to hold. */
export interface HeaderTracking {
  shippingAgentCode?: string;
  shippingAgentServiceCode?: string;
  packageTrackingNo: string;
}

/** Between tracking numbers in one field (BC, 5). */
const separator = ",";

/** What is kept of a shipment on a document. Pure. */
export function trackedFrom(shipment: Shipment, document: string): TrackedShipment {
  const { carrier, service, shipDate, isVoided } = shipment;
  const lines = quantitiesOf(shipment);
  return {
    document,
    numbers: numbersOf(shipment),
    carrier,
    ...(service === undefined ? {} : { service }),
    ...(shipDate === undefined ? {} : { shipDate }),
    ...(Object.keys(lines).length === 0 ? {} : { lines }),
    ...(isVoided ? { isVoid: true as const } : {}),
  };
}

/** Tracking numbers of a shipment's parcels, each once. Pure. */
export function numbersOf({ packages }: Pick<Shipment, "packages">): string[] {
  return [...new Set(packages.map(({ trackingNumber }) => trackingNumber.trim()).filter((number) => number !== ""))];
}

/** How much of each line is in a shipment; lines without a key cannot be told apart. Pure. */
export function quantitiesOf({ lines }: Pick<Shipment, "lines">): Record<string, number> {
  const quantities = new Map<string, number>();
  for (const { key, quantity } of lines) {
    if (key !== undefined) quantities.set(key, (quantities.get(key) ?? 0) + quantity);
  }
  return Object.fromEntries(quantities);
}

/** The row of `<carrier>/<service>`, else that of `<carrier>`. Pure. */
export function agentOf(
  rows: Readonly<Record<string, AgentCodes>>,
  { carrier, service }: Pick<TrackedShipment, "carrier" | "service">,
): AgentCodes | undefined {
  const names = service === undefined ? [carrier] : [`${carrier}/${service}`, carrier];
  const name = names.map((one) => one.toLowerCase()).find((one) => Object.hasOwn(rows, one));
  return name === undefined ? undefined : rows[name];
}

/** Tracking numbers in one field: as many as fit, in their order, and those that do not. Pure. */
export function joined(numbers: readonly string[], maxLength: number): { text: string; left: string[] } {
  let text = "";
  const left: string[] = [];
  for (const number of new Set(numbers)) {
    const longer = text === "" ? number : `${text}${separator}${number}`;
    if (longer.length <= maxLength) text = longer;
    else left.push(number);
  }
  return { text, left };
}

/** The tracking numbers that a field holds. Pure. */
export function numbersIn(text: string): string[] {
  return text
    .split(/[,;]/)
    .map((number) => number.trim())
    .filter((number) => number !== "");
}

/** A line's description is Text[100] (BC, 2.5). */
const longestComment = 100;
const voidMark = "VOID";

/** The comment lines that tell of a shipment, one a parcel: what does not fit is cut before the number, never in it. Pure. */
export function commentsOf(shipment: Shipment): string[] {
  const { shipDate, carrierName, carrier, service, isVoided } = shipment;
  const head = [isVoided ? voidMark : "", shipDate, carrierName || carrier, service].filter(Boolean).join(" ");
  return numbersOf(shipment).map((number) =>
    `${head.slice(0, Math.max(0, longestComment - number.length - 2))}: ${number}`.slice(-longestComment),
  );
}

/** Whether a comment line tells of a parcel, or with `isVoid` that its label is void. Pure. */
export function tellsOf(comment: string, number: string, isVoid: boolean): boolean {
  const isTold = comment.endsWith(`: ${number}`.slice(-longestComment));
  return isTold && comment.startsWith(`${voidMark} `) === isVoid;
}

/** The text file that tells of a shipment: its name without personal data, and what is in it. Pure. */
export function fileOf(shipment: Shipment): { name: string; text: string } {
  const numbers = numbersOf(shipment);
  const { service, shipDate, packages } = shipment;
  const lines = [
    ...(shipment.isVoided ? ["VOID: this label was voided, nothing travels under it."] : []),
    ...packages.flatMap(({ trackingNumber, trackingUrl }) => [
      `Tracking number: ${trackingNumber}`,
      ...(trackingUrl === undefined ? [] : [`Follow it: ${trackingUrl}`]),
    ]),
    `Carrier: ${shipment.carrierName || shipment.carrier}`,
    ...(service === undefined ? [] : [`Service: ${service}`]),
    ...(shipDate === undefined ? [] : [`Ship date: ${shipDate}`]),
  ];
  return { name: fileNameOf(numbers, shipment.isVoided), text: `${lines.join("\n")}\n` };
}

/** Names of files hold what any system takes; what was replaced or cut is told apart by a hash. */
const longestName = 60;

/** The name of the file for some tracking numbers. Pure. */
export function fileNameOf(numbers: readonly string[], isVoid: boolean): string {
  const first = numbers[0] ?? "none";
  const safe = first.replace(/[^A-Za-z0-9-]+/g, "_").slice(0, longestName);
  const isWhole = safe === first && numbers.length === 1;
  return `tracking-${safe}${isWhole ? "" : `-${hashOf(numbers).slice(0, 8)}`}${isVoid ? "-void" : ""}.txt`;
}
