import { z } from "zod";
import { postedShipment, salesOrder, salesOrderLine } from "../../connectors/nav/schema.ts";

const fields = z.record(z.string(), z.string());

/** A record that carries shipping, as it was looked at, and what is to be changed in it. */
export const headWrite = z.discriminatedUnion("page", [
  z.object({
    page: z.literal("order"),
    held: salesOrder,
    changes: fields,
    /** What of it was posted when it was looked at. */
    posted: z.array(z.string()).optional(),
  }),
  z.object({ page: z.literal("posted"), held: postedShipment, changes: fields }),
]);

/** A record that carries shipping, as it was looked at, and what is to be changed in it. */
export type HeadWrite = z.infer<typeof headWrite>;

/** What a comment is on, and which way it may go. */
export const commentPlace = z.object({
  kind: z.enum(["order", "shipment"]),
  number: z.string(),
  /** sheet: a sales comment · line: a text line of the order · audit: nowhere in NAV. */
  route: z.enum(["sheet", "line", "audit"]),
  documentType: z.string(),
});

/** What a comment is on, and which way it may go. */
export type CommentPlace = z.infer<typeof commentPlace>;

const comment = z.object({ place: commentPlace, texts: z.array(z.string()), date: z.string().optional() });

const dateRoute = z.discriminatedUnion("by", [
  z.object({ by: z.literal("header"), held: salesOrder }),
  /** The partner's function posts with it. */
  z.object({ by: z.literal("posting") }),
  z.object({ by: z.literal("comment"), comment }),
]);

/** Where a ship date may go. */
export type DateRoute = z.infer<typeof dateRoute>;

/** The payload of a step; all that one order is written goes one after the other. */
export const payloads = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("look"), order: z.string() }),
  z.object({ kind: z.literal("heads"), order: z.string(), writes: z.array(headWrite) }),
  z.object({
    kind: z.literal("mark"),
    order: z.string(),
    write: headWrite,
    value: z.union([z.string(), z.boolean()]),
    field: z.string(),
  }),
  z.object({
    kind: z.literal("lines"),
    order: z.string(),
    lines: z.array(
      z.object({
        held: salesOrderLine,
        changes: z.object({
          Qty_to_Ship: z.number().optional(),
          Package_Tracking_No: z.string().optional(),
          Shipment_Date: z.string().optional(),
        }),
      }),
    ),
  }),
  z.object({
    kind: z.literal("date"),
    order: z.string(),
    shipment: z.string(),
    shipDate: z.string(),
    /** In the order in which they are tried. */
    routes: z.array(dateRoute),
  }),
  z.object({ kind: z.literal("comment"), order: z.string(), comment }),
  z.object({
    kind: z.literal("post"),
    order: z.string(),
    held: salesOrder,
    action: z.string(),
    externalId: z.string(),
    shipDate: z.string().optional(),
  }),
]);

/** The payload of a step. */
export type Payload = z.infer<typeof payloads>;

/** What a write's natural key tells, so that it can be looked up without its payload. */
export interface Named {
  /** The order's delivery key. */
  key: string;
  /** `order`, or the number of a posted shipment. */
  place: string;
  /** What stands there once it is done. */
  wanted: string[];
  /** What stands there no more. */
  unwanted: string[];
}

/** The name of a write in NAV. Pure. */
export function naturalKeyOf(step: string, { key, place, wanted, unwanted }: Named): string {
  const told = [
    ...wanted.map((text) => encodeURIComponent(text)),
    ...unwanted.map((text) => `/${encodeURIComponent(text)}`),
  ];
  return `${key}#${step}@${encodeURIComponent(place)}#${told.join(",")}`;
}

/** What the natural key of a step tells. Pure. */
export function namedIn(naturalKey: string, step: string): Named | undefined {
  const at = naturalKey.lastIndexOf(`#${step}@`);
  if (at < 0) return undefined;
  const [place = "", told = ""] = naturalKey.slice(at + step.length + 2).split("#");
  const texts = told === "" ? [] : told.split(",");
  return {
    key: naturalKey.slice(0, at),
    place: decodeURIComponent(place),
    wanted: texts.filter((text) => !text.startsWith("/")).map((text) => decodeURIComponent(text)),
    unwanted: texts.filter((text) => text.startsWith("/")).map((text) => decodeURIComponent(text.slice(1))),
  };
}
