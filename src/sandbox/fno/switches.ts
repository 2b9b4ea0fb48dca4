/** What the sheet calls unconfirmed, and what differs between environments; all settable while it runs. */
export interface FnoSwitches {
  /** Entity sets that this environment does not publish: 404, and not in `$metadata`. */
  absentSets: readonly string[];
  /** Entity sets for which the mapped user lacks the privilege (F&O, 1.4): 403. */
  forbiddenSets: readonly string[];
  /** Whether the client id has its row on the Entra applications page (F&O, 1.4); else 403 everywhere. */
  appIsKnown: boolean;
  /** A filter on SalesOrderProcessingStatus: works, or is answered with this status (F&O, 3.4). */
  processingStatusFilter: "works" | 400 | 500;
  /** Whether `$select` is taken inside `$expand`; the sheet promises only the first level of `$expand` (F&O, 2.1). */
  selectsInExpand: boolean;
  /** Whether `Prefer: odata.maxpagesize` is honoured (F&O, 2.3). */
  honoursMaxPageSize: boolean;
  /** The server's own page size, at most 10,000 (F&O, 2.3). */
  pageSize: number;
  /** Another host to put into `@odata.nextLink`, such as `evil.example`. */
  nextLinkHost: string | undefined;
  /** Whether a stale `If-Match` gives 412 (F&O, 9.3). */
  checksIfMatch: boolean;
  /** The status of a successful POST (F&O, 9.15). */
  createdStatus: 200 | 201;
  /** How long a created row stays invisible to reads, in milliseconds; no sheet promises that it is seen at once. */
  createdVisibleAfterMs: number;
  /** Whether tracking rows can be created and deleted over OData (F&O, 9.6). */
  trackingInsertable: boolean;
  trackingDeletable: boolean;
  /** Whether a tracking row's DeliveryDate must be the slip's (F&O, 9.6). */
  slipDateMustMatch: boolean;
  /** How long the first call after a start takes (F&O, 6), in milliseconds. */
  firstCallDelayMs: number;
  /** The `Retry-After` of a 429, in seconds. */
  retryAfterSeconds: number;
  /** How many entity sets that no one needs `$metadata` lists beside the real ones. */
  fillerSets: number;
}

/** An environment as the sheet expects it. */
export const defaultSwitches: Readonly<FnoSwitches> = {
  absentSets: [],
  forbiddenSets: [],
  appIsKnown: true,
  processingStatusFilter: "works",
  selectsInExpand: true,
  honoursMaxPageSize: true,
  pageSize: 10_000,
  nextLinkHost: undefined,
  checksIfMatch: true,
  createdStatus: 201,
  createdVisibleAfterMs: 0,
  trackingInsertable: true,
  trackingDeletable: true,
  slipDateMustMatch: true,
  firstCallDelayMs: 0,
  retryAfterSeconds: 5,
  fillerSets: 0,
};
