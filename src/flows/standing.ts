import { type Stand, tellAll } from "../core/alerts.ts";
import type { Clock } from "../core/clock.ts";
import { type ConfigFile, parseSettings } from "../core/config.ts";
import { profileSections } from "../core/profile-settings.ts";
import type { ProfileState } from "../core/profile-state.ts";
import { programOf } from "../core/program.ts";
import {
  type FlowStatus,
  reportedError,
  type StatusReport,
  type SyncReport,
  type WaitingRecord,
} from "../core/report.ts";
import type { ProfileSecrets } from "../core/secrets/profile-secrets.ts";
import type { Disk } from "../core/state/disk.ts";
import type { FlowState } from "../core/state/fold.ts";
import { attentionOf, budgetsOf, byAge, causesOf, statusOf, waitingIn } from "../core/status.ts";
import type { OpenSystems } from "../systems/open.ts";
import { endedSignIns, signInsIn } from "../systems/sign-ins.ts";
import { cadenceOf, chosenFlows, connectedPairs } from "./open.ts";

interface StandingOptions {
  state: ProfileState;
  systems: OpenSystems;
  secrets: ProfileSecrets;
  clock: Clock;
  disk: Disk;
  /** The profile's directory. */
  dir: string;
  /** As it is now. */
  config(): ConfigFile;
  /** How its events stand. */
  events(): Promise<Pick<StatusReport, "webhooks" | "events" | "warnings">>;
}

/** How a profile stands, and whom the settings name to be told of it. */
export class Standing {
  readonly #options: StandingOptions;

  constructor(options: StandingOptions) {
    this.#options = options;
  }

  /** How every flow of every pair stands. */
  async status(): Promise<StatusReport> {
    return (await this.#stand()).status;
  }

  /** Tells the watchdog and the program of the config how the profile does after a run; what went wrong with that. */
  async alert(report: SyncReport): Promise<unknown[]> {
    const alerts = parseSettings(profileSections.alerts, this.#options.config().alerts ?? {}, "alerts");
    if (alerts.heartbeatUrl === undefined && alerts.onAttention === undefined) return [];
    const { disk, dir } = this.#options;
    const stand = await this.#stand().catch(unreadable);
    return tellAll(
      { disk, dir, alerts, run: programOf("alerts.onAttention"), fetch },
      { flows: report.flows, ...stand },
    );
  }

  /** Its causes tell apart what was told of before. */
  async #stand(): Promise<{ status: StatusReport; causes: string[] }> {
    const { state, systems, secrets, clock } = this.#options;
    const config = this.#options.config();
    const [flows, states, causes] = [[] as FlowStatus[], [] as FlowState[], [] as string[]];
    const waiting: WaitingRecord[] = [];
    const now = clock.now();
    for (const chosen of chosenFlows(config, {})) {
      const store = await state.open(chosen.pair, chosen.flow, "read");
      const flow = statusOf(cadenceOf(config, chosen), store.state, now);
      flows.push(flow);
      states.push(store.state);
      causes.push(...causesOf(flow, store.state));
      waiting.push(...waitingIn(chosen, store.state, now));
      await store.close();
    }
    const shared = await systems.sharedBudgets(config, connectedPairs(config));
    const names = new Set(shared.map(({ name }) => name));
    const budgets = [...budgetsOf(states, now).filter(({ name }) => !names.has(name)), ...shared];
    const waitingRecords = byAge(waiting);
    const { webhooks, events, warnings } = await this.#options.events();
    const signIns = signInsIn(config, await secrets.list(), now);
    const attention = [...attentionOf(flows), ...endedSignIns(signIns, now)];
    const status = { flows, budgets, waitingRecords, webhooks, events, signIns, warnings, attention };
    return { status, causes };
  }
}

/** State that cannot be read is a cause like any other, or nobody would hear of it. */
function unreadable(error: unknown): Omit<Stand, "flows"> {
  const { message, hint } = reportedError(error);
  const nothing = { flows: [], budgets: [], waitingRecords: [], webhooks: [], events: [], signIns: [], warnings: [] };
  const attention = [`The state cannot be read: ${message}${hint === undefined ? "" : ` ${hint}`}`];
  return {
    status: { ...nothing, attention },
    causes: ["state unreadable"],
    isUnreadable: true,
  };
}
