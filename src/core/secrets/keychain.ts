import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ConfigError } from "../errors.ts";
import { type SecretStore, secretsFrom } from "./store.ts";

/** What the child is asked on stdin: to write, or else to read all. */
export interface KeychainRequest {
  service: string;
  write?: Record<string, string | null>;
}

/** What the child answers on stdout. */
export type KeychainAnswer = { values: Record<string, string> } | { failed: "binding" | "keychain"; message: string };

/** What the keychain needs. */
export interface KeychainOptions {
  /** Names the profile among all that this user keeps. */
  service: string;
  env: Readonly<Record<string, string | undefined>>;
  /** On a terminal the system may be asking the user, who needs time. */
  isTty: boolean;
  /** The child's program; its default is the one that package.json names. */
  child?: string;
  timeoutMs?: number;
}

/** Secrets in the system's keychain, reached through a child process that can be killed. */
export function keychainStore(options: KeychainOptions): SecretStore {
  return {
    kind: "keychain",
    readAll: async () => secretsFrom(await ask(options, { service: options.service })),
    write: async (entries) => {
      await ask(options, { service: options.service, write: entries });
    },
  };
}

async function ask(options: KeychainOptions, request: KeychainRequest): Promise<Record<string, string>> {
  // With the start of two processes around it, whoever waits knows within five seconds.
  const timeoutMs = options.timeoutMs ?? (options.isTty ? 60_000 : 4_000);
  const run = await runChild(options, JSON.stringify(request), timeoutMs);
  if (run.killed) throw keychainError("hung", `gave no answer within ${timeoutMs / 1_000} s`);
  const answer = parsedAnswer(run.output);
  if (answer === undefined) throw keychainError("binding", `its process ended with ${run.end} and no answer`);
  if (!("failed" in answer)) return answer.values;
  throw keychainError(answer.failed === "binding" ? "binding" : kindOf(answer.message), answer.message);
}

interface ChildRun {
  output: string;
  killed: boolean;
  end: string;
}

function runChild({ env, child }: KeychainOptions, request: string, timeoutMs: number): Promise<ChildRun> {
  const program = child ?? fileURLToPath(import.meta.resolve("#keychain-child"));
  return new Promise((resolve) => {
    const started = spawn(process.execPath, [program], { env: withBus(env), stdio: ["pipe", "pipe", "ignore"] });
    let output = "";
    let killed = false;
    const timer = setTimeout(() => {
      killed = true;
      started.kill("SIGKILL");
    }, timeoutMs);
    const done = (end: string) => {
      clearTimeout(timer);
      resolve({ output, killed, end });
    };
    started.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      output += chunk;
    });
    started.on("error", (error) => done(error.message));
    started.on("close", (code, signal) => done(signal ?? `code ${code}`));
    // A child that ended early closes the pipe; its end says why.
    started.stdin.on("error", () => {});
    started.stdin.end(request);
  });
}

/** A cron job or a service has no bus address, although the user's bus may be there. */
function withBus(env: KeychainOptions["env"]): Record<string, string | undefined> {
  const bus = `/run/user/${process.getuid?.() ?? ""}/bus`;
  if (env.DBUS_SESSION_BUS_ADDRESS || !existsSync(bus)) return { ...env };
  return { ...env, DBUS_SESSION_BUS_ADDRESS: `unix:path=${bus}` };
}

function parsedAnswer(output: string): KeychainAnswer | undefined {
  try {
    return JSON.parse(output) as KeychainAnswer;
  } catch {
    // Cut off or empty; the caller says so without quoting what may be a secret.
    return undefined;
  }
}

type Failure = "absent" | "locked" | "hung" | "binding" | "other";

/** Sorts the binding's message; its codes are all alike. */
function kindOf(message: string): Failure {
  if (/\blocked\b|dismissed|interaction is not allowed|user name or passphrase/i.test(message)) return "locked";
  if (/d-?bus|secret service|freedesktop|no .*provider|default store/i.test(message)) return "absent";
  return "other";
}

const wayOut = "or keep the secrets in an encrypted file: `mlc connect --store vault`.";

const failures: Record<Failure, { text: string; hint: string }> = {
  absent: { text: "There is no keychain in this session", hint: `Run mlc in a desktop session, ${wayOut}` },
  locked: { text: "The keychain is locked", hint: `Unlock it and run again, ${wayOut}` },
  hung: { text: "The keychain hangs", hint: `Look for a window that asks to unlock it, ${wayOut}` },
  binding: {
    text: "The keychain's binding does not work on this machine",
    hint: `Run \`npm ci\` again without --omit=optional, ${wayOut}`,
  },
  other: { text: "The keychain refused", hint: `Mend what it says, ${wayOut}` },
};

function keychainError(kind: Failure, detail: string): ConfigError {
  const { text, hint } = failures[kind];
  return new ConfigError(`${text}: ${detail.replace(/\s+/g, " ").trim().slice(0, 300)}.`, {
    code: `KEYCHAIN_${kind.toUpperCase()}`,
    hint,
  });
}
