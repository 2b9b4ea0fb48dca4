import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

/** An encrypted text: AES-256-GCM under a random nonce, all in base64. */
export interface Box {
  nonce: string;
  data: string;
  tag: string;
}

/** A key for one purpose, drawn from another by HKDF-SHA256. Pure. */
export function derivedKey(key: Uint8Array, purpose: string): Buffer {
  return Buffer.from(hkdfSync("sha256", key, Buffer.alloc(0), purpose, 32));
}

/** Encrypts a text; what `context` says must be said again to open it. */
export function closeBox(key: Uint8Array, context: string, text: string): Box {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(context));
  const data = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return {
    nonce: nonce.toString("base64"),
    data: data.toString("base64"),
    tag: cipher.getAuthTag().toString("base64"),
  };
}

/** The text of a box; undefined when key, context or box is another one. Pure. */
export function openBox(key: Uint8Array, context: string, box: Box): string | undefined {
  const [nonce, tag] = [Buffer.from(box.nonce, "base64"), Buffer.from(box.tag, "base64")];
  if (nonce.length !== 12 || tag.length !== 16) return undefined;
  const decipher = createDecipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(context)).setAuthTag(tag);
  try {
    return Buffer.concat([decipher.update(Buffer.from(box.data, "base64")), decipher.final()]).toString("utf8");
  } catch {
    // GCM says only that something does not fit; the caller tells what.
    return undefined;
  }
}
