import { join } from "node:path";
import type { WebhookStatus } from "../core/report.ts";
import { type Disk, replaceFile } from "../core/state/disk.ts";
import { fromSummed, summed } from "../core/state/seal.ts";
import type { WebhookSubscription } from "../core/system.ts";

/** What was there when mlc last looked at a system's subscriptions, so that their state can be told without asking. */
export interface NotedWebhooks {
  /** When mlc looked, or tried to. */
  at: string;
  url: string;
  /** What mlc wants to be told of. */
  topics: string[];
  subscriptions: { id: string; topic: string; endsAt?: string }[];
}

interface NoteFile {
  schema: 1;
  systems: Record<string, NotedWebhooks>;
}

const fileOf = (dir: string) => join(dir, "webhooks.json");

/** What is noted, by system. A damaged note is none, since the systems know it all. */
export async function notedWebhooks(disk: Disk, dir: string): Promise<Record<string, NotedWebhooks>> {
  const bytes = await disk.read(fileOf(dir));
  return (bytes && fromSummed<NoteFile>(bytes)?.systems) ?? {};
}

/** Notes what is there at a system, or that nothing is wanted there. Throws StateError. */
export async function noteWebhooks(
  disk: Disk,
  dir: string,
  { system, note }: { system: string; note: NotedWebhooks | undefined },
): Promise<void> {
  const { [system]: _, ...others } = await notedWebhooks(disk, dir);
  const file: NoteFile = { schema: 1, systems: note ? { ...others, [system]: note } : others };
  await replaceFile(disk, fileOf(dir), summed(file));
}

/** A subscription as it is noted. Pure. */
export function notedSubscription({ id, topic, endsAt }: WebhookSubscription): NotedWebhooks["subscriptions"][number] {
  return { id, topic, ...(endsAt ? { endsAt: endsAt.toISOString() } : {}) };
}

/** How a system's subscriptions stand by what is noted; nothing is known of them before the first look. Pure. */
export function webhookStatus(
  system: string,
  url: string,
  { note, now }: { note: NotedWebhooks | undefined; now: Date },
): WebhookStatus {
  if (note?.url !== url) return { system, url, checkedAt: null, subscriptions: [] };
  const subscriptions = note.topics.map((topic) => {
    const ends = note.subscriptions.filter((one) => one.topic === topic).map(({ endsAt }) => endsAt ?? null);
    const lasting = ends.find((endsAt) => endsAt === null || endsAt > now.toISOString());
    return { topic, endsAt: lasting ?? ends[0] ?? null, isLive: lasting !== undefined };
  });
  return { system, url, checkedAt: note.at, subscriptions };
}
