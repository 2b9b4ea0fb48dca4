import type { Choice } from "../../core/system.ts";
import type { Mlc } from "../../mlc.ts";
import { type Bench, isPaired, possiblePairs, type StoreKind } from "./connect.ts";
import { askSystem } from "./connect-ask.ts";
import { askPair } from "./connect-ask-pair.ts";
import { connectBench } from "./connect-bench.ts";
import { openFiles } from "./opener.ts";
import type { Prompts } from "./prompts.ts";
import { signInByBrowser } from "./sign-in.ts";

/** What a person began `connect` with. */
export interface Session {
  /** System or pair; absent: the person chooses. */
  name?: string;
  sets: readonly string[];
  store: StoreKind | undefined;
  /** A sign-in may open the browser of this machine. */
  browser: boolean;
  say(text: string): void;
}

/** Leads a person at a terminal through `connect`; Ctrl-C in a prompt ends it quietly with 130 and keeps nothing more. */
export async function connectAsking(mlc: Mlc, session: Session): Promise<void> {
  const { isCancelled, terminalPrompts } = await import("./terminal-prompts.ts");
  const prompts = terminalPrompts(session.say);
  const bench = connectBench(mlc, {
    ...session,
    offerVault: (error) => {
      prompts.say(`✗ ${error.message}`);
      return prompts.yes(
        "Keep the secrets in a vault instead (an encrypted file, its key in a file of its own)?",
        false,
      );
    },
    signIn: (begin) =>
      signInByBrowser(begin, {
        browser: session.browser,
        prompts,
        signal: mlc.surroundings.signal,
        timer: (ms, fire) => {
          const timeout = setTimeout(fire, ms);
          return () => clearTimeout(timeout);
        },
        open: (url) => openFiles([url], mlc.surroundings.platform),
      }),
  });
  try {
    await connectByAsking(bench, prompts, { ...session, today: mlc.clock.now().toISOString().slice(0, 10) });
  } catch (error) {
    if (!isCancelled(error)) throw error;
    prompts.say("Stopped; what was not confirmed with ✓ is not kept.");
    process.exitCode = 130;
  }
}

/** Connects what was named, or what the person chooses until nothing more is wanted. */
export async function connectByAsking(
  bench: Bench,
  prompts: Prompts,
  { name, sets, today }: { name?: string; sets: readonly string[]; today: string },
): Promise<void> {
  const chosen = name ?? (await prompts.one({ message: "Connect what?", choices: offers(bench) }));
  if (Object.hasOwn(bench.systemKinds, chosen)) await askSystem(bench, prompts, chosen, sets);
  else await askPair(bench, prompts, { name: chosen, sets, today });
  if (name === undefined) {
    const missing = Object.keys(bench.systemKinds).filter(
      (system) => !bench.settingsOf(system) && isPaired(bench, system),
    );
    for (const system of missing) {
      const title = bench.systemKinds[system]?.title ?? system;
      if (await prompts.yes(`Connect ${title} now?`, true)) await askSystem(bench, prompts, system, []);
    }
  }
  for (const pair of possiblePairs(bench)) {
    if (await prompts.yes(`${pair} is possible now. Connect it?`, true)) {
      await askPair(bench, prompts, { name: pair, sets: [], today });
    }
  }
}

function offers(bench: Bench): Choice[] {
  const mark = (name: string) => (bench.settingsOf(name) ? " (connected)" : "");
  const systems = Object.entries(bench.systemKinds).map(([value, { title }]) => ({
    value,
    name: `${title}${mark(value)}`,
  }));
  const pairs = Object.entries(bench.pairKinds)
    .filter(([, { erp, shipper }]) => bench.settingsOf(erp) && bench.settingsOf(shipper))
    .map(([value]) => ({ value, name: `The pair ${value}${mark(value)}` }));
  return [...systems, ...pairs];
}
