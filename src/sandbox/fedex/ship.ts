import { type Context, Hono } from "hono";
import { z } from "zod";
import type { Account } from "./account.ts";
import { isInPossession } from "./catalogue.ts";
import { createShipment } from "./create.ts";
import { type CreateInput, emptyPaths, readCreate } from "./input.ts";
import { packageCount } from "./package-rules.ts";
import { type Alert, invalidInput, Refusal, type Replies } from "./replies.ts";
import type { ShipmentRow } from "./rows.ts";
import { createProblems } from "./rules.ts";
import { showShipment } from "./show-shipment.ts";

const dayMs = 86_400_000;

/** Ship as far as shipments go: create, validate, fetch a job, cancel (FedEx, 2). */
export function fedExShip(account: Account, replies: Replies): Hono {
  const app = new Hono();
  app.post("/shipments", async (c) => {
    const { input, body } = await readGood(account, c);
    const customerTransactionId = c.req.header("x-customer-transaction-id") ?? null;
    const shipment = createShipment(account, { input, body, customerTransactionId });
    if (isJob(account, input)) {
      shipment.jobId = account.nextJobId();
      return replies.output(c.req.raw, { jobId: shipment.jobId, alerts: [] });
    }
    return replies.output(c.req.raw, createdOutput(account, c, shipment));
  });
  app.post("/shipments/packages/validate", async (c) => {
    const { input } = await readGood(account, c, true);
    if (packageCount(input.requestedShipment ?? {}) > 1)
      throw new Refusal(400, invalidInput("requestedShipment.requestedPackageLineItems", "A single piece only."));
    const message = "Shipment validated successfully. No errors found.";
    const alert: Alert = { code: "SHIPMENT.VALIDATION.SUCCESS", message, alertType: "NOTE" };
    return replies.output(c.req.raw, { alerts: [alert] });
  });
  app.post("/shipments/results", async (c) => {
    const { jobId } = await readBody(c, z.object({ ...accountShape, jobId: z.string() }), account);
    const shipment = account.shipments.find((row) => row.jobId === jobId);
    if (!shipment) throw new Refusal(400, invalidInput("jobId", "There is no such job."));
    const isDone = account.now().getTime() >= shipment.createdAt.getTime() + account.switches.jobMs;
    return replies.output(c.req.raw, isDone ? createdOutput(account, c, shipment) : { jobId, alerts: [] });
  });
  app.put("/shipments/cancel", (c) => cancel(account, replies, c));
  return app;
}

/** Labels behind links, which die after 24 hours (FedEx, 2.1). */
export function fedExDocuments(account: Account, replies: Replies): Hono {
  const app = new Hono();
  app.get("/:trackingNumber", (c) => {
    const found = account.find(c.req.param("trackingNumber"));
    const age = found ? account.now().getTime() - found.shipment.createdAt.getTime() : Number.POSITIVE_INFINITY;
    if (found?.shipment.labelAs !== "URL_ONLY" || age > dayMs) return replies.noSuchPath(c.req.raw);
    return new Response(new Uint8Array(Buffer.from(found.piece.label, "base64")));
  });
  return app;
}

const accountShape = { accountNumber: z.object({ value: z.string() }) };

async function bodyOf(c: Context): Promise<unknown> {
  if (!c.req.header("content-type")?.startsWith("application/json"))
    throw new Refusal(400, invalidInput("content-type", "application/json is required."));
  try {
    return JSON.parse(await c.req.text());
  } catch (cause) {
    throw new Refusal(400, invalidInput("body", `It is not JSON: ${cause instanceof Error ? cause.message : cause}`));
  }
}

async function readGood(
  account: Account,
  c: Context,
  isValidation = false,
): Promise<{ input: CreateInput; body: unknown }> {
  const body = await bodyOf(c);
  const read = readCreate(body);
  const { switches, setup } = account;
  const context = { switches, accountNumber: setup.accountNumber, today: account.today(), isValidation };
  const problems = "problems" in read ? read.problems : createProblems(body, read.input, context);
  if ("problems" in read || problems.length > 0) throw new Refusal(400, problems);
  return { input: read.input, body };
}

/** Reads a body of fixed shape that names an account. */
async function readBody<Body extends { accountNumber: { value: string } }>(
  c: Context,
  shape: z.ZodType<Body>,
  account: Account,
): Promise<Body> {
  const body = await bodyOf(c);
  const parsed = shape.safeParse(body);
  if (!parsed.success)
    throw new Refusal(
      400,
      parsed.error.issues.map(({ path, message }) => invalidInput(path.join("."), message)),
    );
  const empty = emptyPaths(body);
  if (empty.length > 0) throw new Refusal(400, invalidInput(empty.join(", "), "Leave out empty elements."));
  if (parsed.data.accountNumber.value !== account.setup.accountNumber) {
    const message = "The account is not one of this project.";
    throw new Refusal(400, { code: "SHIPMENT.ACCOUNTNUMBER.UNAUTHORIZED", message });
  }
  return parsed.data;
}

function isJob({ switches }: Account, { processingOptionType, requestedShipment = {} }: CreateInput): boolean {
  if (processingOptionType !== "ALLOW_ASYNCHRONOUS") return false;
  return switches.asynchronous === "always" || packageCount(requestedShipment) > 40;
}

function createdOutput(account: Account, c: Context, shipment: ShipmentRow): object {
  return { transactionShipments: [showShipment(account, shipment, new URL(c.req.url).origin)], alerts: [] };
}

const cancelBody = z.object({
  ...accountShape,
  trackingNumber: z.string(),
  deletionControl: z.enum(["DELETE_ALL_PACKAGES"]).optional(),
});

async function cancel(account: Account, replies: Replies, c: Context): Promise<Response> {
  const { trackingNumber } = await readBody(c, cancelBody, account);
  const { switches } = account;
  const shipment = account.find(trackingNumber)?.shipment;
  if (!shipment)
    throw new Refusal(400, { code: "TRACKINGNUMBER.ENTERED.INVALID", message: "The tracking number is not valid." });
  if (shipment.status === "cancelled") {
    const problem = { code: switches.repeatedCancelCode, message: "The shipment has been cancelled already." };
    if (switches.repeatedCancelStatus === 400) throw new Refusal(400, problem);
    return replies.output(c.req.raw, { cancelledShipment: false, cancelledHistory: false }, { errors: [problem] });
  }
  if (shipment.pieces.some(({ scans }) => scans.some(({ code }) => isInPossession(code))))
    throw new Refusal(400, {
      code: "SHIPMENT.CANCELEDWITHOUTPICKUP.FAILURE",
      message: "The shipment has been tendered and cannot be cancelled.",
    });
  if (shipment.closed)
    throw new Refusal(400, {
      code: "TRACKINGIDS.TRACKINGNUMBER.CLOSED",
      message: "The day of the shipment is closed.",
    });
  shipment.status = "cancelled";
  for (const piece of shipment.pieces) piece.scans.push({ at: account.now(), code: "CA", place: shipment.shipper });
  account.record("cancel", shipment);
  return replies.output(c.req.raw, {
    cancelledShipment: true,
    cancelledHistory: true,
    [switches.cancelText]: "Shipment is successfully cancelled",
    alerts: [],
  });
}
