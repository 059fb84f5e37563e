/** What the audit says, in words: what was done, and to what. Tests hold the tables to what the code writes. */
import { OF_EVENTS } from "./actions-of-events.ts";
import { OF_HOUSE } from "./actions-of-house.ts";
import { OF_MONEY } from "./actions-of-money.ts";
import { OF_SERVICE } from "./actions-of-service.ts";
import { THINGS } from "./things.ts";

/** [in Chinese, in English]. */
export type Pairs = Readonly<Record<string, readonly [chinese: string, english: string]>>;

export type Spoken = "zh-CN" | "en";

export const ACTIONS: Pairs = { ...OF_MONEY, ...OF_SERVICE, ...OF_HOUSE, ...OF_EVENTS };

const wordOf = (pairs: Pairs, key: string, spoken: Spoken): string | undefined =>
  pairs[key]?.[spoken === "en" ? 1 : 0];

/** What is newer than this page stands for itself. */
export const actionText = (action: string, spoken: Spoken): string =>
  wordOf(ACTIONS, action, spoken) ?? action;

/** `ticket:17` > "工单 17". */
export const subjectText = (subject: string, spoken: Spoken): string => {
  const [kind = "", ...rest] = subject.split(":");
  const word = wordOf(THINGS, kind, spoken);
  return word === undefined ? subject : [word, rest.join(":")].join(" ").trim();
};

/** What was typed, as the audit has it: "工单 17" and "ticket:17" are the same case. */
export const subjectCode = (typed: string, spoken: Spoken): string => {
  const asked = typed.trim().replace("：", ":");
  const lower = asked.toLowerCase();
  const [kind, word = ""] =
    Object.keys(THINGS)
      .map((one) => [one, wordOf(THINGS, one, spoken)?.toLowerCase()] as const)
      .filter(([, said]) => said !== undefined && (lower === said || lower.startsWith(`${said} `)))
      .toSorted(([, one = ""], [, other = ""]) => other.length - one.length)[0] ?? [];
  if (kind === undefined) return asked;
  const rest = asked.slice(word.length).trim();
  return rest === "" ? kind : `${kind}:${rest}`;
};
