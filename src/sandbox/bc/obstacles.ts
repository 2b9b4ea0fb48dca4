/** Why a person's set-up lets a document not be posted. */
export type PostingObstacle = "periodClosed" | "customerBlocked" | "dimensionMissing" | "needsDialog";

const obstacles: Readonly<Record<PostingObstacle, { code: string; message: string }>> = {
  periodClosed: {
    code: "Application_DialogException",
    message: "Posting Date is not within your range of allowed posting dates.",
  },
  customerBlocked: {
    code: "Application_DialogException",
    message: "You cannot post this type of document when Customer is blocked with type All",
  },
  dimensionMissing: {
    code: "Application_DialogException",
    message: "Select a Dimension Value Code for the Dimension Code DEPARTMENT for Customer.",
  },
  needsDialog: {
    code: "Application_CallbackNotAllowed",
    message: "Business Central Server attempted to issue a client callback to show a confirmation dialog box.",
  },
};

/** What is answered for an obstacle, or for a sentence of one's own. */
export function obstacleOf(why: PostingObstacle | string): { code: string; message: string } {
  const known = Object.entries(obstacles).find(([name]) => name === why)?.[1];
  return known ?? { code: "Application_DialogException", message: why };
}
