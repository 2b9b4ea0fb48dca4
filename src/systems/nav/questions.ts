import { z } from "zod";
import { authKind } from "../../connectors/nav/config.ts";
import type { Settings } from "../../core/config.ts";
import type { Choice } from "../../core/system.ts";
import type { CredentialKind, Question, TypedTable } from "../kinds.ts";
import { unknownAgent } from "./agents.ts";

const kindOf = ({ auth, tokenUrl }: Settings) =>
  authKind({
    auth: auth === "oauth" || auth === "basic" ? auth : undefined,
    tokenUrl: typeof tokenUrl === "string" ? tokenUrl : undefined,
  });
const isBasic = (settings: Settings) => kindOf(settings) === "basic";
const isOauth = (settings: Settings) => kindOf(settings) === "oauth";

/** What a person is asked for of a company in Dynamics NAV. */
export const navQuestions: Question[] = [
  {
    path: "baseUrl",
    label: "Address of OData V4, NAV's or its gateway's (https://….example:7048/DynamicsNAV110/ODataV4)",
  },
  {
    path: "auth",
    label: "How mlc signs in",
    names: {
      basic: "as a NAV user, with a web service access key",
      oauth: "with OAuth 2.0 client credentials, at a gateway before NAV",
    },
    isFirst: true,
  },
  { path: "username", label: "NAV user", isFirst: true, when: isBasic },
  { path: "tokenUrl", label: "Address that gives tokens", isFirst: true, when: isOauth },
  { path: "clientId", label: "Client id at the gateway", isFirst: true, when: isOauth },
  { path: "scope", label: "Scope (empty: none)", isFirst: true, isOptional: true, when: isOauth },
  { path: "audience", label: "Audience (empty: none)", isFirst: true, isOptional: true, when: isOauth },
  { path: "company", label: "Company", pick: { from: "companies", howMany: "one" }, isChecked: true },
];

/** The user's key, or the gateway's client secret. */
export const navCredentials: CredentialKind[] = [
  { label: "Web service access key", secrets: ["password"], when: isBasic },
  { label: "Client secret", secrets: ["clientSecret"], when: isOauth },
];

/** What a person is asked for of a pair whose shipments go to the orders in Dynamics NAV. */
export const navPairQuestions: Question[] = [
  {
    path: "services.salesOrder",
    label: "Service of page 42, Sales Order",
    pick: { from: "salesOrderServices", howMany: "one" },
  },
  {
    path: "services.postedSalesShipment",
    label: "Service of page 130, Posted Sales Shipment",
    pick: { from: "postedShipmentServices", howMany: "one" },
  },
  {
    path: "match.externalField",
    label: "Field of the sales order that holds the shop's order number",
    pick: { from: "externalFields", howMany: "one", isOpen: true },
  },
  { path: "match.days", label: "Days that an order's date may be off, where only the customer's name agrees" },
  { path: "waiting.maxDays", label: "Days that a shipment waits for its order" },
];

const agent = z.object({ agent: z.string(), service: z.string().optional() });

/** NAV's agents and their services for the shipper's carriers. */
export const navAgentTable: TypedTable = {
  path: "shippingAgents",
  label: "carrier's service",
  list: "carriage",
  fields: [
    { name: "agent", label: "Shipping agent's code in NAV (such as UPS)" },
    { name: "service", label: "Its service's code (such as GROUND)", isOptional: true },
  ],
  otherwise: "the order keeps the agent and service that it has",
  unknown: (row, { agents = [], agentServices }) => {
    const { data } = agent.safeParse(row);
    const values = (list: readonly Choice[] = []) => (list.length > 0 ? list.map(({ value }) => value) : undefined);
    return data && unknownAgent(data, { agents: values(agents), services: values(agentServices) })?.message;
  },
};
