/**
 * Secrets at rest: AES-256-GCM under a key derived from SECRET_KEY by HKDF. A box is version, key id, nonce, tag,
 * ciphertext; it opens only for the owner for whom it was closed, so a box copied to another row is worthless.
 */
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from "node:crypto";
import { fail } from "#src/kernel/errors.ts";

const VERSION = 1;
const KEY_ID_BYTES = 4;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = 1 + KEY_ID_BYTES;

const keyOf = (secretKey: string) => {
  const key = Buffer.from(hkdfSync("sha256", secretKey, "nuanyang", "secret box", 32));
  return { key, keyId: createHash("sha256").update(key).digest().subarray(0, KEY_ID_BYTES) };
};

export const closeBox = (secretKey: string, owner: string, secret: string): Buffer => {
  const { key, keyId } = keyOf(secretKey);
  const nonce = randomBytes(NONCE_BYTES);
  const head = Buffer.concat([Buffer.from([VERSION]), keyId]);
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.concat([head, Buffer.from(owner)]));
  const sealed = Buffer.concat([cipher.update(secret, "utf8"), cipher.final()]);
  return Buffer.concat([head, nonce, cipher.getAuthTag(), sealed]);
};

/** @throws DomainError `secret.key-unknown` when closed under another SECRET_KEY, `secret.damaged` when altered */
export const openBox = (secretKey: string, owner: string, box: Uint8Array): string => {
  const { key, keyId } = keyOf(secretKey);
  const bytes = Buffer.from(box);
  const head = bytes.subarray(0, HEAD_BYTES);
  if (head[0] !== VERSION || !head.subarray(1).equals(keyId)) {
    fail("secret.key-unknown", "a stored secret was closed with another SECRET_KEY", {
      remedy: "start with the SECRET_KEY of the time, or have the secret made again",
    });
  }
  const nonce = bytes.subarray(HEAD_BYTES, HEAD_BYTES + NONCE_BYTES);
  const tag = bytes.subarray(HEAD_BYTES + NONCE_BYTES, HEAD_BYTES + NONCE_BYTES + TAG_BYTES);
  const cipher = createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: TAG_BYTES })
    .setAAD(Buffer.concat([head, Buffer.from(owner)]))
    .setAuthTag(tag);
  try {
    return (
      cipher.update(bytes.subarray(HEAD_BYTES + NONCE_BYTES + TAG_BYTES), undefined, "utf8") +
      cipher.final("utf8")
    );
  } catch {
    // The library says only that authentication failed, whatever was altered.
    return fail("secret.damaged", "a stored secret was altered");
  }
};
