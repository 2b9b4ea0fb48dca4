import { join } from "node:path";
import { failpointFrom } from "../../core/failpoint.ts";
import { reportedError, type SyncReport } from "../../core/report.ts";
import { isHeld } from "../../core/state/lock.ts";
import { thisMachine } from "../../core/state/machine.ts";
import type { ToldAside } from "../../core/sync/run.ts";
import type { Mlc } from "../../mlc.ts";
import type { EventFlow } from "../../webhooks/event-flows.ts";
import { Inbox } from "../../webhooks/inbox/inbox.ts";
import { missedEvent } from "../../webhooks/inbox/lines.ts";
import { keysUrlIn, knownCallers } from "../../webhooks/known-callers.ts";
import { processEvents } from "../../webhooks/processor.ts";
import { proofOf } from "../../webhooks/reached.ts";
import { KeySet } from "../../webhooks/receive/key-set.ts";
import { type KnownCallers, type Route, routes } from "../../webhooks/receive/receiver.ts";
import { receiverApp } from "../../webhooks/server/app.ts";
import { listen } from "../../webhooks/server/listener.ts";
import type { AccessPrint } from "./access-print.ts";
import { callersText } from "./callers-text.ts";
import { whileListening } from "./listen-lock.ts";
import { LiveProfile } from "./live-profile.ts";
import { printError } from "./print.ts";
import { asidesText, flowErrorText, flowLine } from "./report-text.ts";
import { alertAfter, renewAfter } from "./sync-run.ts";
import { isRefusal, Watch, type WatchGiven } from "./watch-run.ts";
import { errorColumns, hanging } from "./wrap.ts";

/** What a receiver is asked for. */
export interface ListenGiven {
  port: number;
  host: string;
  trustsProxy: boolean;
  isQuiet: boolean;
  tls?: { cert: string; key: string };
  /** Takes each call. */
  access: AccessPrint;
  /** When something was, as the lines of calls have it. */
  stamp(at: string): string;
  /** Says for people where it listens, and who may call as often as that changes. */
  say(text: string): void;
}

/** How soon a changed setting or secret counts; subscriptions call half a minute after they were made at the earliest. */
const refreshMs = 10_000;
const renewMs = 3_600_000;

/** Takes calls, keeps them and runs the flows that they ask for, until the signal. */
export async function runListen(open: () => Promise<Mlc>, given: ListenGiven): Promise<void> {
  const live = new LiveProfile(await open(), open);
  await whileListening(live.mlc, "listen", () => new Receiving(live, given).run());
}

/** The same beside a watch, on one profile; a whole run for an event counts as one of the watch. */
export async function runWatchAndListen(
  open: () => Promise<Mlc>,
  given: { watch: WatchGiven; listen: ListenGiven },
): Promise<void> {
  const live = new LiveProfile(await open(), open);
  const ran = new Map<string, number>();
  const watch = new Watch(live, { ...given.watch, ranAt: (name) => ran.get(name) });
  const beside: Beside = {
    run: (signal) => watch.run(signal),
    ran: (name, at) => void ran.set(name, at),
    tell: (mlc, report, asides) => watch.tell(mlc, report, asides),
  };
  const command = `${given.watch.command} --watch --listen`;
  await whileListening(live.mlc, command, () => new Receiving(live, given.listen, beside).run());
}

/** What runs beside a receiver. */
interface Beside {
  run(signal: AbortSignal): Promise<void>;
  /** Hears when a whole run of a flow began that ended well. */
  ran(name: string, at: number): void;
  /** Prints what a run came to, as its own ones. */
  tell(mlc: Mlc, report: SyncReport, asides: readonly ToldAside[]): void;
}

/** The paths at which somebody is known. */
function routesOf(known: KnownCallers): Route[] {
  return routes.filter((route) => known[route] !== undefined);
}

class Receiving {
  readonly #live: LiveProfile;
  readonly #given: ListenGiven;
  readonly #beside: Beside | undefined;
  readonly #keys: KeySet;
  #known: KnownCallers = {};
  /** What was said last of work that is tried again and again. */
  readonly #told = new Map<string, string>();

  constructor(live: LiveProfile, given: ListenGiven, beside?: Beside) {
    this.#live = live;
    this.#given = given;
    this.#beside = beside;
    const { surroundings, clock } = live.mlc;
    this.#keys = new KeySet({ url: keysUrlIn(live.mlc.config), fetch: surroundings.fetch ?? fetch, clock });
  }

  async run(): Promise<void> {
    const { disk, dir, clock, surroundings } = this.#live.mlc;
    await this.#refresh();
    const failpoint = failpointFrom(surroundings.env);
    const inbox = await Inbox.open({ disk, dir: join(dir, "inbox"), clock, failpoint });
    const { port, host, tls, trustsProxy, access, say } = this.#given;
    const app = receiverApp({
      ...{ clock, inbox, trustsProxy, log: access, known: () => this.#known },
      isHandshakeExpected: () => this.#isSubscribing(),
      proof: async (nonce) => proofOf(await this.#live.mlc.secrets.macKey(), nonce),
    });
    const listener = await listen({
      ...{ app, port, host, ...(tls ? { tls } : {}) },
      // What stands behind a proxy has its address for all callers.
      ...(trustsProxy ? { limits: { perAddress: Number.POSITIVE_INFINITY } } : {}),
    });
    say(`Listening on ${listener.url}/webhooks; Ctrl-C ends it.`);
    this.#sayCallers();
    try {
      await untilOneFails(surroundings.signal, [
        (signal) => this.#work(inbox, signal),
        (signal) => this.#tend(signal, inbox),
        ...(this.#beside ? [this.#beside.run] : []),
      ]);
    } finally {
      await listener.close();
      await this.#note(inbox).catch(printError);
      await inbox.close();
    }
  }

  #work(inbox: Inbox, signal: AbortSignal): Promise<void> {
    return processEvents({
      ...{ inbox, signal, clock: this.#live.mlc.clock },
      config: () => this.#live.mlc.config,
      run: (flow) => this.#run(flow),
      warn: printError,
    });
  }

  /** Looks after settings, subscriptions and what other processes ask for, whatever the flows do meanwhile. */
  async #tend(signal: AbortSignal, inbox: Inbox): Promise<void> {
    const { clock } = this.#live.mlc;
    let renewedAt = Number.NEGATIVE_INFINITY;
    while (!signal.aborted) {
      await this.#again("settings", () => this.#refresh());
      this.#sayCallers();
      await this.#again("note", () => this.#note(inbox));
      const { mlc } = this.#live;
      // A replay need not wait for the end of a long run.
      mlc.serve().catch(printError);
      const now = clock.now().getTime();
      if (Math.abs(now - renewedAt) >= renewMs) {
        renewedAt = now;
        await this.#tendWebhooks(inbox).catch(printError);
      }
      await clock.sleep(refreshMs, signal).catch(() => undefined);
    }
  }

  /** What a subscription that is made again has missed is asked for like what it tells. */
  async #tendWebhooks(inbox: Inbox): Promise<void> {
    const { webhooks, clock, pairs } = this.#live.mlc;
    const { errors, missed } = await webhooks.tend(pairs);
    for (const error of errors) printError(error);
    for (const { route, topic } of missed) await inbox.add(missedEvent(route, topic, clock.now()));
  }

  /** What `status` tells of events. */
  #note(inbox: Inbox): Promise<void> {
    return this.#live.mlc.eventNotes.note(routesOf(this.#known), inbox.standing());
  }

  /** Takes over what somebody changed, as soon as nothing runs on what was before; new secrets at once. */
  async #refresh(): Promise<void> {
    await this.#live.refresh();
    const { mlc } = this.#live;
    const secret = async (entry: string) => (await mlc.settings.readSecret(entry))?.value.reveal();
    this.#known = await knownCallers({ config: mlc.config, secret, keys: this.#keys });
  }

  /** Who is not known would be answered 404 without a word. */
  #sayCallers(): void {
    const { config, webhooks } = this.#live.mlc;
    const isSubscribed = (system: string) => webhooks.addresses.of(system) !== undefined;
    const text = callersText({ connected: Object.keys(config), known: routesOf(this.#known), isSubscribed });
    if (this.#told.get("callers") !== text) this.#given.say(text);
    this.#told.set("callers", text);
  }

  /** A handshake belongs to a change of subscriptions by this process or another one, which holds their lock. */
  async #isSubscribing(): Promise<boolean> {
    const { disk, dir, surroundings } = this.#live.mlc;
    return isHeld(disk, join(dir, "webhooks.lock"), thisMachine(surroundings.platform));
  }

  async #run(flow: EventFlow): Promise<boolean | "narrow"> {
    try {
      return await this.#live.use((mlc) => this.#runOn(mlc, flow));
    } catch (error) {
      if (!this.#live.mlc.surroundings.signal.aborted) printError(error);
      return false;
    }
  }

  async #runOn(mlc: Mlc, { pair, flow, ignoreSchedule, told, named }: EventFlow): Promise<boolean | "narrow"> {
    const asides: ToldAside[] = [];
    const began = mlc.clock.now().getTime();
    const request = { command: "listen", pair, flows: [flow], ignoreSchedule, told, named };
    const report = await mlc.sync(request, { aside: (one) => asides.push(one) });
    const done = report?.flows[0];
    if (!report || !done) return false;
    if (isRefusal(done)) this.#live.doubt();
    if (this.#beside) this.#beside.tell(mlc, report, asides);
    else await this.#tell(mlc, report, asides);
    if (done.error !== undefined) return false;
    if (done.narrow) return "narrow";
    this.#beside?.ran(`${pair} ${flow}`, began);
    return true;
  }

  async #tell(mlc: Mlc, report: SyncReport, asides: readonly ToldAside[]): Promise<void> {
    const columns = errorColumns(process.stderr);
    for (const done of report.flows) {
      if (!this.#given.isQuiet)
        process.stderr.write(`${hanging("", flowLine(this.#given.stamp(report.startedAt), done), columns)}\n`);
      process.stderr.write(asidesText(asides, false, columns) + flowErrorText(done, columns));
    }
    if (!mlc.surroundings.signal.aborted) await renewAfter(mlc, report);
    await alertAfter(mlc, report);
  }

  /** Says once what keeps some work from being done. */
  async #again(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.#told.delete(what);
    } catch (error) {
      const { message } = reportedError(error);
      if (this.#told.get(what) !== message) printError(error);
      this.#told.set(what, message);
    }
  }
}

/** Runs loops side by side until the signal; where one fails, the others are ended too. Throws the first failure. */
async function untilOneFails(signal: AbortSignal, loops: ((signal: AbortSignal) => Promise<void>)[]): Promise<void> {
  const own = new AbortController();
  const both = AbortSignal.any([signal, own.signal]);
  const ends = await Promise.allSettled(
    loops.map((loop) =>
      loop(both).catch((error: unknown) => {
        own.abort(error);
        throw error;
      }),
    ),
  );
  for (const end of ends) if (end.status === "rejected") throw end.reason;
}
