/** What the room does about an intent: looks up, proves, opens. Nothing is told here; that is decided by the machine after. */
import { resolveAccountNo } from "#src/town/accounts/index.ts";
import { never } from "#src/kernel/errors.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { currentAnnouncements } from "../announcements.ts";
import { openCallBack } from "../call-backs.ts";
import { setPlace } from "../call-queries.ts";
import { buildingOfAccount } from "./answers.ts";
import { findMenuArticles } from "./knowledge-queries.ts";
import {
  ARTICLES_A_PAGE,
  type Ending,
  type Intent,
  type MenuAction,
  type MenuState,
  needsProof,
} from "./menu-machine.ts";
import {
  areAgentsSeated,
  type CallName,
  findCallId,
  findHomesOfNumber,
  type OptionRow,
} from "./menu-queries.ts";
import { proveCaller } from "./prove-caller.ts";

/** What is known of the caller while a message is worked on. */
export type Desk = {
  readonly call: CallName;
  readonly sessionId: bigint;
  readonly callerNumber: string | null;
  readonly numberDigest: Buffer | null;
  readonly options: readonly OptionRow[];
  /** What was named last, whoever named it. */
  readonly candidateAccountId: bigint | null;
  /** What was named and proved. */
  readonly verifiedAccountId: bigint | null;
};

export type CarriedOut = {
  readonly ending: Ending;
  readonly desk: Desk;
  readonly agentsFree: () => Promise<boolean>;
};

/** On a cold day callers are called back instead of waiting, except who cannot be called back. */
const agentsFreeFor = async (context: CommandContext, desk: Desk): Promise<boolean> => {
  if (!(await areAgentsSeated(context.sql))) return false;
  if (desk.callerNumber === null) return true;
  return (await currentAnnouncements(context.sql)).coldDay === null;
};

/** The articles of a page, and whether another follows. */
export const articlesOf = async (context: CommandContext, state: MenuState, page: number) => {
  const rows = await findMenuArticles(context.sql, {
    language: state.language,
    day: context.today,
    offset: page * ARTICLES_A_PAGE,
    limit: ARTICLES_A_PAGE + 1,
  });
  return { items: rows.slice(0, ARTICLES_A_PAGE), hasMore: rows.length > ARTICLES_A_PAGE };
};

const listing = async (context: CommandContext, state: MenuState, page: number): Promise<Ending> =>
  (await articlesOf(context, state, page)).items.length > 0 ? "listed" : "nothing-to-list";

const choose = async (
  context: CommandContext,
  desk: Desk,
  state: MenuState,
  action: MenuAction,
): Promise<{ ending: Ending; desk: Desk }> => {
  switch (action) {
    case "owed":
    case "paid":
    case "valve": {
      const isKnown = state.proved && desk.verifiedAccountId !== null;
      return { ending: isKnown ? "told" : "account-needed", desk };
    }
    case "building":
      return chooseBuilding(context, desk);
    case "knowledge":
      return { ending: await listing(context, state, 0), desk };
    case "call-back":
      return { ending: desk.callerNumber === null ? "no-number" : "call-back-offered", desk };
    case "language":
      return { ending: "switched", desk };
    case "agent":
      return { ending: await agentEnding(context, desk), desk };
    default:
      return never(action);
  }
};

const agentEnding = async (context: CommandContext, desk: Desk): Promise<Ending> => {
  if (await agentsFreeFor(context, desk)) return "agents-free";
  return desk.callerNumber === null ? "no-number" : "agents-away";
};

/** Who calls from the one number of one home need not type it. */
const chooseBuilding = async (
  context: CommandContext,
  desk: Desk,
): Promise<{ ending: Ending; desk: Desk }> => {
  if (desk.candidateAccountId !== null) return { ending: "told", desk };
  const homes =
    desk.callerNumber === null ? [] : await findHomesOfNumber(context.sql, desk.callerNumber, context.today);
  const [home] = homes;
  if (home === undefined || homes.length > 1) return { ending: "account-needed", desk };
  return { ending: "told", desk: { ...desk, candidateAccountId: home.accountId } };
};

const nameAccount = async (
  context: CommandContext,
  desk: Desk,
  state: MenuState,
  accountText: string,
): Promise<{ ending: Ending; desk: Desk }> => {
  const { accountId } = await resolveAccountNo(context.sql, accountText);
  const named = { ...desk, candidateAccountId: accountId, verifiedAccountId: null };
  // Whether the number exists is not said before the second factor.
  if (state.purpose !== null && needsProof(state.purpose)) return { ending: "proof-needed", desk: named };
  return { ending: accountId === null ? "account-unknown" : "told", desk: named };
};

/** Whose household it is that calls: an agent who takes the call later sees what the caller has proved. */
const bindToCall = async (context: CommandContext, desk: Desk, accountId: bigint | null): Promise<void> => {
  const callId = await findCallId(context.sql, desk.call);
  if (callId === null || accountId === null) return;
  const buildingId = await buildingOfAccount(context.sql, accountId);
  await setPlace(context.sql, { id: callId, accountId, buildingId, addressText: "" });
};

const prove = async (
  context: CommandContext,
  desk: Desk,
  tail: string,
): Promise<{ ending: Ending; desk: Desk }> => {
  const { sessionId, numberDigest, candidateAccountId: accountId } = desk;
  const proof = await proveCaller(context, { sessionId, numberDigest, accountId, tail });
  if (proof !== "proved") return { ending: proof, desk: { ...desk, verifiedAccountId: null } };
  await bindToCall(context, desk, accountId);
  return { ending: "told", desk: { ...desk, verifiedAccountId: accountId } };
};

const leaveCallBack = async (context: CommandContext, desk: Desk): Promise<Ending> => {
  if (desk.callerNumber === null) return "no-number";
  const callId = await findCallId(context.sql, desk.call);
  const { coldDay } = await currentAnnouncements(context.sql);
  await openCallBack(context, {
    number: desk.callerNumber,
    origin: coldDay === null ? "requested" : "cold-day",
    accountId: desk.verifiedAccountId,
    callId: callId ?? undefined,
  });
  return "left";
};

/** Carries an intent out, and says how it ended. One of the endings that the machine lists for it. */
export const carryOut = async (
  context: CommandContext,
  desk: Desk,
  state: MenuState,
  intent: Intent,
): Promise<CarriedOut> => {
  const agentsFree = () => agentsFreeFor(context, desk);
  const plain = (ending: Ending): CarriedOut => ({ ending, desk, agentsFree });
  switch (intent.kind) {
    case "choose":
      return { ...(await choose(context, desk, state, intent.action)), agentsFree };
    case "name-account":
      return { ...(await nameAccount(context, desk, state, intent.accountText)), agentsFree };
    case "prove":
      return { ...(await prove(context, desk, intent.tail)), agentsFree };
    case "read-article": {
      const { items } = await articlesOf(context, state, state.page);
      return plain(items[intent.index] === undefined ? "no-such-article" : "read");
    }
    case "turn-page":
      return plain(await listing(context, state, state.page + 1));
    case "list-articles":
      return plain(await listing(context, state, state.page));
    case "leave-call-back":
      return plain(await leaveCallBack(context, desk));
    case "repeat":
      return plain(state.node === "article" ? "read" : "told");
    default:
      return plain("done");
  }
};
