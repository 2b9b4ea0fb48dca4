/** Who is let in (Dynamics NAV, 2). */

import type { NavSwitches } from "./switches.ts";

/** A user of the database. */
export interface NavUser {
  name: string;
  password?: string;
  /** The web service access key of the user card. */
  accessKey?: string;
  /** When the key expires; undefined: never. */
  accessKeyExpiresAt?: string;
}

/** What the server checks credentials against. */
export interface AccessParts {
  users: readonly NavUser[];
  /** Whether a bearer token of a user is good; asked by servers with Azure AD only. */
  accepts(token: string): boolean;
  now(): Date;
}

function basicOf(authorization: string): { name: string; secret: string } | undefined {
  const encoded = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(authorization)?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, "base64").toString("latin1");
  const colon = text.indexOf(":");
  // Characters outside ASCII are not supported by the services.
  if (colon === -1 || !/^[ -~]*$/.test(text)) return undefined;
  return { name: text.slice(0, colon), secret: text.slice(colon + 1) };
}

function isUser(
  { users, now }: AccessParts,
  authorization: string,
  takesPassword: boolean,
  takesKey: boolean,
): boolean {
  const given = basicOf(authorization);
  if (!given || given.secret === "") return false;
  const user = users.find(({ name }) => name.toLowerCase() === given.name.toLowerCase());
  if (!user) return false;
  if (takesPassword && user.password === given.secret) return true;
  const isAlive = user.accessKeyExpiresAt === undefined || Date.parse(user.accessKeyExpiresAt) > now().getTime();
  return takesKey && user.accessKey === given.secret && isAlive;
}

function isLetIn(parts: AccessParts, authorization: string, { credentialType }: NavSwitches): boolean {
  switch (credentialType) {
    case "NavUserPassword":
      return isUser(parts, authorization, true, true);
    case "UserName":
      return isUser(parts, authorization, true, false);
    case "AccessControlService": {
      const token = /^Bearer (.+)$/i.exec(authorization)?.[1];
      return token === undefined ? isUser(parts, authorization, false, true) : parts.accepts(token);
    }
    // Kerberos and NTLM are handshakes that nobody answers here.
    case "Windows":
      return false;
  }
}

/** The 401 for whoever is not let in, or undefined. */
export function refusedAccess(parts: AccessParts, headers: Headers, switches: NavSwitches): Response | undefined {
  if (isLetIn(parts, headers.get("authorization") ?? "", switches)) return undefined;
  const { credentialType, ntlm, unauthorizedBody } = switches;
  const answer = new Headers();
  if (credentialType === "Windows") {
    answer.append("www-authenticate", "Negotiate");
    if (ntlm) answer.append("www-authenticate", "NTLM");
  } else answer.append("www-authenticate", 'Basic realm=""');
  if (unauthorizedBody === "empty") return new Response(null, { status: 401, headers: answer });
  answer.set("content-type", "text/html");
  return new Response("<html><body><h1>401 - Unauthorized: Access is denied.</h1></body></html>", {
    status: 401,
    headers: answer,
  });
}
