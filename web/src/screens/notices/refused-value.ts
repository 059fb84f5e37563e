/** Which of the words that somebody filled in was refused, and the sign in it that is in the way: said at its field. */
import { type ProblemFacts, problemOf } from "#web/api/problem.ts";

/** Why, as a page can say it; what the server may find besides stands in its own sentence. */
const REASONS = [
  "banned-word",
  "forbidden-character",
  "signature-in-text",
  "strange-syntax",
  "link",
  "number-in-value",
] as const;
type Reason = (typeof REASONS)[number] | "line-break" | "tab" | "unfit" | "missing" | "unknown";
export type RefusedValue = {
  /** Of the variable. */
  readonly name: string;
  readonly reason: Reason;
  /** The word or sign; '' where the reason says it all. */
  readonly sign: string;
};

const OF_CODES: Readonly<Record<string, Reason>> = {
  "notice.variable-unfit": "unfit",
  "notice.variable-missing": "missing",
  "notice.variable-unknown": "unknown",
};
const UNSEEN: Readonly<Record<string, Reason>> = { "\n": "line-break", "\r": "line-break", "\t": "tab" };

/** A sign is told as JSON, for some cannot be seen. */
const unquoted = (about: string): string => (/^".*"$/s.test(about) ? (JSON.parse(about) as string) : about);
/** What has no width stands by its number. */
const visible = (sign: string): string =>
  sign.replaceAll(
    /\p{Cf}/gu,
    (one) => `U+${(one.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`,
  );

const ofWords = ({ facts = {} }: ProblemFacts): Pick<RefusedValue, "reason" | "sign"> | undefined => {
  const sign = unquoted(typeof facts["about"] === "string" ? facts["about"] : "");
  const rule = REASONS.find((one) => one === facts["rule"]);
  if (rule === undefined) return undefined;
  const unseen = UNSEEN[sign];
  return unseen === undefined ? { reason: rule, sign: visible(sign) } : { reason: unseen, sign: "" };
};

/** Undefined where it was about none of them. */
export const refusedValueOf = (error: unknown): RefusedValue | undefined => {
  if (error === null || error === undefined) return undefined;
  const { facts } = problemOf(error);
  const [, name] = /^variables\.(\w+)$/.exec(facts.field ?? "") ?? [];
  if (name === undefined) return undefined;
  const reason = OF_CODES[facts.code];
  const why =
    reason !== undefined
      ? { reason, sign: "" }
      : facts.code === "notice.words-refused"
        ? ofWords(facts)
        : undefined;
  return why === undefined ? undefined : { name, ...why };
};
