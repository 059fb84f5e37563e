/** Many callers at once: what the live feed asks before each batch. */
import type { Actor } from "#src/platform/actor.ts";
import type { Platform } from "#src/platform/route.ts";
import { authenticateToken } from "./machine-tokens.ts";
import { watchSessions } from "./sessions.ts";

export type WatchedCredential =
  | { readonly kind: "session"; readonly reference: string }
  | { readonly kind: "token"; readonly token: string };

/**
 * The callers in their order, null for those who are none any more. One statement for all sessions; tokens as they are asked
 * for everywhere, at most a second old. Nobody counts as being seen by it.
 */
export const watchCredentials = async (
  platform: Platform,
  credentials: readonly WatchedCredential[],
): Promise<(Actor | null)[]> => {
  const references = credentials.flatMap((one) => (one.kind === "session" ? [one.reference] : []));
  const people = references.length === 0 ? [] : await watchSessions(platform, references);
  const machines = await Promise.all(
    credentials.map(async (one) => (one.kind === "token" ? authenticateToken(platform, one.token) : null)),
  );
  let next = 0;
  return credentials.map((one, index) => {
    if (one.kind === "token") return machines[index] ?? null;
    const actor = people[next] ?? null;
    next += 1;
    return actor;
  });
};
