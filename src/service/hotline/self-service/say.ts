/**
 * From a move of the machine to sentences. What is told of a household is looked up here, after the machine let the caller to
 * the answer, and for the account that was proved: there is no other way from a bill to a caller's ear.
 */
import { never } from "#src/kernel/errors.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { currentAnnouncements } from "../announcements.ts";
import {
  affectedPhrases,
  buildingOfAccount,
  incidentPhrase,
  type Manner,
  requestValve,
  tellOwed,
  tellPaid,
} from "./answers.ts";
import { articlesOf, type Desk } from "./carry-out.ts";
import { countWithIncident, incidentOf } from "./doors.ts";
import { type Ending, type MachineWords, type MenuState, type Move } from "./menu-machine.ts";
import { findCallId, findHomesOfNumber } from "./menu-queries.ts";
import { isMenuWord, type Phrase } from "./words.ts";

const plain = (words: readonly MachineWords[]): Phrase[] => words.map((word) => ({ word }));

const optionPhrases = (desk: Desk): Phrase[] =>
  desk.options.flatMap(({ key, action }) => {
    const word = `option-${action}`;
    return isMenuWord(word) ? [{ word, values: { key } }] : [];
  });

/** By the second factor, or calling from a number on file, which is more than its last four digits. */
const isOfHousehold = async (
  { sql, today }: CommandContext,
  desk: Desk,
  state: MenuState,
  accountId: bigint,
): Promise<boolean> => {
  if (state.proved && desk.verifiedAccountId === accountId) return true;
  if (desk.callerNumber === null) return false;
  const homes = await findHomesOfNumber(sql, desk.callerNumber, today);
  return homes.some((home) => home.accountId === accountId);
};

const buildingAnswer = async (context: CommandContext, desk: Desk, state: MenuState): Promise<Phrase[]> => {
  const { sql, now } = context;
  const accountId = desk.candidateAccountId;
  if (accountId === null) return [{ word: "account-unknown" }];
  const buildingId = await buildingOfAccount(sql, accountId);
  const incident = await incidentOf(sql, buildingId, now);
  if (incident === null) return [{ word: "building-normal" }];
  const callId = await findCallId(sql, desk.call);
  if (callId !== null) await countWithIncident(context, incident.incidentId, callId, buildingId);
  const isKnown = await isOfHousehold(context, desk, state, accountId);
  return isKnown
    ? [incidentPhrase(incident, state.language)]
    : affectedPhrases(incident, now, state.language);
};

const answer = async (context: CommandContext, desk: Desk, state: MenuState): Promise<Phrase[]> => {
  const { purpose } = state;
  if (purpose === "building") return buildingAnswer(context, desk, state);
  const accountId = state.proved ? desk.verifiedAccountId : null;
  if (purpose === null || accountId === null) return [{ word: "refused" }];
  const manner: Manner = { language: state.language, medium: "voice" };
  switch (purpose) {
    case "owed":
      return tellOwed(context, accountId, manner);
    case "paid":
      return tellPaid(context, accountId, manner);
    case "valve":
      return requestValve(context, { accountId, channel: "self-service" }, manner);
    default:
      return never(purpose);
  }
};

const listed = async (context: CommandContext, state: MenuState): Promise<Phrase[]> => {
  const { items, hasMore } = await articlesOf(context, state, state.page);
  return [
    ...items.map(({ title }, index): Phrase => ({
      word: "knowledge-item",
      values: { title, key: String(index + 1) },
    })),
    ...(hasMore ? [{ word: "knowledge-more" } as const] : []),
  ];
};

const articleRead = async (context: CommandContext, state: MenuState): Promise<Phrase[]> => {
  const { items } = await articlesOf(context, state, state.page);
  const article = items[state.article ?? -1];
  return article === undefined
    ? [{ word: "no-such-article" }]
    : [{ word: "article", values: { spoken: article.spoken } }];
};

/** On a cold day the supervisor's words stand for "nobody is there". */
const beforeWords = async (context: CommandContext, move: Move): Promise<Phrase[]> => {
  if (!move.before.includes("agents-away")) return plain(move.before);
  const { coldDay } = await currentAnnouncements(context.sql);
  if (coldDay === null) return plain(move.before);
  const own = move.state.language === "en" && coldDay.textEn !== "" ? coldDay.textEn : coldDay.textZh;
  return [
    ...plain(move.before.filter((word) => word !== "agents-away")),
    { word: "incident-words", values: { script: own } },
  ];
};

/** Everything that is said after a move, in its order. */
export const phrasesOf = async (
  context: CommandContext,
  desk: Desk,
  move: Move,
  ending: Ending,
): Promise<Phrase[]> => {
  const { state } = move;
  const before = await beforeWords(context, move);
  const after = plain(move.after);
  if (state.node === "main") return [...before, ...after, ...optionPhrases(desk)];
  if (state.node === "knowledge") return [...before, ...(await listed(context, state)), ...after];
  if (state.node === "answer" && ending === "told") {
    return [...before, ...(await answer(context, desk, state)), ...after];
  }
  if (state.node === "article" && ending === "read") {
    return [...before, ...(await articleRead(context, state)), ...after];
  }
  return [...before, ...after];
};
