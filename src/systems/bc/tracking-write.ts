import type { BcClient } from "../../connectors/bc/client.ts";
import type { TrackingValues } from "../../connectors/bc/requests.ts";
import type { Call } from "../../core/delivery.ts";
import { RejectedError } from "../../core/errors.ts";
import type { PublishedPages } from "./published.ts";
import { TrackingLook } from "./tracking-look.ts";
import type { Content, OpenRoute, Payload, TrackingRoute } from "./tracking-payloads.ts";

/** What came of a write: the route that took it, and why others did not. */
export interface Written {
  route: TrackingRoute;
  number: string;
  remark?: string;
  calls: readonly Call[];
}

/**
 * Writes tracking on the route that is open, and on the next one where BC refuses it for a reason of the document: released,
 * posted or gone meanwhile, or a rule of the customer's own page. Throws what is left when no route takes it.
 */
export async function writeTracking(
  client: BcClient,
  payload: Payload & { kind: "write" },
  pages: PublishedPages,
): Promise<Written> {
  const refused: string[] = [];
  const calls: Call[] = [];
  let { open, where } = payload;
  for (;;) {
    try {
      calls.push(...(await writeOn(client, open, { ...payload, where })));
      const remark = refused.length === 0 ? {} : { remark: `written by ${open.route}: ${refused.join("; ")}` };
      return { route: open.route, number: open.number, calls, ...remark };
    } catch (error) {
      if (!(error instanceof RejectedError) || !isOfDocument(error)) throw error;
      calls.push(...(error.context.calls ?? []));
      refused.push(`${open.route} was refused (${error.context.code ?? "gone"})`);
      const look = new TrackingLook(client, payload.document, pages);
      const next = await look.first(where);
      calls.push(...look.calls);
      if (!next.open) throw error;
      const { route } = next.open;
      where = { ...where, routes: where.routes.slice(where.routes.indexOf(route) + 1) };
      open = next.open;
    }
  }
}

/** Refusals that say something of the document; the others are of a code or a length that no other document would take (BC, 4.6). */
const ofDocument = [
  "Application_FieldValidationException",
  "Application_DialogException",
  "BadRequest_ResourceNotFound",
  "BadRequest_RequiredParamNotProvided",
  "Internal_RecordNotFound",
];

/** A record that went away between two calls has no code of BC's. */
function isOfDocument({ context: { code } }: RejectedError): boolean {
  return code === undefined || ofDocument.includes(code);
}

async function writeOn(
  client: BcClient,
  open: OpenRoute,
  { where, content }: Payload & { kind: "write" },
): Promise<readonly Call[]> {
  const about = { values: valuesOf(content), document: open.number };
  switch (open.route) {
    case "customApi": {
      const { path = "", fields } = where.customApi;
      if (holds(open, content)) return [];
      return (await client.tracking.writeCustomRow({ path, fields }, open.row, about)).calls;
    }
    case "page42":
      if (holds(open, content)) return [];
      return (await client.tracking.writePage42Order(where.page42.service, open.row, about)).calls;
    case "comment": {
      const missing = content.comments.filter((text) => !open.comments.includes(text));
      const lines = missing.map((description) => ({ lineType: "Comment" as const, description }));
      return lines.length === 0 ? [] : client.sales.addLines(open, lines);
    }
    case "attachment": {
      const { name, text } = content.file;
      return client.tracking.attach(open, { name, type: "text/plain", bytes: new TextEncoder().encode(text) });
    }
  }
}

function valuesOf({ fields }: Content): TrackingValues {
  const { shippingAgentCode, shippingAgentServiceCode, packageTrackingNo } = fields;
  return {
    ...(shippingAgentCode === undefined ? {} : { shippingAgentCode }),
    ...(shippingAgentServiceCode === undefined ? {} : { shippingAgentServiceCode }),
    packageTrackingNo,
  };
}

/** Posting has copied it from the order, or a person has written it: nothing is to be changed. */
function holds(
  { held }: OpenRoute & { held: unknown } & { route: "customApi" | "page42" },
  { fields }: Content,
): boolean {
  const isSame = (wanted: string | undefined, there: string) =>
    wanted === undefined || wanted.toUpperCase() === there.trim().toUpperCase();
  return (
    isSame(fields.shippingAgentCode, held.agent) &&
    isSame(fields.shippingAgentServiceCode, held.service) &&
    fields.packageTrackingNo === held.tracking
  );
}
