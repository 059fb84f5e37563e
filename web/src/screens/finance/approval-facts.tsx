/** What an approval is about, in words: its kind, its figures, and the page where it is carried out. */
import type { ReactNode } from "react";
import type { Item } from "#web/api/types.ts";
import { dateTime, yuan } from "#web/furniture/format.ts";
import { common } from "#web/words/common.ts";
import { useCodes } from "#web/words/codes.ts";
import { ChannelName } from "#web/furniture/channel-name.tsx";
import styles from "./finance.module.css";
import { AFTER, PANELS } from "./approval-panels.ts";
import { approvalWords } from "./words-approval.ts";
import { work } from "./words-work.ts";

export type Approval = Item<"/approvals">;

/** Words for a key that may not be known here; then the key itself says it. */
const known = (key: string, plain: string): string => {
  if (Object.hasOwn(work.texts.en, key)) return work.say(key as Parameters<typeof work.say>[0]);
  if (Object.hasOwn(approvalWords.texts.en, key)) {
    return approvalWords.say(key as Parameters<typeof approvalWords.say>[0]);
  }
  return plain;
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

/** Words as a home gets them: the way they go, then the text with its lines. */
const WordsOf = ({ value }: { value: unknown }) => {
  const word = useCodes();
  const texts = Array.isArray(value) ? value.map(String) : [String(value)];
  return texts.map((text) => {
    const [, channel, said] = /^([a-z-]+): ([^]*)$/.exec(text) ?? [undefined, undefined, text];
    return (
      <p key={text} className={styles["words"]}>
        {channel === undefined ? null : <strong>{word("medium", channel)} </strong>}
        {said}
      </p>
    );
  });
};

/** How a template goes; other channels are a bank's. */
const MEDIA: ReadonlySet<unknown> = new Set(["sms", "email", "voice"]);

const Medium = ({ code }: { code: string }) => useCodes()("medium", code);

const INSTANTS = new Set(["dueAt", "paidAt"]);

const factText = (name: string, value: unknown): ReactNode => {
  const fen = name.endsWith("Fen") ? fenOf(value) : undefined;
  if (fen !== undefined) return `¥${yuan(fen)}`;
  if (name === "difference" && typeof value === "string") return known(`difference.${value}`, value);
  if (name === "sha256" && typeof value === "string") return <code>{value.slice(0, 16)}…</code>;
  if (name === "words" || name === "wording") return <WordsOf value={value} />;
  if (name === "liveDay" && value === null) return approvalWords.say("liveAtOnce");
  if (name === "channel" && MEDIA.has(value)) return <Medium code={String(value)} />;
  if (name === "channel" && typeof value === "string") return <ChannelName code={value} />;
  if (INSTANTS.has(name) && typeof value === "string") return dateTime(value);
  if (typeof value === "boolean") return common.say(value ? "yes" : "no");
  if (typeof value === "string" || typeof value === "number") return String(value);
  return value === null || value === undefined ? null : <code>{JSON.stringify(value)}</code>;
};

/** One line that names it: what kind, which one, for whom and how much. */
export const saidShort = (one: Approval): string => {
  const fen = approvalAmount(one);
  return [
    kindText(one.kind),
    subjectText(one.subject),
    one.accountNo,
    fen === undefined ? undefined : `¥${yuan(fen)}`,
  ]
    .filter((part) => part !== null && part !== undefined && part !== "")
    .join(" · ");
};

/** A notice that asks to wake people needs the word of whoever approves it, which its own page takes. */
export const isDecidedThere = ({ kind, request }: Approval): boolean =>
  kind === "notice" && request["atNightToo"] === true;

/** What comes after the yes, and who does it. */
export const afterText = ({ id, kind }: Approval): string | undefined => {
  if (kind === "notice") return approvalWords.say("after.notice");
  const after = AFTER[kind];
  return after === undefined ? undefined : approvalWords.say(`after.${after}`, { id });
};

/** Ids of rows say nothing to people: the household stands by its number, and the rest is linked. */
const HIDDEN = new Set([
  "accountId",
  "targetAccountId",
  "draftId",
  "referralId",
  "replyId",
  "textSha256",
  "versionId",
]);

export const requestFacts = ({ kind, request }: Approval): (readonly [string, ReactNode])[] =>
  (PANELS[kind] ?? []).map((name) => [known(`fact.${name}`, name), factText(name, request[name])] as const);

/** What nobody reads but somebody may compare. */
export const foldedFacts = ({ kind, request }: Approval): (readonly [string, ReactNode])[] =>
  Object.entries(request)
    .filter(([name]) => !HIDDEN.has(name) && PANELS[kind]?.includes(name) !== true)
    .map(([name, value]) => [known(`fact.${name}`, name), factText(name, value)] as const);

/** "bank-draft:4" as people say it. */
export const subjectText = (subject: string): string => {
  const [thing = "", id = ""] = subject.split(":");
  return `${known(`thing.${thing}`, thing)} ${/^\d+$/.test(id) ? `#${id}` : ""}`.trim();
};
