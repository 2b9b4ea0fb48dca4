import { join } from "node:path";
import { readConfig } from "../../core/config.ts";
import { LockedError } from "../../core/errors.ts";
import { canonicalJson } from "../../core/json.ts";
import { reportedError } from "../../core/report.ts";
import { acquireLock, readHolder } from "../../core/state/lock.ts";
import { isGone, thisMachine } from "../../core/state/machine.ts";
import type { Mlc } from "../../mlc.ts";
import { Inbox } from "../../webhooks/inbox/inbox.ts";
import { knownCallers } from "../../webhooks/known.ts";
import { type EventFlow, processEvents } from "../../webhooks/processor.ts";
import { KeySet } from "../../webhooks/receive/key-set.ts";
import type { KnownCallers } from "../../webhooks/receive/receiver.ts";
import { shipStationKeysUrl } from "../../webhooks/receive/shipstation-v2.ts";
import { type Access, receiverApp } from "../../webhooks/server/app.ts";
import { listen } from "../../webhooks/server/listener.ts";
import { plainLine } from "./print.ts";
import { asidesText, countsText, flowErrorText } from "./report-text.ts";
import { alertAfter, renewAfter } from "./sync-run.ts";
import { errorColumns } from "./wrap.ts";

/** What a receiver is asked for. */
export interface ListenGiven {
  port: number;
  host: string;
  trustsProxy: boolean;
  isQuiet: boolean;
  tls?: { cert: string; key: string };
  /** Each call, for the access log on stdout. */
  access(access: Access): void;
  /** Hears of the receiver's address once it listens. */
  ready?(url: string): void;
}

/** How soon a changed setting or secret counts; subscriptions call half a minute after they were made at the earliest. */
const refreshMs = 10_000;
const renewMs = 3_600_000;

/** Takes calls, keeps them and runs the flows that they ask for, until the signal. */
export async function runListen(open: () => Promise<Mlc>, given: ListenGiven): Promise<void> {
  const mlc = await open();
  const { disk, dir, clock, surroundings } = mlc;
  const lock = await acquireLock({
    ...{ disk, dir, clock, signal: surroundings.signal, name: "listen.lock", command: "listen", mode: "fail" },
    ...{ machine: thisMachine(surroundings.platform), token: () => String(clock.now().getTime()), waitMs: 0 },
  });
  if (!lock) throw new LockedError("another mlc listens for this profile");
  try {
    await new Receiving(mlc, open, given).run();
  } finally {
    await lock.release();
  }
}

class Receiving {
  #mlc: Mlc;
  readonly #open: () => Promise<Mlc>;
  readonly #given: ListenGiven;
  readonly #keys: KeySet;
  #known: KnownCallers = {};

  constructor(mlc: Mlc, open: () => Promise<Mlc>, given: ListenGiven) {
    this.#mlc = mlc;
    this.#open = open;
    this.#given = given;
    this.#keys = new KeySet({ url: shipStationKeysUrl, fetch: mlc.surroundings.fetch ?? fetch, clock: mlc.clock });
  }

  async run(): Promise<void> {
    const { disk, dir, clock, surroundings } = this.#mlc;
    const { signal } = surroundings;
    await this.#refresh();
    const inbox = await Inbox.open({ disk, dir: join(dir, "inbox"), clock });
    const { port, host, tls, trustsProxy, access, ready } = this.#given;
    const app = receiverApp({
      ...{ clock, inbox, trustsProxy, log: access, known: () => this.#known },
      isHandshakeExpected: () => this.#isSubscribing(),
    });
    const listener = await listen({ app, port, host, ...(tls ? { tls } : {}) });
    ready?.(listener.url);
    const tending = this.#tend();
    const flows = { inbox, clock, signal, config: () => this.#mlc.config, run: (flow: EventFlow) => this.#run(flow) };
    await processEvents(flows).finally(async () => {
      await listener.close();
      await inbox.close();
    });
    await tending;
  }

  /** Looks after settings and subscriptions, whatever the flows do meanwhile. */
  async #tend(): Promise<void> {
    const { clock, surroundings } = this.#mlc;
    let renewedAt = Number.NEGATIVE_INFINITY;
    while (!surroundings.signal.aborted) {
      await this.#refresh().catch((error: unknown) => this.#warn(error));
      const now = clock.now().getTime();
      if (Math.abs(now - renewedAt) >= renewMs) {
        renewedAt = now;
        const failures = await this.#mlc.webhooks.renewDue(this.#mlc.pairs).catch((error: unknown) => [error]);
        for (const failure of failures) this.#warn(failure);
      }
      await clock.sleep(refreshMs, surroundings.signal).catch(() => undefined);
    }
  }

  /** Takes over what somebody changed, as soon as nothing runs on what was before. */
  async #refresh(): Promise<void> {
    const { disk, file } = this.#mlc;
    const config = await readConfig(disk, file);
    if (canonicalJson(config) !== canonicalJson(this.#mlc.config)) this.#mlc = await this.#open();
    const mlc = this.#mlc;
    const secret = async (entry: string) => (await mlc.readSecret(entry))?.value.reveal();
    this.#known = await knownCallers({ config: mlc.config, secret, keys: this.#keys });
  }

  /** A handshake belongs to a change of subscriptions by this process or another one, which holds their lock. */
  async #isSubscribing(): Promise<boolean> {
    const { disk, dir, surroundings } = this.#mlc;
    const holder = await readHolder(disk, join(dir, "webhooks.lock"));
    return holder !== undefined && !(await isGone(thisMachine(surroundings.platform), holder));
  }

  async #run({ pair, flow, ignoreSchedule, told, named }: EventFlow): Promise<boolean | "narrow"> {
    const mlc = this.#mlc;
    try {
      const asides: Parameters<typeof asidesText>[0][number][] = [];
      const request = { command: "listen", pair, flows: [flow], ignoreSchedule, told, named };
      const report = await mlc.sync(request, { aside: (one) => asides.push(one) });
      const done = report?.flows[0];
      if (!report || !done) return false;
      const columns = errorColumns(process.stderr);
      if (!this.#given.isQuiet) process.stderr.write(`${pair} ${flow}: ${countsText(done)}\n`);
      process.stderr.write(asidesText(asides, false, columns) + flowErrorText(done, columns));
      if (!mlc.surroundings.signal.aborted) await renewAfter(mlc, report);
      await alertAfter(mlc, report);
      return done.error === undefined && (done.narrow ? "narrow" : true);
    } catch (error) {
      if (!mlc.surroundings.signal.aborted) this.#warn(error);
      return false;
    }
  }

  #warn(error: unknown): void {
    process.stderr.write(`Error: ${plainLine(reportedError(error).message)}\n`);
  }
}
