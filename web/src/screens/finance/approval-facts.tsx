/** What an approval is about, in words: its kind, its figures, and the page where it is carried out. */
import type { ReactNode } from "react";
import type { Item } from "#web/api/types.ts";
import { yuan } from "#web/furniture/format.ts";
import { common } from "#web/words/common.ts";
import { work } from "./words-work.ts";

export type Approval = Item<"/approvals">;

/** Words for a key that may not be known here; then the key itself says it. */
const known = (key: string, plain: string): string => {
  const said = work.say(key as Parameters<typeof work.say>[0]);
  return said === key ? plain : said;
};

export const kindText = (kind: string): string => known(`kind.${kind}`, kind);

const fenOf = (value: unknown): number | undefined =>
  typeof value === "string" && /^-?\d{1,15}$/.test(value)
    ? Number(value)
    : typeof value === "number"
      ? value
      : undefined;

export const approvalAmount = ({ request }: Approval): number | undefined =>
  fenOf(request["amountFen"] ?? request["totalFen"] ?? request["sumFen"]);

const factText = (name: string, value: unknown): ReactNode => {
  const fen = name.endsWith("Fen") ? fenOf(value) : undefined;
  if (fen !== undefined) return `¥${yuan(fen)}`;
  if (name === "difference" && typeof value === "string") return known(`difference.${value}`, value);
  if (name === "sha256" && typeof value === "string") return <code>{value.slice(0, 16)}…</code>;
  if (typeof value === "boolean") return common.say(value ? "yes" : "no");
  if (typeof value === "string" || typeof value === "number") return String(value);
  return value === null || value === undefined ? null : <code>{JSON.stringify(value)}</code>;
};

/** Ids of rows say nothing to people: the household stands by its number, and the rest is linked. */
const HIDDEN = new Set(["accountId", "targetAccountId", "draftId", "referralId", "replyId", "textSha256"]);

/** What one looks at first; the rest follows as it came. */
const FIRST = [
  "channel",
  "bankDay",
  "day",
  "season",
  "asOf",
  "lines",
  "count",
  "amountFen",
  "totalFen",
  "sumFen",
  "reason",
];
const rank = (name: string): number => (FIRST.indexOf(name) + 1 === 0 ? FIRST.length : FIRST.indexOf(name));

export const requestFacts = ({ request }: Approval): (readonly [string, ReactNode])[] =>
  Object.entries(request)
    .filter(([name]) => !HIDDEN.has(name))
    .toSorted(([one], [other]) => rank(one) - rank(other))
    .map(([name, value]) => [known(`fact.${name}`, name), factText(name, value)] as const);

/** "bank-draft:4" as people say it. */
export const subjectText = (subject: string): string => {
  const [thing = "", id = ""] = subject.split(":");
  return `${known(`thing.${thing}`, thing)} ${/^\d+$/.test(id) ? `#${id}` : ""}`.trim();
};

/** Where what was asked is looked at and carried out. */
export const placeOf = ({ subject, request }: Approval) => {
  const [thing, id = ""] = subject.split(":");
  if (thing === "referral") return { to: "/referrals/$id", params: { id } } as const;
  if (thing === "bank-draft") return { to: "/finance/imports/$id", params: { id } } as const;
  if (thing === "bank-break") return { to: "/finance/breaks", search: { id, state: "all" } } as const;
  if (thing === "suspense") return { to: "/finance/suspense" } as const;
  if (thing === "bill-run")
    return { to: "/finance/bill-runs", search: { season: String(request["season"]) } } as const;
  return undefined;
};
