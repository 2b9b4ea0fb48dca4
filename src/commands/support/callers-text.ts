import { systemOf } from "../../webhooks/event-flows.ts";
import { type Route, routes } from "../../webhooks/receive/receiver.ts";
import { guided } from "./webhooks-guide.ts";

/** What is known of who may call. */
export interface CallersGiven {
  /** The sections of the profile's settings. */
  connected: readonly string[];
  /** The paths at which somebody is known. */
  known: readonly Route[];
  /** Whether mlc has subscribed the calls of a system. */
  isSubscribed(system: string): boolean;
}

/** Whose calls are taken, and what has the other connected systems call. Pure. */
export function callersText({ connected, known, isSubscribed }: CallersGiven): string {
  const callers = [...new Set(routes.map(systemOf))].filter((system) => connected.includes(system));
  if (callers.length === 0) return "No system is connected that could call: run `mlc connect`.";
  const isGuided = (system: string) => guided.some((one) => one === system);
  const calls = (system: string) =>
    known.some((route) => systemOf(route) === system) && (isGuided(system) || isSubscribed(system));
  const isMissing = (system: string) => !calls(system);
  const missing = callers.filter(isMissing);
  const first = missing.length < callers.length ? `Takes calls of ${callers.filter(calls).join(", ")}.` : "";
  const steps = [
    ...(missing.some((system) => !isGuided(system)) ? ["`mlc webhooks create`"] : []),
    ...missing.filter(isGuided).map((system) => `\`mlc webhooks guide ${system}\``),
  ];
  const last = missing.length > 0 ? `Not set up to call yet: ${missing.join(", ")}; see ${steps.join(", ")}.` : "";
  return [first, last].filter((line) => line !== "").join("\n");
}
