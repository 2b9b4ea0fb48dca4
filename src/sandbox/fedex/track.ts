import { type Context, Hono } from "hono";
import { z } from "zod";
import type { Account } from "./account.ts";
import { emptyPaths } from "./input.ts";
import { referenceBody, type Tracked, trackedByReference } from "./references.ts";
import { invalidInput, Refusal, type Replies } from "./replies.ts";
import { showProblem, showTracked } from "./show-track.ts";

const numbersBody = z.object({
  includeDetailedScans: z.boolean(),
  trackingInfo: z.array(
    z.object({
      trackingNumberInfo: z.object({
        trackingNumber: z.string(),
        trackingNumberUniqueId: z.string().optional(),
      }),
      shipDateBegin: z.string().optional(),
      shipDateEnd: z.string().optional(),
    }),
  ),
});

type Asked = z.infer<typeof numbersBody>["trackingInfo"][number];

/** Track by number and by reference (FedEx, 4). */
export function fedExTrack(account: Account, replies: Replies): Hono {
  const app = new Hono();
  app.post("/trackingnumbers", async (c) => {
    const { trackingInfo, includeDetailedScans } = await readBody(c, numbersBody);
    if (trackingInfo.length === 0)
      throw new Refusal(400, { code: "TRACKING.TRACKINGNUMBER.EMPTY", message: "Please provide tracking number." });
    if (trackingInfo.length > 30) {
      const message = "Please limit your inquiry to 30 tracking numbers.";
      throw new Refusal(400, { code: "TRACKING.TRACKINGNUMBERS.LIMITEXCEEDED", message });
    }
    return answer(account, replies, c, () =>
      trackingInfo.map((asked) => trackedByNumber(account, asked, includeDetailedScans)),
    );
  });
  app.post("/referencenumbers", async (c) => {
    const { referencesInformation, includeDetailedScans = false } = await readBody(c, referenceBody);
    return answer(account, replies, c, () => trackedByReference(account, referencesInformation, includeDetailedScans));
  });
  return app;
}

async function readBody<Body>(c: Context, shape: z.ZodType<Body>): Promise<Body> {
  const body: unknown = await c.req.json().catch(() => undefined);
  const parsed = shape.safeParse(body);
  const empty = emptyPaths(body ?? 0);
  if (parsed.success && empty.length === 0) return parsed.data;
  const wrong = parsed.success
    ? []
    : parsed.error.issues.map(({ path, message }) => invalidInput(path.join("."), message));
  throw new Refusal(400, [...wrong, ...empty.map((path) => invalidInput(path, "Leave out empty elements."))]);
}

function answer(account: Account, replies: Replies, c: Context, find: () => Tracked[]): Response {
  const { trackOutage, trackAlerts } = account.switches;
  const failure = { code: "SYSTEM.UNAVAILABLE.EXCEPTION", message: "The service is currently unavailable." };
  if (trackOutage === "errors") return replies.output(c.req.raw, {}, { errors: [failure] });
  if (trackOutage === "cxsErrors") return replies.output(c.req.raw, { cxsErrors: [failure] });
  const message = "This is a Virtual Response.";
  return replies.output(c.req.raw, {
    completeTrackResults: find(),
    alerts:
      trackAlerts === "string"
        ? `VIRTUAL.RESPONSE - ${message}`
        : [{ code: "VIRTUAL.RESPONSE", message, alertType: "NOTE" }],
  });
}

function trackedByNumber(account: Account, asked: Asked, withScans: boolean): Tracked {
  const { trackingNumber, trackingNumberUniqueId: uniqueId } = asked.trackingNumberInfo;
  const { shipDateBegin = "", shipDateEnd = "9999" } = asked;
  const found = account
    .tracked(trackingNumber)
    .filter((one) => account.shows(one, account.switches.trackLagMs))
    .filter(({ piece }) => uniqueId === undefined || piece.uniqueId === uniqueId)
    .filter(({ shipment: { shipDate } }) => shipDate >= shipDateBegin && shipDate <= shipDateEnd);
  const problem = {
    code: "TRACKING.TRACKINGNUMBER.NOTFOUND",
    message: "Tracking number cannot be found. Please correct the tracking number and try again.",
  };
  return {
    trackingNumber,
    trackResults:
      found.length === 0
        ? [showProblem(trackingNumber, problem)]
        : found.map((one) => showTracked(account, one, withScans)),
  };
}
