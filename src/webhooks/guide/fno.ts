import { randomBytes } from "node:crypto";
import { shellWord } from "../../core/schedule/job.ts";
import type { OfferedEvent } from "../../core/system.ts";
import { deleteStep, type Guide, type GuideSecret, type GuideStep, receiverStep, secretStep } from "./guide.ts";

/** What an environment says of the events it has; undefined events: it does not publish its catalogue. */
export type Catalogue = { events: readonly OfferedEvent[] | undefined } | { failure: string };

/** What the guide is made of. */
export interface FnoGuideGiven {
  /** With the token's name in its place. */
  address: string;
  legalEntities: readonly string[];
  /** As they are configured. */
  events: readonly string[];
  orderNumberPath: string | undefined;
  catalogue: Catalogue;
}

const usualEvent = "SalesOrderConfirmedBusinessEvent";
const usualPaths = "SalesOrderNumber, SalesId or SalesOrder";

/** The part of an address that only those may know who may call. */
export function fnoToken(random: (size: number) => Buffer = randomBytes): string {
  return random(32).toString("base64url");
}

const endpointSteps: readonly GuideStep[] = [
  {
    title: "Make an app registration in Microsoft Entra with a client secret, and let it read that vault's secrets.",
    details: ["F&O keeps its id and secret with the endpoint. It need not be the one that mlc signs in with."],
  },
  {
    title: "Make an endpoint of the type HTTPS in F&O's catalogue of business events.",
    details: [
      "It wants a name, the app's id and secret, the vault's DNS name and the secret's name. It has no field for the address, so that comes from the vault; the next step shows it.",
    ],
  },
  {
    title: "Have F&O test the endpoint.",
    details: [
      "It sends BusinessEventsTestEndpointContract; `mlc listen` prints a line with `F&O's test of the endpoint`. With 401 the vault holds another token.",
    ],
  },
];

/** What a person does in Azure and F&O (F&O, 7). Pure. */
export function fnoGuide(given: FnoGuideGiven, secret: GuideSecret): Guide {
  const { address, legalEntities } = given;
  const { file } = secret;
  const base = address.slice(0, address.lastIndexOf("/"));
  return {
    system: "fno",
    address,
    steps: [
      ...secretStep(secret),
      receiverStep(`mlc webhooks trigger fno.BusinessEventsTestEndpointContract --url ${base}`),
      {
        title: "Put the address into a secret of an Azure Key Vault, from which F&O reads it.",
        details: [
          "F&O signs nothing: the token in the address is the proof, so the secret must hold the address whole.",
          "F&O holds on to a secret for five minutes.",
        ],
        commands: [
          `az keyvault secret set --vault-name <vault> --name <secret> --file ${file === undefined ? "<file>" : shellWord(file)}`,
        ],
      },
      deleteStep(file),
      ...endpointSteps,
      activation(given),
      orderNumber(given),
    ],
    notes: [
      "F&O waits 10 seconds and tries three times, a second apart; then the event is in its error log until somebody resends it. `mlc sync` finds meanwhile what was missed, so keep it scheduled.",
      `An event has at most ten endpoints in a company; this one is wanted once in each of ${legalEntities.join(", ")}.`,
    ],
  };
}

function activation({ events, legalEntities, catalogue }: FnoGuideGiven): GuideStep {
  const title = "Activate the events, company by company.";
  const offered = "events" in catalogue ? catalogue.events : undefined;
  const candidates = offered?.filter(({ id, name }) => /sales ?order/i.test(`${id} ${name}`)).map(({ id }) => id);
  const wanted = events.length > 0 ? events.join(", ") : "the events that name sales orders";
  const details = [
    `Activate ${wanted} with that endpoint for each company: ${legalEntities.join(", ")}.`,
    ...catalogueTexts(events, catalogue, candidates),
  ];
  if (events.length > 0) return { title, details };
  details.push("Nothing is configured, and mlc takes each event that has an order's number. To take only yours:");
  const chosen = (candidates ?? [usualEvent]).join(",");
  // What F&O sent must not become a command of the shell.
  const setting = chosen === "" ? "fno.webhooks.events=<event id>" : shellWord(`fno.webhooks.events=${chosen}`);
  return { title, details, commands: [`mlc config set ${setting}`] };
}

function catalogueTexts(
  events: readonly string[],
  catalogue: Catalogue,
  candidates: readonly string[] | undefined,
): string[] {
  if ("failure" in catalogue) return [`F&O's catalogue could not be read: ${catalogue.failure}`];
  if (!catalogue.events || !candidates)
    return ["This environment does not publish BusinessEventsCatalogs: look into its catalogue for what it has."];
  const there = new Set(catalogue.events.map(({ id }) => id));
  const missing = events.filter((id) => !there.has(id));
  const found = candidates.length > 0 ? candidates.join(", ") : "none";
  return [
    `Of the ${there.size} events in this environment's catalogue these name sales orders: ${found}.`,
    ...(missing.length > 0 ? [`Not in the catalogue: ${missing.join(", ")}. Look how it is written there.`] : []),
    ...(candidates.length === 0 ? ["Microsoft publishes no event of a confirmed sales order: a partner adds it."] : []),
  ];
}

function orderNumber({ orderNumberPath }: FnoGuideGiven): GuideStep {
  return {
    title: "Compare the event's payload.",
    details: [
      `The catalogue has each event's JSON schema to download. mlc reads the order's number at ${orderNumberPath ?? usualPaths}; where it is elsewhere:`,
    ],
    commands: ["mlc config set fno.webhooks.orderNumberPath=<path.with.dots>"],
  };
}
