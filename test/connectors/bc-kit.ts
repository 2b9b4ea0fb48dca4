import { z } from "zod";
import { BcClient } from "../../src/connectors/bc/client.ts";
import { bcSettings } from "../../src/connectors/bc/config.ts";
import { jumpingClock } from "../../src/core/clock.ts";
import { memoryTokenCache } from "../../src/core/http/token-cache.ts";
import { Secret } from "../../src/core/secret.ts";

/** What the fake environment was sent, its address without host and tenant. */
export interface Sent {
  method: string;
  path: string;
  headers: Headers;
  body: unknown;
}

/** What it answers, or undefined for a 404. */
export type Answers = (sent: Sent, index: number) => Response | undefined | Promise<Response>;

export const companyId = "2f1c0000-0000-4000-8000-000000000001";
export const docId = "5f3b0d0e-1111-4222-8333-944455566677";
export const lineId = (digit: number) => `7a000000-0000-4000-8000-00000000000${digit}`;
const companies = [
  { id: companyId, name: "CRONUS", displayName: "Cronus & O'Hara" },
  { id: "2f1c0000-0000-4000-8000-000000000002", name: "Other", displayName: "" },
];

/** A token as Entra makes it, with these application roles. */
export function tokenWith(roles: readonly string[] | undefined): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "RS256" })}.${part({ aud: "bc", ...(roles ? { roles } : {}) })}.c2lnbmF0dXJl`;
}

export interface World {
  company?: string;
  token?: string;
  /** Stands in for the list of companies. */
  companies?: () => Response;
}

/** A client of an environment that answers as told; `sent` has all but tokens and the list of companies. */
export function bcWith(answers: Answers, world: World = {}) {
  const clock = jumpingClock(new Date("2026-11-21T12:00:00Z"));
  const sent: Sent[] = [];
  let companiesRead = 0;
  const fetch: typeof globalThis.fetch = async (input) => {
    if (!(input instanceof Request)) throw new Error("expected a Request");
    const url = new URL(input.url);
    if (url.host === "login.microsoftonline.com") {
      const token = world.token ?? tokenWith(["API.ReadWrite.All"]);
      return Response.json({ token_type: "Bearer", expires_in: 3600, access_token: token });
    }
    const whole = decodeURIComponent(`${url.pathname}${url.search}`);
    const path = whole.replace("/v2.0/contoso.example/Production/", "").replace(`companies(${companyId})`, "company");
    if (path === "api/v2.0/companies") {
      companiesRead += 1;
      return world.companies?.() ?? Response.json({ value: companies });
    }
    const text = await input.clone().text();
    const isJson = input.headers.get("content-type")?.includes("json");
    const one = { method: input.method, path, headers: input.headers, body: isJson ? JSON.parse(text) : text };
    sent.push(one);
    return (await answers(one, sent.length - 1)) ?? refusal(404, "BadRequest_ResourceNotFound", "It is not there.");
  };
  const client = new BcClient({
    settings: bcSettings.parse({
      tenantId: "contoso.example",
      environment: "Production",
      company: world.company ?? "CRONUS",
      clientId: "app-1",
    }),
    secrets: { clientSecret: new Secret("s3cret") },
    tokens: memoryTokenCache(),
    fetch,
    clock,
    random: () => 1,
  });
  return { client, clock, sent, companiesRead: () => companiesRead };
}

const correlation = "7f0c2a51-0000-4000-8000-1a2b3c4d5e6f";

/** A refusal in BC's form. */
export function refusal(status: number, code: string, message: string, headers: Record<string, string> = {}): Response {
  const error = { code, message: `${message} CorrelationId:  ${correlation}.` };
  return Response.json({ error }, { status, headers });
}

/** A list. */
export function list(value: unknown[], more: object = {}): Response {
  return Response.json({ value, ...more });
}

export async function all<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const gathered: T[] = [];
  for await (const page of pages) gathered.push(page);
  return gathered;
}

export const etag = (version: number) => `W/"JzIwOzEy${version}"`;

const part = z.object({
  id: z.string(),
  method: z.string(),
  url: z.string(),
  headers: z.record(z.string(), z.string()),
  body: z.unknown().optional(),
});

/** The parts of a batch that was sent. */
export function partsIn(sent: Pick<Sent, "body"> | undefined) {
  return z.object({ requests: z.array(part) }).parse(sent?.body).requests;
}
