/** Passwords at rest: argon2id with 19 MiB, two passes, one lane (OWASP's floor; about 27 ms), in PHC text. */
import { hash, verify } from "@node-rs/argon2";
import { newSecret } from "#src/kernel/ids.ts";

// argon2id is the library's default algorithm.
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

export const hashPassword = (password: string): Promise<string> => hash(password.normalize("NFKC"), COST);

let decoy: Promise<string> | undefined;

/**
 * Whether the password is the one behind the hash. Without a hash (no such login, a locked one) the same work is done
 * on a decoy, so that the answer takes as long.
 */
export const verifyPassword = async (storedHash: string | null, password: string): Promise<boolean> => {
  decoy ??= hashPassword(newSecret());
  const right = await verify(storedHash ?? (await decoy), password.normalize("NFKC"));
  return right && storedHash !== null;
};
