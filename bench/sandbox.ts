import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { sandboxCredentials } from "../src/commands/support/sandboxes.ts";
import { type Ran, runMlc } from "./kit.ts";

/** The simulated vendors that can be counted. */
export type Vendor = "entra" | "fno" | "shipstation";

/** What the process with the simulated vendors begins with. */
export interface SandboxStart {
  /** Confirmed orders in F&O, `SO-0000001` and on. */
  orders: number;
  /** Calls a minute that ShipStation allows. */
  limitV1: number;
}

/** What it is asked while it runs; each is answered by one `SandboxAnswer`. */
export type SandboxQuestion =
  | { ask: "addOrders"; count: number }
  | { ask: "takeCalls" }
  /** Prints a label, calls an address as ShipStation does, and waits until F&O has the number. */
  | { ask: "printLabel"; webhook: string };

/** Where the vendors are, first of all; then what was asked. */
export type SandboxAnswer =
  | { urls: Record<Vendor, string>; settings: Record<"fno" | "shipstation", Record<string, unknown>> }
  | { calls: Record<Vendor, number> }
  | { added: number }
  | { writtenMs: number };

/** Simulated vendors in a process of their own, so that they do not share a core's time with what is measured. */
export interface ServedSandbox {
  urls: Record<Vendor, string>;
  /** Adds confirmed orders to F&O, numbered on from those that are there. */
  addOrders(count: number): Promise<void>;
  /** How many requests each vendor got since this was last asked. */
  takeCalls(): Promise<Record<Vendor, number>>;
  /** Prints a label of the next order, calls mlc and tells how long it took until the number was in F&O. */
  printLabel(webhook: string): Promise<number>;
  /** Connects the profile in a directory to them, as a person would, and gives back the environment to run mlc in. */
  connect(home: string, shipstation?: Record<string, string>): Promise<Record<string, string>>;
  close(): Promise<void>;
}

/** Serves the simulated vendors. ShipStation allows as many calls as one likes, unless it is told otherwise. */
export async function serveSandbox({
  orders,
  limitV1 = 1_000_000,
}: Partial<SandboxStart> = {}): Promise<ServedSandbox> {
  const start: SandboxStart = { orders: orders ?? 0, limitV1 };
  const child = fork(join(import.meta.dirname, "sandbox-process.js"), [JSON.stringify(start)]);
  const answer = async () => {
    const [message] = (await once(child, "message")) as [SandboxAnswer];
    return message;
  };
  const ask = async (question: SandboxQuestion) => {
    const answered = answer();
    child.send(question);
    return answered;
  };
  const opened = await answer();
  if (!("urls" in opened)) throw new Error("the sandbox did not open");
  const { urls, settings } = opened;
  return {
    urls,
    addOrders: async (count) => void (await ask({ ask: "addOrders", count })),
    takeCalls: async () => {
      const told = await ask({ ask: "takeCalls" });
      if (!("calls" in told)) throw new Error("the sandbox did not count");
      return told.calls;
    },
    printLabel: async (webhook) => {
      const told = await ask({ ask: "printLabel", webhook });
      if (!("writtenMs" in told)) throw new Error("the sandbox printed no label");
      return told.writtenMs;
    },
    connect: (home, shipstation = {}) => connectProfile(home, settings, shipstation),
    close: async () => {
      const gone = once(child, "exit");
      child.disconnect();
      await gone;
    },
  };
}

async function connectProfile(
  home: string,
  settings: Record<"fno" | "shipstation", Record<string, unknown>>,
  more: Record<string, string>,
): Promise<Record<string, string>> {
  const env = { MLC_HOME: home };
  const { clientSecret, apiKey, apiSecret, apiKeyV2 } = sandboxCredentials;
  const connect = (system: string, secrets: Record<string, string>, sets: Record<string, unknown> = {}): Promise<Ran> =>
    runMlc(
      [
        ...["connect", system, "--no-input", "--store", "vault", "--secrets-stdin"],
        ...Object.entries(sets).flatMap(([path, value]) => ["--set", `${path}=${value}`]),
      ],
      { env, stdin: JSON.stringify(secrets) },
    );
  await connect("fno", { clientSecret }, settings.fno);
  await connect("shipstation", { apiKey, apiSecret, apiKeyV2, ...more }, settings.shipstation);
  await connect("fno-shipstation", {});
  return env;
}
