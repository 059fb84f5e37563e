/**
 * Message-IDs: our own, which hold a random key, and those that a mail mentions. Pure.
 */

/** `<nuan.KEY@host>`: found again by its key, whatever host stands behind it. */
const OWN = /^nuan\.([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})@/i;

export const ownMessageId = (threadKey: string, host: string): string => `<nuan.${threadKey}@${host}>`;

/** The key of one of our Message-IDs (given without brackets), else null. */
export const threadKeyOf = (messageId: string): string | null =>
  OWN.exec(messageId)?.[1]?.toLowerCase() ?? null;

const LONGEST_ID = 250;
const MOST_IDS = 50;

/** Ids in a header as people's programs write them: with brackets, without, folded, with rubbish between. */
export const idsIn = (header: string): string[] => {
  const bounded = header.slice(0, 20_000);
  const bracketed = [...bounded.matchAll(/<([^<>\s]{1,998})>/g)].map((match) => match[1] ?? "");
  const found =
    bracketed.length > 0 ? bracketed : bounded.split(/[\s,]+/).filter((part) => part.includes("@"));
  return found.map((id) => id.slice(0, LONGEST_ID).toWellFormed());
};

/** What a mail answers or mentions, nearest first: In-Reply-To, then References from the last to the first. */
export const mentionedIds = (inReplyTo: string, references: string): string[] => [
  ...new Set([...idsIn(inReplyTo), ...idsIn(references).toReversed()].slice(0, MOST_IDS)),
];
