/** The terms under which a household is found. Pure; the first letter of a term says what it is. */
import { readingsOfName } from "./name-readings.ts";

export const TERM_KINDS = { name: "n", pinyin: "p", initials: "i", account: "a", other: "o" } as const;
export type TermKind = keyof typeof TERM_KINDS;

export type SearchFacts = {
  readonly accountNo: string;
  readonly aliases: readonly string[];
  /** Folded (`foldName`), of everybody who has a role now or later. */
  readonly names: readonly string[];
};

/** A name is found from any of its characters on, if two follow; a firm's from these many at least. */
const LONGEST_NAME_TERM = 12;
const SHORTEST_END = 2;

/** `王建国` also as `建国`; `阿依古丽·买买提` also without its dot and from every character on. */
const endsOfName = (foldedName: string): string[] => {
  const characters = Array.from(foldedName.replaceAll("·", ""));
  const last = Math.max(0, characters.length - SHORTEST_END);
  return Array.from({ length: last + 1 }, (_, from) =>
    characters.slice(from, from + LONGEST_NAME_TERM).join(""),
  ).filter((end) => end !== "");
};

const foldNumber = (value: string): string => value.toLowerCase();

/** All terms of a household, each once. */
export const searchTermsOf = (facts: SearchFacts): string[] => {
  const terms = new Set<string>([TERM_KINDS.account + foldNumber(facts.accountNo)]);
  for (const alias of facts.aliases) terms.add(TERM_KINDS.other + foldNumber(alias));
  for (const name of facts.names) {
    for (const end of endsOfName(name)) terms.add(TERM_KINDS.name + end);
    const readings = readingsOfName(name);
    for (const reading of readings.pinyin) terms.add(TERM_KINDS.pinyin + reading);
    for (const initials of readings.initials) terms.add(TERM_KINDS.initials + initials);
  }
  return [...terms];
};
