/** The flows in the order in which they run. */
export const flowNames = ["orders", "shipments"] as const;

/** A flow's name. */
export type FlowName = (typeof flowNames)[number];
