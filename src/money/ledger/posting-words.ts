/** What routines and guards of the database refuse while something is posted, in words. */
import { fail } from "#src/kernel/errors.ts";

/** By the name of the constraint that is broken: the refusal that it stands for. */
export type GuardWords = Readonly<Record<string, () => never>>;

/**
 * Makes a room's translator of its posting statements. That the day is closed is the ledger's own word (SQLSTATE NY002);
 * the guards of its tables a room names itself. Any other error passes as it is.
 */
export const postingWords =
  (guards: GuardWords) =>
  async <T>(statement: Promise<T>): Promise<T> => {
    try {
      return await statement;
    } catch (error) {
      const { code, constraint } = error as { code?: unknown; constraint?: unknown };
      if (code === "NY002") {
        fail("day.closed", "the accounting day is closed", { remedy: "post it on an open day" });
      }
      if (typeof constraint === "string" && Object.hasOwn(guards, constraint)) guards[constraint]?.();
      throw error;
    }
  };
