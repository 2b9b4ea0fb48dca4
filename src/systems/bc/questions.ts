import type { Question, TypedTable } from "../kinds.ts";

/** What a person is asked for of a pair that books a shipper's orders in Business Central. */
export const bcPairQuestions: Question[] = [
  {
    path: "booking",
    label: "What a shipped order becomes in Business Central",
    names: {
      invoice: "a sales invoice, posted",
      order: "a sales order that stays open",
      orderPosted: "a sales order, shipped and invoiced",
    },
  },
  {
    path: "bookOn",
    label: "When it is made there",
    names: { shipped: "once the order is shipped", new: "when the order arrives, to be completed by its shipment" },
  },
  {
    path: "customers.account",
    label: "Customer that all orders are booked on (empty: the one with the order's e-mail address)",
    isOptional: true,
  },
  { path: "customers.create", label: "Make a customer where none is found?" },
  {
    path: "lines.shippingAccount",
    label: "G/L account of what buyers pay for shipping (empty: such orders are set aside)",
    isOptional: true,
  },
  {
    path: "lines.taxAccount",
    label: "G/L account of the tax that the store collected (empty: tax gets no line of its own)",
    isOptional: true,
  },
  {
    path: "lines.tax",
    label: "How tax is booked",
    names: {
      erp: "Business Central reckons it",
      included: "prices are sent with the tax in them",
      account: "as a line on that account",
    },
  },
];

/** Business Central's codes for carriers and their services: API v2.0 has no set of them to choose from (BC, 2.8). */
export const shippingAgentTable: TypedTable = {
  path: "shippingAgents",
  label: "carrier's service",
  list: "carriage",
  fields: [
    { name: "agent", label: "Shipping agent's code" },
    { name: "service", label: "Its service's code", isOptional: true },
  ],
  otherwise: "the tracking number is written without a carrier",
};
