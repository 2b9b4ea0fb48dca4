import type { SalesOrderBody, shipTo } from "./schema.ts";

/** What may still change in a header: nothing that a released order or a posted invoice refuses is among it but dates (BC, 4.5). */
export type HeaderChanges = Partial<
  Pick<SalesOrderBody, "externalDocumentNumber" | "postingDate" | "discountAmount" | keyof typeof shipTo>
>;

/** How much of an order's line is shipped and invoiced by the next posting. */
export interface LineQuantities {
  /** The line's id. */
  id: string;
  shipQuantity: number;
  invoiceQuantity: number;
}

/** The route's fields, in the order in which BC validates them: the agent before its service (BC, 5). */
export interface TrackingValues {
  shippingAgentCode?: string;
  shippingAgentServiceCode?: string;
  packageTrackingNo?: string;
}
