/** Checks a client assertion: PS256 with the thumbprint of the uploaded certificate (F&O, 1.2). */

import { constants, verify, X509Certificate } from "node:crypto";

/** What an assertion is held against. */
export interface AssertionRules {
  certificate: string | undefined;
  /** The tenant's v2.0 token URL. */
  audience: string;
  clientId: string;
  now: Date;
  /** Every `jti` seen so far; a good one is added. */
  used: Set<string>;
}

/** The longest life of an assertion, in seconds (F&O, 1.2). */
const longestLife = 600;
/** The clock difference that is forgiven, in seconds. */
const leeway = 300;

function partOf(text: string | undefined): Record<string, unknown> {
  const parsed: unknown = JSON.parse(Buffer.from(text ?? "", "base64url").toString());
  return typeof parsed === "object" && parsed !== null ? { ...parsed } : {};
}

function thumbprintOf(certificate: X509Certificate): string {
  return Buffer.from(certificate.fingerprint256.replaceAll(":", ""), "hex").toString("base64url");
}

function claimFault(claims: Record<string, unknown>, rules: AssertionRules): string | undefined {
  const now = rules.now.getTime() / 1000;
  const { aud, iss, sub, jti, nbf, exp } = claims;
  if (aud !== rules.audience) return "aud";
  if (iss !== rules.clientId || sub !== rules.clientId) return "iss, sub";
  if (typeof jti !== "string" || jti === "" || rules.used.has(jti)) return "jti";
  if (typeof nbf === "number" && nbf > now + leeway) return "nbf";
  if (typeof exp !== "number" || exp <= now || exp > now + longestLife + leeway) return "exp";
  rules.used.add(jti);
  return undefined;
}

/** The part of an assertion that is wrong, or undefined when it is good. */
export function assertionFault(assertion: string, rules: AssertionRules): string | undefined {
  const [head, body, signature, more] = assertion.split(".");
  if (rules.certificate === undefined || signature === undefined || more !== undefined) return "form";
  let header: Record<string, unknown>;
  let claims: Record<string, unknown>;
  try {
    header = partOf(head);
    claims = partOf(body);
  } catch (error) {
    return `JSON: ${String(error)}`;
  }
  const certificate = new X509Certificate(rules.certificate);
  if (header.alg !== "PS256" || header.typ !== "JWT") return "alg, typ";
  if (header["x5t#S256"] !== thumbprintOf(certificate)) return "x5t#S256";
  const key = { key: certificate.publicKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
  if (!verify("sha256", Buffer.from(`${head}.${body}`), key, Buffer.from(signature, "base64url"))) return "signature";
  return claimFault(claims, rules);
}
