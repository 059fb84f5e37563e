/** What the audit wrote down of a deed is codes: `state: merged`, `about: ticket:17`. Here they are said by the words that screens use. */
import { ACTIONS, actionText, subjectText } from "./actions.ts";
import { CODES_OF_DEEDS } from "./codes-of-deeds.ts";
import { codesOfHomes } from "./codes-of-homes.ts";
import { codesOfService } from "./codes-of-service.ts";
import { THINGS } from "./things.ts";
import type { Language } from "./words.ts";

const CODES: Readonly<Record<Language, Readonly<Record<string, string>>>> = {
  "zh-CN": { ...codesOfService["zh-CN"], ...codesOfHomes["zh-CN"] },
  en: { ...codesOfService.en, ...codesOfHomes.en },
};

/** How a thing stands, by the thing; where nothing else is said its states are listed under its own name. */
const STATES_OF: Readonly<Record<string, string>> = { "work-order": "order-state", outgoing: "message" };
const STATE = new Set(["state", "from", "to", "was", "before", "after"]);

/** Of which kind a thing is, by the thing. */
const KINDS_OF: Readonly<Record<string, string>> = {
  account: "hold",
  approval: "approval-kind",
  bill: "bill-kind",
  "clock-rule": "clock",
  "pause-reason": "clock",
  "pressure-round": "pressure-kind",
  ticket: "entry",
  "work-order": "order",
};

/** Whatever it was done to. */
const BY_NAME: Readonly<Record<string, readonly string[]>> = {
  agent: ["agent"],
  aliasKind: ["alias"],
  class: ["break-class"],
  channel: ["channel", "medium"],
  closing: ["closing"],
  decision: ["approval"],
  direction: ["direction"],
  heatClass: ["heat"],
  level: ["level"],
  loopType: ["loop"],
  opened: ["order"],
  outcome: ["outcome", "order-result"],
  paper: ["paper"],
  purpose: ["purpose", "proof"],
  resolution: ["break-resolution"],
  result: ["attempt"],
  role: ["role"],
  roles: ["role"],
  rolesAfter: ["role"],
  rolesBefore: ["role"],
  severity: ["severity"],
  source: ["source"],
  stationOwner: ["station"],
  tender: ["tender"],
  wrapUp: ["wrap-up"],
};

/** Tables of words in which a value of this name may stand, the likeliest first. */
const tablesOf = (
  name: string,
  thing: string,
  details: Readonly<Record<string, unknown>>,
): readonly string[] => {
  // `machine` says whose state it was: of the account, its supply or its valve.
  const { machine } = details;
  if (STATE.has(name)) return [typeof machine === "string" ? machine : (STATES_OF[thing] ?? thing)];
  if (name === "kind" || name === "kinds") return [KINDS_OF[thing] ?? thing];
  return (Object.hasOwn(BY_NAME, name) ? BY_NAME[name] : undefined) ?? [];
};

export type Deed = { readonly subject: string; readonly details: Readonly<Record<string, unknown>> };

/** Undefined where a value has no word: a number, a name, what somebody wrote. */
export const deedValue = (
  { subject, details }: Deed,
  name: string,
  value: string,
  spoken: Language,
): string | undefined => {
  const [thing = ""] = subject.split(":");
  if (name === "command") {
    const action = `${thing}.${value}`;
    return Object.hasOwn(ACTIONS, action) ? actionText(action, spoken) : undefined;
  }
  for (const table of tablesOf(name, thing, details)) {
    const key = `${table}.${value}`;
    const word = CODES[spoken][key] ?? CODES_OF_DEEDS[key]?.[spoken === "en" ? 1 : 0];
    if (word !== undefined) return word;
  }
  const [, kind = ""] = /^([a-z][a-z-]*):[\w:./-]+$/.exec(value) ?? [];
  return Object.hasOwn(THINGS, kind) ? subjectText(value, spoken) : undefined;
};
