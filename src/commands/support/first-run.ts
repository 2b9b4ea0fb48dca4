import type { FirstRun, Observer } from "../../core/sync/run.ts";
import type { Mlc } from "../../mlc.ts";
import { confirmed } from "./confirm.ts";
import { counted } from "./print.ts";

/** What a first run is about to make or buy. Pure. */
export function firstRunText(about: FirstRun): string {
  const { documents, isAtMost, buys } = about;
  if (buys) return `first run, about to buy ${boughtText(about)}`;
  return `first run, about to create ${isAtMost ? "up to " : ""}${counted(documents, "document")}`;
}

function boughtText({ documents, isAtMost, buys }: FirstRun): string {
  if (buys?.count !== undefined) return counted(buys.count, buys.what);
  return `${buys?.what}s for ${isAtMost ? "up to " : ""}${counted(documents, "order")}`;
}

/** Whether somebody can be asked before a first run buys anything, and did not agree beforehand. Pure. */
export function canAsk(
  { surroundings: { isTty } }: Pick<Mlc, "surroundings">,
  { flags, isJson }: { flags: { yes: boolean; "no-input": boolean }; isJson: boolean },
): boolean {
  return isTty && !isJson && !flags.yes && !flags["no-input"];
}

/** Says what a first run is about to make; where it costs money and somebody is there, that person decides. */
export function firstRunAsked(given: {
  /** `<pair> <flow>` at that moment. */
  name(): string;
  say(text: string): void;
  isAsked: boolean;
}): NonNullable<Observer["firstRun"]> {
  const { name, say, isAsked } = given;
  return async (about) => {
    if ((about.buys?.count ?? about.documents) === 0) return true;
    say(`${name()}: ${firstRunText(about)}.`);
    if (!isAsked || !about.buys) return true;
    const isAgreed = await confirmed(`Buy ${boughtText(about)} now?`, "Nothing was bought");
    if (!isAgreed) say("Nothing was bought; the next run asks again (or move flows.orders.startDate).");
    return isAgreed;
  };
}
