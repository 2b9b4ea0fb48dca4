import { constants, createHash, createPrivateKey, type KeyObject, sign, X509Certificate } from "node:crypto";
import { ConfigError } from "../../core/errors.ts";
import { Secret } from "../../core/secret.ts";

/** A client certificate with its private key, both PEM. */
export interface ClientCertificate {
  cert: Secret | string;
  privateKey: Secret;
}

/** A certificate that was read and fits its key. */
export interface SigningCertificate {
  key: KeyObject;
  /** SHA-256 of the DER certificate, base64url. */
  thumbprint: string;
}

/** Reads certificate and key; throws ConfigError, without cause since crypto may quote what it read. */
export function readCertificate({ cert, privateKey }: ClientCertificate): SigningCertificate {
  const hint = "Enter an X.509 certificate and its unencrypted RSA private key, both as PEM text.";
  const pair = tryRead(cert instanceof Secret ? cert.reveal() : cert, privateKey);
  if (!pair) throw new ConfigError("The client certificate or its private key cannot be read.", { hint });
  if (pair.key.asymmetricKeyType !== "rsa" || !pair.certificate.checkPrivateKey(pair.key)) {
    throw new ConfigError("The private key does not belong to the client certificate.", { hint });
  }
  return { key: pair.key, thumbprint: createHash("sha256").update(pair.certificate.raw).digest("base64url") };
}

/** A signed JWT that stands for the client secret (F&O, 1.2); good for ten minutes. */
export function clientAssertion(
  { key, thumbprint }: SigningCertificate,
  claims: { clientId: string; tokenUrl: string; now: Date; id: string },
): string {
  const issuedAt = Math.floor(claims.now.getTime() / 1000);
  const text = [
    { alg: "PS256", typ: "JWT", "x5t#S256": thumbprint },
    {
      aud: claims.tokenUrl,
      iss: claims.clientId,
      sub: claims.clientId,
      jti: claims.id,
      nbf: issuedAt,
      iat: issuedAt,
      exp: issuedAt + 600,
    },
  ]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  const pss = { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  return `${text}.${sign("sha256", Buffer.from(text), pss).toString("base64url")}`;
}

function tryRead(cert: string, privateKey: Secret) {
  try {
    return { certificate: new X509Certificate(cert), key: createPrivateKey(privateKey.reveal()) };
  } catch {
    return undefined;
  }
}
