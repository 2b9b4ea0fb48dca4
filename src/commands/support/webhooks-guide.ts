import { resolve } from "node:path";
import { z } from "zod";
import { fedexSettings } from "../../connectors/fedex/config.ts";
import { fnoSettings } from "../../connectors/fno/config.ts";
import { parseSettings, valueAt } from "../../core/config.ts";
import { ConfigError, InterruptedError, UsageError } from "../../core/errors.ts";
import { reportedError } from "../../core/report.ts";
import { receiverAddress } from "../../core/settings.ts";
import type { Mlc } from "../../mlc.ts";
import { systemKinds } from "../../systems/index.ts";
import { fedexGuide, fedexToken, fedexUrlFaults, isFedexToken } from "../../webhooks/guide/fedex.ts";
import { type Catalogue, fnoGuide, fnoToken } from "../../webhooks/guide/fno.ts";
import type { Guide, GuideSecret } from "../../webhooks/guide/guide.ts";
import { confirmed } from "./confirm.ts";
import { writePrivateFile } from "./private-file.ts";
import { storeOf } from "./secrets.ts";

/** The systems that only a person can set up. */
export const guided = ["fno", "fedex"] as const;

/** What `webhooks guide` was asked for. */
export interface GuideGiven {
  system: string;
  url?: string | undefined;
  out?: string | undefined;
  /** A new secret takes the place of the one that is kept. */
  isRotated: boolean;
  /** The person said yes to that already. */
  isSure: boolean;
  canAsk: boolean;
}

/** What it prints with `--json`. */
export interface GuideJson extends Guide {
  /** What became of the secret; null: nothing was written. */
  secret: "kept" | "made" | "replaced" | null;
  file: string | null;
}

type Guided = (typeof guided)[number];

const entries = { fno: "fno.webhookToken", fedex: "fedex.webhookSecret" } as const;

/** Where an address is not known yet. */
const unknownUrl = "https://<your address>";

/** Writes what is to be pasted, where that is wanted, and gives the steps. Throws UsageError, ConfigError. */
export async function guideOf(mlc: Mlc, given: GuideGiven): Promise<GuideJson> {
  const name = guidedName(given.system);
  if (mlc.settingsOf(name) === undefined) {
    const message = `${systemKinds[name]?.title ?? name} is not connected`;
    throw new ConfigError(message, { system: name, hint: `Run \`mlc connect ${name}\` first.` });
  }
  const url = addressOf(mlc, name, given.url);
  if (name === "fno" && given.out !== undefined && url === undefined)
    throw new UsageError("--out needs --url: what F&O is given is the address whole", { hint: hintOf(name) });
  if (given.isRotated && given.out === undefined)
    throw new UsageError("--rotate needs --out: a new secret is of use only where it is pasted", {
      hint: hintOf(name),
    });
  const secret = given.out === undefined ? null : await handedOver(mlc, name, { ...given, out: given.out, url });
  const file = given.out === undefined ? undefined : resolve(given.out);
  const address = url ?? `${unknownUrl}/webhooks/${name}`;
  const how = `mlc webhooks guide ${name} --url ${url ?? unknownUrl} --out <file>`;
  return { ...(await stepsOf(mlc, name, address, { file, how })), secret, file: file ?? null };
}

function guidedName(system: string): Guided {
  const name = guided.find((one) => one === system);
  if (name) return name;
  const title = Object.hasOwn(systemKinds, system) ? systemKinds[system]?.title : undefined;
  throw new UsageError(title ? `${title} needs no guide` : `There is no system ${system}`, {
    hint: title ? `Run \`mlc webhooks create ${system}\`.` : `Name one of ${guided.join(", ")}.`,
  });
}

/** What the system is to call, as it was typed or as the profile has it. Throws UsageError, ConfigError. */
function addressOf(mlc: Mlc, name: Guided, typed: string | undefined): string | undefined {
  const kept = z.string().safeParse(valueAt(mlc.config.webhooks, ["publicUrl"])).data;
  // The profile's has the paths of all systems under it.
  const text = typed ?? (kept && `${kept.replace(/\/+$/, "")}/webhooks/${name}`);
  if (text === undefined) return undefined;
  const where = typed === undefined ? "webhooks.publicUrl" : "--url";
  const Wrong = typed === undefined ? ConfigError : UsageError;
  const parsed = receiverAddress(`/webhooks/${name}`).safeParse(text);
  if (!parsed.success) throw new Wrong(`${where} ${parsed.error.issues[0]?.message}`, { hint: hintOf(name) });
  const faults = name === "fedex" ? fedexUrlFaults(parsed.data) : [];
  if (faults.length === 0) return parsed.data.replace(/\/+$/, "");
  throw new Wrong(`FedEx would not take ${where} ${parsed.data}: ${faults.join("; ")}`, { hint: hintOf(name) });
}

function hintOf(name: Guided): string {
  return `Write it like \`mlc webhooks guide ${name} --url https://sync.contoso.example --out ${name}.txt\`.`;
}

/** Has the secret kept, and what is to be pasted written to the file. */
async function handedOver(
  mlc: Mlc,
  name: Guided,
  given: GuideGiven & { out: string; url: string | undefined },
): Promise<GuideJson["secret"]> {
  storeOf(mlc);
  const held = (await mlc.settings.readSecret(entries[name]))?.value.reveal();
  if (held !== undefined && given.isRotated) await askToReplace(name, given);
  if (held !== undefined && !given.isRotated && name === "fedex" && !isFedexToken(held)) {
    throw new ConfigError("FedEx would not take the token that is kept: it wants 26 to 100 characters of all kinds", {
      hint: "Have a new one made with --rotate.",
    });
  }
  const isNew = held === undefined || given.isRotated;
  await writePrivateFile(mlc.disk, given.out, async () => {
    const secret = isNew ? (name === "fno" ? fnoToken() : fedexToken()) : held;
    // Kept before anybody can use it: a secret that the receiver does not know would be refused.
    if (isNew) await mlc.settings.keepSecret(entries[name], secret);
    return name === "fno" ? `${given.url}/${encodeURIComponent(secret)}` : secret;
  });
  return held === undefined ? "made" : isNew ? "replaced" : "kept";
}

async function askToReplace(name: Guided, { isSure, canAsk }: GuideGiven): Promise<void> {
  if (isSure) return;
  const title = systemKinds[name]?.title ?? name;
  if (!canAsk) {
    const message = `--rotate has ${title} refused until it has the new secret`;
    throw new UsageError(message, { hint: "Add --yes." });
  }
  const left = "The secret was not replaced";
  const isMeant = await confirmed(`Calls of ${title} are refused until it has the new secret. Replace it?`, left);
  if (!isMeant) throw new InterruptedError(left);
}

async function stepsOf(mlc: Mlc, name: Guided, address: string, secret: GuideSecret): Promise<Guide> {
  if (name === "fedex") {
    const { accountNumber } = parseSettings(fedexSettings, mlc.config.fedex, "fedex");
    return fedexGuide(address, accountNumber, secret);
  }
  const { legalEntities, webhooks } = parseSettings(fnoSettings, mlc.config.fno, "fno");
  const { events = [], orderNumberPath } = webhooks ?? {};
  const catalogue = await catalogueOf(mlc);
  return fnoGuide({ address: `${address}/<token>`, legalEntities, events, orderNumberPath, catalogue }, secret);
}

/** The steps are worth printing where F&O cannot be asked. */
async function catalogueOf(mlc: Mlc): Promise<Catalogue> {
  try {
    const system = await mlc.system("fno");
    return { events: await system.offeredEvents?.() };
  } catch (error) {
    const { message, exitCode } = reportedError(error);
    if (exitCode === 1) throw error;
    return { failure: message };
  }
}
