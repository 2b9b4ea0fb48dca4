import { z } from "zod";
import type { Named } from "../../core/ports.ts";
import { bodyId, distinct, isName, isSameSecret, jsonFrom, refused, type VendorCall, type Verdict } from "./call.ts";

/** What proves notifications of Business Central (BC, 7). */
export interface BcCalls {
  /** The `clientState` of mlc's subscriptions. */
  secret: string;
}

const notifications = z.object({ value: z.array(z.unknown()) });
const notification = z.object({
  subscriptionId: z.string().max(200).optional(),
  clientState: z.string().max(2048),
  resource: z.string().min(1).max(2048),
  changeType: z.enum(["created", "updated", "deleted", "collection"]),
  lastModifiedDateTime: z.string().max(50).optional(),
});

type Notification = Omit<z.infer<typeof notification>, "clientState">;

/**
 * Verifies a body of notifications: those with another `clientState` count for nothing, and so does a body that has no
 * other. Any answer but 2xx ends a subscription at once, and one body may have notifications of a subscription that is not
 * mlc's beside those of its own (BC, 7.2). Pure.
 */
export function bcVerdict({ body }: VendorCall, { secret }: BcCalls): Verdict {
  const parsed = notifications.safeParse(jsonFrom(body)?.value);
  if (!parsed.success) return refused(400, "no notifications");
  const proved = parsed.data.value.flatMap((one): Notification[] => {
    const { data } = notification.safeParse(one);
    if (!data || !isSameSecret(data.clientState, secret)) return [];
    const { clientState: _, ...rest } = data;
    return [rest];
  });
  if (proved.length === 0) return refused(401, "no notification has the clientState");
  const records = distinct(proved.flatMap((one) => recordOf(one) ?? []));
  const topics = [...new Set(proved.map(({ resource }) => setOf(resource)))].sort();
  const kept = JSON.stringify({ value: proved });
  return { event: { id: bodyId(body), topic: topics.join(",").slice(0, 200), records, body: kept } };
}

/** The answer to a handshake: its token, while mlc waits for one and the token can stand in a text. Pure. */
export function handshakeAnswer(token: string, isExpected: boolean): string | undefined {
  return isExpected && /^[\x20-\x7e]{1,512}$/.test(token) ? token : undefined;
}

function setOf(resource: string): string {
  const name = /\/([A-Za-z][\w-]{0,60})(?:\([^()]*\))?(?:\?.*)?$/.exec(resource)?.[1];
  return name ?? "unknown";
}

function recordOf({ resource, changeType }: Notification): Named | undefined {
  const set = setOf(resource);
  // The filter of such a resource has a misspelt field (BC, 7.2): the flow's own cursor knows what to ask.
  if (changeType === "collection") return { kind: "changes", id: set };
  const path = resource.replace(/^\//, "");
  return isName(path) && set !== "unknown" ? { kind: "record", id: path } : undefined;
}
