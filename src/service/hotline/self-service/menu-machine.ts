/**
 * The menu as a machine (自助菜单). A caller stands at a node; keys become an intent; the room carries the intent out and says
 * how it ended; the machine answers where the caller stands now and which sentences are read. Pure: what the house knows
 * comes in as the ending, what may be asked next comes out. Every node has an answer for every input, and every intent for
 * every ending: the test walks all of them.
 *
 *   main > (owed | paid | valve) > account-no > phone-tail > answer
 *        > building > account-no > answer
 *        > knowledge > article
 *        > call-back | agent | done
 *
 * An amount, a payment or a valve is told at `answer` only when `proved`, and a proof holds for one account and one call.
 */
import { never } from "#src/kernel/errors.ts";
import type { VoiceLanguage } from "#src/platform/telephony/port.ts";

export const MENU_ACTIONS = [
  "owed",
  "paid",
  "building",
  "valve",
  "knowledge",
  "call-back",
  "language",
  "agent",
] as const;
export type MenuAction = (typeof MENU_ACTIONS)[number];

/** What needs to know whose account it is. All but `building` need the second factor, and `building` names no place without it. */
export const PURPOSES = ["owed", "paid", "building", "valve"] as const;
export type MenuPurpose = (typeof PURPOSES)[number];
export const needsProof = (purpose: MenuPurpose): boolean => purpose !== "building";

export const MENU_NODES = [
  "main",
  "account-no",
  "phone-tail",
  "answer",
  "knowledge",
  "article",
  "call-back",
  "agent",
  "done",
] as const;
export type MenuNode = (typeof MENU_NODES)[number];

export type MenuState = {
  readonly node: MenuNode;
  readonly language: VoiceLanguage;
  readonly purpose: MenuPurpose | null;
  /** The second factor was right for the account that was named last. */
  readonly proved: boolean;
  /** Wrong or missing input in a row; the third is led to an agent. */
  readonly invalid: number;
  /** Which page of the knowledge, from 0. */
  readonly page: number;
  /** The article that is read, among those of the page. */
  readonly article: number | null;
  /**
   * What the caller wanted last, and whether it was had: told something, or a person who was not reached yet. Only who was told,
   * or left a call-back, need not be called back for having hung up.
   */
  readonly wish: "none" | "told" | "person" | "call-back-left";
};

export const firstState = (language: VoiceLanguage = "zh-CN"): MenuState => ({
  node: "main",
  language,
  purpose: null,
  proved: false,
  invalid: 0,
  page: 0,
  article: null,
  wish: "none",
});

export type MenuInput = { readonly keys: string };

/** Keys that mean the same wherever a single key is asked for. */
const REPEAT_KEY = "1";
const LIST_KEY = "8";
const MAIN_KEY = "9";
const AGENT_KEY = "0";
/** Articles of one page: their keys are 1 to 6; 7 turns the page. */
export const ARTICLES_A_PAGE = 6;
const MORE_KEY = "7";
const INVALID_LIMIT = 3;

export type Intent =
  | { readonly kind: "choose"; readonly action: MenuAction }
  | { readonly kind: "name-account"; readonly accountText: string }
  | { readonly kind: "prove"; readonly tail: string }
  | { readonly kind: "read-article"; readonly index: number }
  | { readonly kind: "turn-page" }
  | { readonly kind: "list-articles" }
  | { readonly kind: "leave-call-back" }
  | { readonly kind: "repeat" }
  | { readonly kind: "main" }
  | { readonly kind: "silence" }
  | { readonly kind: "invalid" };

/** What a caller means by keys at a node. Never throws, whatever is pressed. */
export const readInput = (
  state: MenuState,
  input: MenuInput,
  options: ReadonlyMap<string, MenuAction>,
): Intent => {
  const keys = input.keys.replace(/#$/, "");
  if (keys === "") return { kind: "silence" };
  if (state.node === "account-no") return readAccountNo(keys);
  if (state.node === "phone-tail") return readTail(keys);
  if (state.node === "main") {
    const action = options.get(keys);
    return action === undefined ? { kind: "invalid" } : { kind: "choose", action };
  }
  return readSingleKey(state.node, keys);
};

const readAccountNo = (keys: string): Intent => {
  if (keys === "*") return { kind: "main" };
  if (keys === AGENT_KEY) return { kind: "choose", action: "agent" };
  return /^\d{4,32}$/.test(keys) ? { kind: "name-account", accountText: keys } : { kind: "invalid" };
};

const readTail = (keys: string): Intent => {
  if (keys.startsWith("*")) return { kind: "main" };
  return /^\d{4}$/.test(keys) ? { kind: "prove", tail: keys } : { kind: "invalid" };
};

const readSingleKey = (
  node: Exclude<MenuNode, "main" | "account-no" | "phone-tail">,
  keys: string,
): Intent => {
  if (keys === MAIN_KEY) return { kind: "main" };
  if (keys === AGENT_KEY) return { kind: "choose", action: "agent" };
  if (node === "knowledge") {
    if (keys === MORE_KEY) return { kind: "turn-page" };
    const index = /^[1-6]$/.test(keys) ? Number(keys) - 1 : null;
    return index === null ? { kind: "invalid" } : { kind: "read-article", index };
  }
  if (node === "call-back") return keys === "1" ? { kind: "leave-call-back" } : { kind: "invalid" };
  if (keys === REPEAT_KEY) return { kind: "repeat" };
  if (node === "article" && keys === LIST_KEY) return { kind: "list-articles" };
  return { kind: "invalid" };
};

/** How the room's work on an intent ended. */
export const ENDINGS = {
  choose: [
    "account-needed",
    "proof-needed",
    "told",
    "listed",
    "nothing-to-list",
    "call-back-offered",
    "no-number",
    "switched",
    "agents-free",
    "agents-away",
    "locked",
  ],
  "name-account": ["proof-needed", "told", "account-unknown", "locked"],
  prove: ["told", "refused", "locked"],
  "read-article": ["read", "no-such-article"],
  "turn-page": ["listed", "nothing-to-list"],
  "list-articles": ["listed", "nothing-to-list"],
  "leave-call-back": ["left", "no-number"],
  repeat: ["told", "read"],
  main: ["done"],
  silence: ["done"],
  invalid: ["done"],
} as const satisfies Record<Intent["kind"], readonly string[]>;
export type Ending = (typeof ENDINGS)[Intent["kind"]][number];

export type Move = {
  readonly state: MenuState;
  /** Sentences that the machine itself adds, before and behind what the room has to tell. */
  readonly before: readonly MachineWords[];
  readonly after: readonly MachineWords[];
  /** The caller came to where agents are asked for without choosing it: the room says whether any are there. */
  readonly wantsAgent: boolean;
};

export type MachineWords =
  | "main-menu"
  | "ask-account"
  | "ask-tail"
  | "after-answer"
  | "after-article"
  | "after-list"
  | "ask-call-back"
  | "refused"
  | "locked"
  | "account-unknown"
  | "no-such-article"
  | "nothing-to-list"
  | "no-number"
  | "call-back-left"
  | "transferring"
  | "agents-away"
  | "invalid"
  | "silence"
  | "goodbye";

const PROMPT: Readonly<Record<MenuNode, readonly MachineWords[]>> = {
  main: ["main-menu"],
  "account-no": ["ask-account"],
  "phone-tail": ["ask-tail"],
  answer: ["after-answer"],
  knowledge: ["after-list"],
  article: ["after-article"],
  "call-back": ["ask-call-back"],
  agent: ["transferring"],
  done: ["goodbye"],
};

const to = (state: MenuState, change: Partial<MenuState>, before: readonly MachineWords[] = []): Move => {
  const next = { ...state, invalid: 0, ...change };
  return { state: next, before, after: PROMPT[next.node], wantsAgent: false };
};

/** To an agent because the caller cannot go on here: locked out, or lost. */
const giveUp = (state: MenuState, before: readonly MachineWords[]): Move => ({
  ...to(state, { node: "agent", purpose: null }, before),
  wantsAgent: true,
});

const stay = (state: MenuState, words: MachineWords): Move => {
  const invalid = state.invalid + 1;
  if (invalid >= INVALID_LIMIT) return giveUp(state, [words]);
  return to(state, { invalid }, [words]);
};

/** The one door to an answer: what needs proof and has none is asked for it, whatever the room says. */
const toAnswer = (
  state: MenuState,
  purpose: MenuPurpose | null,
  otherwise: "account-no" | "phone-tail",
): Move => {
  const mayHear = purpose !== null && (state.proved || !needsProof(purpose));
  return to(state, { node: mayHear ? "answer" : otherwise, purpose });
};

const afterChoice = (state: MenuState, action: MenuAction, ending: Ending): Move => {
  const purpose = PURPOSES.find((known) => known === action) ?? null;
  switch (ending) {
    case "account-needed":
      return to(state, { node: "account-no", purpose });
    case "proof-needed":
      return to(state, { node: "phone-tail", purpose });
    case "told":
      return toAnswer(state, purpose, "account-no");
    case "listed":
      return to(state, { node: "knowledge", page: 0, article: null });
    case "nothing-to-list":
      return to(state, { node: "main" }, ["nothing-to-list"]);
    case "call-back-offered":
      return to(state, { node: "call-back" });
    case "no-number":
      return to(state, { node: "main" }, ["no-number"]);
    case "switched":
      return to(state, { node: "main", language: state.language === "en" ? "zh-CN" : "en" });
    case "agents-free":
      return to(state, { node: "agent", purpose: null });
    case "agents-away":
      return to(state, { node: "call-back", purpose: null }, ["agents-away"]);
    default:
      return giveUp(state, ["locked"]);
  }
};

const WISH: Partial<Readonly<Record<Ending, MenuState["wish"]>>> = {
  told: "told",
  read: "told",
  left: "call-back-left",
  locked: "person",
  "agents-free": "person",
  "agents-away": "person",
  "call-back-offered": "person",
  "no-number": "person",
};

/** Where the caller stands after `intent` ended so, and what is read. Total: no intent and ending is without an answer. */
export const nextMove = (state: MenuState, intent: Intent, ending: Ending): Move => {
  const move = whereTo(state, intent, ending);
  const isTold = ending === "told" && move.state.node !== "answer";
  const wish = move.wantsAgent ? "person" : isTold ? state.wish : (WISH[ending] ?? state.wish);
  return { ...move, state: { ...move.state, wish } };
};

const whereTo = (state: MenuState, intent: Intent, ending: Ending): Move => {
  if (ending === "locked") return giveUp(state, ["locked"]);
  switch (intent.kind) {
    case "choose":
      return afterChoice(state, intent.action, ending);
    case "name-account":
      if (ending === "account-unknown") return stay(state, "account-unknown");
      return ending === "proof-needed"
        ? to(state, { node: "phone-tail", proved: false })
        : toAnswer({ ...state, proved: false }, state.purpose, "phone-tail");
    case "prove":
      // Which of the two did not fit is not said: else account numbers could be tried one by one.
      return ending === "refused"
        ? to(state, { node: "account-no", proved: false }, ["refused"])
        : toAnswer({ ...state, proved: true }, state.purpose, "account-no");
    case "read-article":
      return ending === "read"
        ? to(state, { node: "article", article: intent.index })
        : stay(state, "no-such-article");
    case "turn-page":
    case "list-articles":
      if (ending === "nothing-to-list") return to(state, { node: "main", page: 0 }, ["nothing-to-list"]);
      return to(state, {
        node: "knowledge",
        page: intent.kind === "turn-page" ? state.page + 1 : state.page,
        article: null,
      });
    case "leave-call-back":
      return ending === "left"
        ? to(state, { node: "done" }, ["call-back-left"])
        : to(state, { node: "main" }, ["no-number"]);
    case "repeat":
      return to(state, {});
    case "main":
      return to(state, { node: "main", purpose: null, page: 0, article: null });
    case "silence":
      return afterSilence(state);
    case "invalid":
      return stay(state, "invalid");
    default:
      return never(intent);
  }
};

/** Who has heard an answer, or what to do, and says nothing has hung up in his mind; who was asked something is asked again. */
const afterSilence = (state: MenuState): Move => {
  if (state.node === "answer" || state.node === "article" || state.node === "call-back") {
    return to(state, { node: "done" });
  }
  return stay(state, "silence");
};

/** The caller was led to agents and none are there. */
export const agentsAway = (move: Move): Move => ({
  ...to(move.state, { node: "call-back" }, [...move.before, "agents-away"]),
});

/** How many keys a node takes, and whether `#` ends them. */
export const keysOf = (node: MenuNode): { readonly digits: number; readonly finishOnHash: boolean } => {
  if (node === "account-no") return { digits: 32, finishOnHash: true };
  if (node === "phone-tail") return { digits: 4, finishOnHash: false };
  return { digits: 1, finishOnHash: false };
};
