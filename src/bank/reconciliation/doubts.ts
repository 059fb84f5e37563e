/** What the lines of a file become, counted; and the lines among them that a second person agrees to before they are posted. */
import { DomainError, fail } from "#src/kernel/errors.ts";
import type { OutcomeCount } from "./import-queries.ts";

const WORDS: Readonly<Record<string, string>> = {
  pay: "posted",
  prove: "proved",
  ignore: "ignored",
  reverse: "reversed",
};

export type Counts = Readonly<Record<string, number>>;

export const countsOf = (outcomes: readonly OutcomeCount[]): Counts => {
  const counts: Record<string, number> = {};
  for (const line of outcomes) {
    const word = WORDS[line.outcome] ?? line.outcome;
    counts[word] = (counts[word] ?? 0) + Number(line.lines);
  }
  return counts;
};

/** Lines that a person has to answer for: a difference, or money of nobody. */
export const linesInDoubt = (counts: Counts): number => (counts["break"] ?? 0) + (counts["suspense"] ?? 0);

/**
 * The rule of every door: a file with lines in doubt is posted when a second person has agreed to as many.
 * @throws DomainError `file.in-doubt`; nothing of the file was posted
 */
export const requireAgreed = (counts: Counts, agreed: number): void => {
  const inDoubt = linesInDoubt(counts);
  if (inDoubt <= agreed) return;
  fail(
    "file.in-doubt",
    `${inDoubt} lines of this file are in doubt, and a second person agreed to ${agreed}`,
    {
      remedy: "Choose the file again: a second person looks at it as it is now. Nothing was posted.",
      facts: { inDoubt, agreed, counts },
    },
  );
};

export const isInDoubt = (error: unknown): boolean =>
  error instanceof DomainError && error.code === "file.in-doubt";
