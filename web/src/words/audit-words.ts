/** The words of the audit for components. */
import { ACTIONS, actionText, subjectCode, subjectText } from "./actions.ts";
import { type Deed, deedValue } from "./deed-values.ts";
import { deedWord } from "./fields-of-deeds.ts";
import { type Language, useLanguage } from "./words.ts";

export type AuditWords = {
  readonly action: (action: string) => string;
  readonly subject: (subject: string) => string;
  /** Back from words to the code: `ticket:17`. */
  readonly subjectCode: (typed: string) => string;
  /** Of a name within the details; undefined where the name itself has to do: it is English. */
  readonly detail: (name: string) => string | undefined;
  /** Of a code within the details of a deed; undefined where it has no word. */
  readonly value: (deed: Deed) => (name: string, value: string) => string | undefined;
  /** Every action with its words, in the order of the words. */
  readonly all: readonly { readonly value: string; readonly label: string }[];
};

const sortedIn = (spoken: Language): AuditWords["all"] =>
  Object.keys(ACTIONS)
    .map((value) => ({ value, label: actionText(value, spoken) }))
    .toSorted((one, other) => one.label.localeCompare(other.label, spoken));
const SORTED: Readonly<Record<Language, AuditWords["all"]>> = {
  "zh-CN": sortedIn("zh-CN"),
  en: sortedIn("en"),
};

/** For components: renders anew when the language changes. */
export const useAuditWords = (): AuditWords => {
  const spoken = useLanguage();
  return {
    action: (action) => actionText(action, spoken),
    subject: (subject) => subjectText(subject, spoken),
    subjectCode: (typed) => subjectCode(typed, spoken),
    detail: (name) => (spoken === "en" ? undefined : deedWord(name)),
    value: (deed) => (name, value) => deedValue(deed, name, value, spoken),
    all: SORTED[spoken],
  };
};
