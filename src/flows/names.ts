/** The flows in the order in which they run. */
export const flowNames = ["orders", "sales", "shipments", "products", "customers", "inventory", "charges"] as const;

/** A flow's name. */
export type FlowName = (typeof flowNames)[number];
