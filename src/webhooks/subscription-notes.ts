import { join } from "node:path";
import type { Clock } from "../core/clock.ts";
import type { WebhookStatus } from "../core/report.ts";
import { type Disk, replaceFile } from "../core/state/disk.ts";
import { fromSummed, summed } from "../core/state/seal.ts";
import type { WebhookSubscription } from "../core/system.ts";

/** A subscription as it was last seen. */
export interface NotedSubscription {
  id: string;
  topic: string;
  endsAt?: string;
  /** Since when it is there: as the system says it, else since mlc first saw it. */
  createdAt?: string;
  /** Since when it is not there any more: it is made again. */
  lostAt?: string;
}

/** What was there when mlc last looked at a system's subscriptions, so that their state can be told without asking. */
export interface NotedWebhooks {
  /** When mlc looked, or tried to. */
  at: string;
  url: string;
  /** What mlc wants to be told of. */
  topics: string[];
  /** What of that the account may not be told of. */
  refused?: string[];
  subscriptions: NotedSubscription[];
}

interface NotesOptions {
  disk: Disk;
  /** The profile's directory. */
  dir: string;
  clock: Clock;
}

interface NoteFile {
  schema: 1;
  systems: Record<string, NotedWebhooks>;
}

const fileOf = (dir: string) => join(dir, "webhooks.json");

/** What was there when mlc last looked, by system. */
export class SubscriptionNotes {
  readonly #options: NotesOptions;

  constructor(options: NotesOptions) {
    this.#options = options;
  }

  /** What is noted of all. A damaged note is none, since the systems know it all. */
  async all(): Promise<Record<string, NotedWebhooks>> {
    const { disk, dir } = this.#options;
    const bytes = await disk.read(fileOf(dir));
    return (bytes && fromSummed<NoteFile>(bytes)?.systems) ?? {};
  }

  /** What is noted of a system at an address. */
  async of(system: string, url: string): Promise<NotedWebhooks | undefined> {
    const note = (await this.all())[system];
    return note?.url === url ? note : undefined;
  }

  /** Notes what was seen at a system just now. Throws StateError. */
  async note(system: string, seen: Seen): Promise<NotedWebhooks> {
    const note = noteOf(seen, await this.of(system, seen.url), this.#options.clock.now());
    await this.keep(system, note);
    return note;
  }

  /** Keeps a system's note, or none where nothing is wanted there. Throws StateError. */
  async keep(system: string, note: NotedWebhooks | undefined): Promise<void> {
    const { disk, dir } = this.#options;
    const { [system]: _, ...others } = await this.all();
    const file: NoteFile = { schema: 1, systems: note ? { ...others, [system]: note } : others };
    await replaceFile(disk, fileOf(dir), summed(file));
  }
}

/** The note of what is there now; what was there before and is not any more stays in it as lost. Pure. */
export function noteOf(
  { url, topics, there, refused = [] }: Seen,
  before: NotedWebhooks | undefined,
  now: Date,
): NotedWebhooks {
  const at = now.toISOString();
  const held = before?.url === url ? before.subscriptions : [];
  const live = there.filter(({ isStale }) => !isStale);
  const seen = live.map(({ id, topic, endsAt, createdAt }): NotedSubscription => {
    const since = createdAt?.toISOString() ?? held.find((one) => one.id === id && !one.lostAt)?.createdAt ?? at;
    return { id, topic, ...(endsAt ? { endsAt: endsAt.toISOString() } : {}), createdAt: since };
  });
  const lost = held
    .filter(({ topic }) => topics.includes(topic) && !live.some((one) => one.topic === topic))
    .map((one) => ({ ...one, lostAt: one.lostAt ?? at }));
  return { at, url, topics, ...(refused.length > 0 ? { refused } : {}), subscriptions: [...seen, ...lost] };
}

/** What mlc saw of a system's subscriptions to an address. */
export interface Seen {
  url: string;
  topics: string[];
  there: readonly WebhookSubscription[];
  refused?: string[];
}

/** How a system's subscriptions stand by what is noted; nothing is known of them before the first look. Pure. */
export function webhookStatus(
  system: string,
  url: string,
  { note, now }: { note: NotedWebhooks | undefined; now: Date },
): WebhookStatus {
  if (note?.url !== url) return { system, url, checkedAt: null, subscriptions: [] };
  const subscriptions = note.topics.map((topic) => {
    const noted = note.subscriptions.filter((one) => one.topic === topic);
    const isOver = ({ endsAt = "~", lostAt }: NotedSubscription) => lostAt !== undefined || endsAt <= now.toISOString();
    const lasting = noted.find((one) => !isOver(one));
    const { endsAt = null, createdAt = null } = lasting ?? noted[0] ?? {};
    return { topic, endsAt, createdAt, isLive: lasting !== undefined };
  });
  return { system, url, checkedAt: note.at, subscriptions };
}
