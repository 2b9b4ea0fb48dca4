import { z } from "zod";
import type { Bench, Connection } from "../../src/commands/support/connect.ts";
import type { Prompts } from "../../src/commands/support/prompts.ts";
import { parseSettings, type Settings } from "../../src/core/config.ts";
import { AuthError, ConfigError } from "../../src/core/errors.ts";
import { LabelStore } from "../../src/core/labels.ts";
import { Secret } from "../../src/core/secret.ts";
import { machineDisk } from "../../src/core/state/disk.ts";
import type { Choice, System } from "../../src/core/system.ts";
import type { PairKind, SystemKind } from "../../src/systems/kinds.ts";

const erpSettings = z.strictObject({
  host: z.string().min(5),
  companies: z.preprocess(
    (value) => (typeof value === "string" ? value.split(",") : value),
    z.array(z.string()).min(1),
  ),
  cloud: z.string().default("public"),
});
const shopSettings = z.strictObject({ store: z.coerce.number().optional() });
const pairSettings = z.strictObject({
  flows: z.strictObject({ orders: z.strictObject({ startDate: z.iso.date().optional() }).prefault({}) }).prefault({}),
  modes: z.record(z.string(), z.strictObject({ code: z.string() })).default({}),
});

/** What the systems of a test say when they are asked. */
export interface Account {
  /** The secret that is taken. */
  secret: string;
  choices?: Record<string, Choice[]>;
  /** Thrown by choices. */
  silence?: Error;
}

const choice = (value: string): Choice => ({ value, name: value.toUpperCase() });

/** A bench with an ERP that wants a secret or a certificate, and a shop that wants nothing. */
export function memoryBench(account: Account = { secret: "right" }) {
  const config: Record<string, Settings> = {};
  const secrets: Record<string, Record<string, Secret>> = {};
  const saved: Connection[] = [];
  const system = (name: string, wants: (given: string | undefined) => void): SystemKind["build"] => {
    return (settings, _pair, context) => {
      parseSettings<unknown>(name === "erp" ? erpSettings : shopSettings, settings, name);
      const given = (context.secrets.password ?? context.secrets.certificate)?.reveal();
      if (name === "erp" && given === undefined) throw new ConfigError("erp has no credential");
      const built: System = {
        name,
        account: () => name,
        probe: async () => {
          wants(given);
          return { identity: `${name} as tester`, warnings: [] };
        },
        choices: async () => {
          if (account.silence) throw account.silence;
          return (
            account.choices ?? {
              companies: [choice("us"), choice("de")],
              modes: [choice("air")],
              codes: [choice("x1")],
            }
          );
        },
      };
      return built;
    };
  };
  const systemKinds: Record<string, SystemKind> = {
    erp: {
      title: "The ERP",
      side: "erp",
      settings: erpSettings,
      questions: [
        { path: "host", label: "Host" },
        { path: "companies", label: "Companies", pick: { from: "companies", howMany: "many" }, meanwhile: ["none"] },
      ],
      secrets: [
        { name: "password", label: "Password", isOptional: false },
        { name: "certificate", label: "Certificate", isOptional: false, isPem: true },
      ],
      credentials: [
        { label: "Password", secrets: ["password"] },
        { label: "Certificate", secrets: ["certificate"] },
      ],
      build: system("erp", (given) => {
        if (given !== account.secret) throw new AuthError("the password is wrong", { hint: "Look it up." });
      }),
    },
    shop: {
      title: "The shop",
      side: "shipper",
      settings: shopSettings,
      questions: [],
      secrets: [],
      build: system("shop", () => {}),
    },
  };
  const pairKinds: Record<string, PairKind> = {
    "erp-shop": {
      erp: "erp",
      shipper: "shop",
      flows: ["orders", "shipments"],
      settings: pairSettings,
      frozen: {},
      tables: [
        {
          path: "modes",
          label: "mode",
          erp: "modes",
          shipper: "codes",
          rowOf: (code) => ({ code }),
          otherwise: "none",
        },
      ],
    },
  };
  const bench: Bench = {
    systemKinds,
    pairKinds,
    settingsOf: (name) => config[name],
    secretsOf: async (name) => secrets[name] ?? {},
    build: (name, settings, pair, given) => {
      const kind = systemKinds[name];
      if (!kind) throw new Error(name);
      return kind.build(settings, pair, {
        secrets: given,
        fetch,
        clock: { now: () => new Date(0), sleep: async () => {} },
        signal: new AbortController().signal,
        onCall: () => {},
        tokens: {
          get: async () => undefined,
          put: async () => {},
          drop: async () => {},
          exclusive: (_name, work) => work(),
        },
        random: () => 0,
        labels: new LabelStore(machineDisk(process.platform), "/nowhere"),
      });
    },
    save: async (connection) => {
      saved.push(connection);
      config[connection.name] = connection.settings;
      const kept = { ...secrets[connection.name] };
      for (const [name, value] of Object.entries(connection.secrets)) {
        if (value === null) delete kept[name];
        else kept[name] = new Secret(value);
      }
      secrets[connection.name] = kept;
    },
  };
  return { bench, saved, config, secrets };
}

/** Prompts answered from a list of [start of the message, answer]; an answer out of turn fails the test. */
export function scripted(script: readonly (readonly [string, unknown])[]) {
  const left = [...script];
  const said: string[] = [];
  const answer = (message: string): unknown => {
    const [expected, value] = left.shift() ?? ["nothing more", undefined];
    if (!message.startsWith(expected))
      throw new Error(`asked ${JSON.stringify(message)} where ${expected} was expected`);
    if (value instanceof Error) throw value;
    return value;
  };
  const prompts: Prompts = {
    text: async ({ message, proposal, refusal }) => {
      for (;;) {
        const text = (answer(message) ?? proposal ?? "") as string;
        const refused = refusal?.(text);
        if (refused === undefined) return text;
        said.push(`refused: ${refused}`);
      }
    },
    secret: async (message) => answer(message) as string,
    one: async ({ message, proposal }) => (answer(message) ?? proposal) as string,
    many: async ({ message, chosen }) => (answer(message) ?? chosen) as string[],
    yes: async (message, proposal) => (answer(message) ?? proposal) as boolean,
    say: (text) => {
      said.push(text);
    },
    file: async (path) => {
      if (path === "absent.pem") throw new ConfigError("absent.pem cannot be read");
      return `content of ${path}\n`;
    },
  };
  return { prompts, said, left };
}
