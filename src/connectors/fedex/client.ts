import type { Call } from "../../core/delivery.ts";
import { ContractError, NotSentError, RejectedError, UnavailableError } from "../../core/errors.ts";
import type { Budget } from "../../core/http/throttle.ts";
import type { Answer } from "../../core/http/types.ts";
import type { CivilDate } from "../../core/model.ts";
import { cancelledCodes, lookUpCodes } from "./codes.ts";
import { createError, fedexError, isRefused, refusalOf } from "./errors.ts";
import { type FedExAccess, type Project, projectOf } from "./http.ts";
import { type DailyCount, dailyCount } from "./quota.ts";
import { type Created, createdIn, failedResult, type TrackedNumber, trackedIn } from "./reply.ts";
import type { CreateRequest, TrackRequest } from "./requests.ts";
import {
  type CancelReply,
  cancelReplySchema,
  type FedExAlert,
  type TrackResult,
  validateReplySchema,
} from "./schema.ts";

/** What a call gave, and the calls it took. */
export interface Given<T> {
  value: T;
  calls: readonly Call[];
  /** The server's clock, where it says it. */
  serverTime?: Date;
}

/** How a shipment is looked up by what mlc wrote on it. */
export interface ReferenceQuery {
  value: string;
  accountNumber: string;
  /** Of the ship date; `window.ts` makes one that FedEx takes. */
  from: CivilDate;
  to: CivilDate;
}

/** The most numbers of one look-up (4.1). */
export const maxNumbers = 30;

/** An account at FedEx over its two projects; one method a call, in FedEx's words. */
export class FedExClient {
  readonly #access: FedExAccess;
  readonly #trackCount: DailyCount;
  #shipProject: Project | undefined;
  #trackProject: Project | undefined;

  constructor(access: FedExAccess) {
    this.#access = access;
    const { settings, secrets, tokens, clock } = access;
    // Counted by the key, which is what FedEx counts by.
    const name = ["fedex", settings.apiUrl, secrets.trackApiKey?.reveal() ?? "", "track requests"].join(" ");
    this.#trackCount = dailyCount(clock, tokens, name);
  }

  /** Learns what other processes have asked Track today, for a run that asks it nothing itself. */
  loadBudgets(): Promise<void> {
    return this.#trackCount.load();
  }

  /** What Track may still be asked today, by all processes of the profile, as far as this one has learnt it. */
  budgets(): Record<string, Budget> {
    return { track: this.#trackCount.budget() };
  }

  /** Buys a label. Never repeated: an answer that was lost is looked up by its reference. */
  async createShipment(
    body: CreateRequest,
    reference: string,
    onAnswer?: (raw: Uint8Array) => Promise<void>,
  ): Promise<Given<Created>> {
    const what = `create shipment ${reference}`;
    const answer = await this.#ship.http.call({
      method: "POST",
      path: "/ship/v1/shipments",
      json: body,
      headers: transaction(reference),
      repeatable: false,
      ...(onAnswer ? { onAnswer } : {}),
    });
    const created = answer.status > 299 ? undefined : createdIn(answer.body);
    if (!created) throw createError(answer, what);
    return given(created, answer);
  }

  /** Asks FedEx whether it would make a shipment of one package; buys nothing, so that no failure leaves a label behind. */
  async validateShipment(
    body: CreateRequest,
    reference: string,
  ): Promise<Given<{ isValid: boolean; alerts: FedExAlert[] }>> {
    const what = `validate shipment ${reference}`;
    try {
      const answer = await this.#ship.http.call({
        method: "POST",
        path: "/ship/v1/shipments/packages/validate",
        json: { accountNumber: body.accountNumber, requestedShipment: body.requestedShipment },
        headers: transaction(reference),
        repeatable: true,
      });
      if (isRefused(answer)) throw fedexError(answer, what);
      const alerts = validateReplySchema.safeParse(answer.body).data?.output?.alerts ?? [];
      const isValid = alerts.some(({ code }) => code === "SHIPMENT.VALIDATION.SUCCESS");
      return given({ isValid, alerts }, answer);
    } catch (error) {
      throw nothingBought(error);
    }
  }

  /** Cancels all packages of a shipment that is not with FedEx yet. May be repeated: cancelled is cancelled. */
  async cancelShipment(accountNumber: string, trackingNumber: string): Promise<Given<CancelReply | undefined>> {
    const what = `cancel shipment ${trackingNumber}`;
    const answer = await this.#ship.http.call({
      method: "PUT",
      path: "/ship/v1/shipments/cancel",
      json: { accountNumber: { value: accountNumber }, deletionControl: "DELETE_ALL_PACKAGES", trackingNumber },
      repeatable: true,
    });
    const { errors } = refusalOf(answer);
    const reply = cancelReplySchema.safeParse(answer.body).data;
    if (errors.some(({ code }) => code !== undefined && cancelledCodes.has(code))) return given(reply, answer);
    if (isRefused(answer)) throw fedexError(answer, what);
    if (reply?.output?.cancelledShipment === true) return given(reply, answer);
    if (reply?.output?.cancelledShipment === false) throw notCancelled(reply, answer, what);
    throw contract(what, answer);
  }

  /** What FedEx knows of up to 30 numbers, scans included. May be repeated. RejectedError: ask for fewer at once. */
  async trackNumbers(trackingNumbers: readonly string[]): Promise<Given<TrackedNumber[]>> {
    if (trackingNumbers.length > maxNumbers) throw new RangeError(`FedEx tracks ${maxNumbers} numbers a call`);
    const json: TrackRequest = {
      includeDetailedScans: true,
      trackingInfo: trackingNumbers.map((trackingNumber) => ({ trackingNumberInfo: { trackingNumber } })),
    };
    const what = `track ${trackingNumbers.length === 1 ? trackingNumbers[0] : `${trackingNumbers.length} numbers`}`;
    const answer = await this.#track("/track/v1/trackingnumbers", json);
    return given(found(answer, what), answer);
  }

  /** The parcels that carry a reference; that there is none, or that it is not unique, is a result with `error` (4.3). */
  async trackReference({ value, accountNumber, from, to }: ReferenceQuery): Promise<Given<TrackResult[]>> {
    const what = `look up reference ${value}`;
    const answer = await this.#track("/track/v1/referencenumbers", {
      includeDetailedScans: false,
      referencesInformation: {
        // No type: Express keeps the same reference under another one than Ground (4.3).
        value,
        accountNumber,
        shipDateBegin: from,
        // The schema (ReferenceInformation in fedex-track-references-v1) requires `shipDateEndDate`, its samples beside it
        // (Track_by_References_using_accountNumber) send `shipDateEnd`, and nobody says which is read (4.3). The schema does
        // not forbid further members, so both are sent.
        shipDateEnd: to,
        shipDateEndDate: to,
      },
    });
    const about = refusalOf(answer).errors.filter(({ code }) => code !== undefined && lookUpCodes.has(code));
    const tracked = about.length > 0 ? (trackedIn(answer.body) ?? []) : foundAtAll(answer, what);
    return given([...about.map(failedResult), ...tracked.flatMap(({ results }) => results)], answer);
  }

  /** Proves the ship project's key. Throws AuthError and what keeps it from being asked. */
  async checkShipKey(): Promise<void> {
    await this.#ship.auth.headers();
  }

  /** Proves the track project's key. Throws AuthError and what keeps it from being asked. */
  async checkTrackKey(): Promise<void> {
    await this.#tracking.auth.headers();
  }

  get #ship(): Project {
    this.#shipProject ??= projectOf(this.#access, "ship");
    return this.#shipProject;
  }

  get #tracking(): Project {
    this.#trackProject ??= projectOf(this.#access, "track", this.#trackCount);
    return this.#trackProject;
  }

  async #track(path: string, json: unknown): Promise<Answer> {
    return this.#tracking.http.call({ method: "POST", path, json, repeatable: true });
  }
}

/** For FedEx's support only: it is no key (0). One client cuts it at 40 characters. */
function transaction(reference: string): Record<string, string> {
  return { "x-customer-transaction-id": reference.slice(0, 40) };
}

function given<T>(value: T, answer: Answer): Given<T> {
  const date = Date.parse(answer.headers.get("date") ?? "");
  return { value, calls: answer.calls, ...(Number.isNaN(date) ? {} : { serverTime: new Date(date) }) };
}

/** What a look-up found; errors for the whole call count only where it found nothing at all (7). */
function found(answer: Answer, what: string): TrackedNumber[] {
  const tracked = answer.status > 299 ? undefined : trackedIn(answer.body);
  if (tracked && (tracked.length > 0 || !isRefused(answer))) return tracked;
  if (isRefused(answer)) throw fedexError(answer, what);
  throw contract(what, answer);
}

/** A look-up that FedEx does not take says nothing of the shipment, so it must not end it. */
function foundAtAll(answer: Answer, what: string): TrackedNumber[] {
  try {
    return found(answer, what);
  } catch (error) {
    if (!(error instanceof RejectedError)) throw error;
    throw new ContractError(error.message, { ...error.context, cause: error });
  }
}

/** Only buying leaves something behind, so a failed question proves that nothing happened. */
function nothingBought(error: unknown): unknown {
  if (!(error instanceof UnavailableError || error instanceof ContractError)) return error;
  const message = `${error.message} No label was asked for.`;
  return new NotSentError(message, { ...error.context, cause: error });
}

function notCancelled(reply: CancelReply, answer: Answer, what: string): RejectedError {
  const { message, successMessage, alerts = [] } = reply.output ?? {};
  const sentence = [message, successMessage, ...alerts.map((alert) => alert.message)].find((text) => text);
  const context = { system: "fedex", calls: answer.calls, hint: "Ask FedEx whether it can still be cancelled." };
  return new RejectedError(`FedEx did not ${what}: ${sentence ?? "it gives no reason"}`, context);
}

function contract(what: string, answer: Answer): ContractError {
  return new ContractError(`FedEx's answer is not in the documented shape (${what}).`, {
    system: "fedex",
    code: String(answer.status),
    calls: answer.calls,
  });
}
