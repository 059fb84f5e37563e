/**
 * A call in the menu. Each message of the telephone is one command: it locks the call's session, carries out what the keys
 * mean, and answers what the caller hears next. The step that a reply asks for stands in the address that the keys go to, so a
 * repeated message gets the same reply again (for half a minute), and one of an earlier step, or of a call that is over, is
 * refused as stale: a recorded message makes the menu tell nothing.
 */
import { fail } from "#src/kernel/errors.ts";
import { parsePhone } from "#src/kernel/phone.ts";
import type { CommandContext } from "#src/platform/command.ts";
import type { VoiceReply } from "#src/platform/telephony/index.ts";
import { currentAnnouncements } from "../announcements.ts";
import { incidentPhrase } from "./answers.ts";
import { countWithIncident, incidentOf } from "./doors.ts";
import { carryOut, type Desk } from "./carry-out.ts";
import {
  agentsAway,
  firstState,
  keysOf,
  type MenuAction,
  type MenuInput,
  type MenuState,
  type Move,
  nextMove,
  readInput,
} from "./menu-machine.ts";
import {
  type CallName,
  findCallId,
  findHomesOfNumber,
  findVersion,
  findVersionInForce,
  findWords,
  insertSession,
  insertStep,
  isCallOver,
  lockSession,
  type MenuOutcome,
  type MenuSession,
  type MenuVersion,
  updateSession,
} from "./menu-queries.ts";
import { phrasesOf } from "./say.ts";
import { type Phrase, phraseText, type Wording } from "./words.ts";

/** What the caller hears, and under which step the keys come back. */
export type MenuReply = { readonly reply: VoiceReply; readonly nextStep: number };

const REPEATED_WITHIN_MS = 30_000;
const ANSWER_WITHIN_SECONDS = 8;

/** E.164, or null for a number that is withheld or cannot be called. */
const readNumber = (text: string | null): string | null => {
  if (text === null || !/\d{5}/.test(text)) return null;
  try {
    return parsePhone(text).number;
  } catch {
    // "anonymous", an extension, a number of a test: nobody is called back there.
    return null;
  }
};

const stale = (): never => fail("webhook.stale", "this call has gone on, or is over, since this message");

const repeated = (session: MenuSession, now: Date): MenuReply => {
  const isFresh = now.getTime() - session.lastAt.getTime() <= REPEATED_WITHIN_MS;
  return isFresh && session.lastReply !== null
    ? { reply: session.lastReply as VoiceReply, nextStep: session.step + 1 }
    : stale();
};

const replyOf = (move: Move, say: readonly string[]): VoiceReply => {
  const { node, language } = move.state;
  if (node === "agent") return { kind: "agent", language, say };
  if (node === "done") return { kind: "hang-up", language, say };
  return { kind: "gather", language, say, ...keysOf(node), timeoutSeconds: ANSWER_WITHIN_SECONDS };
};

const wordingOf = async (context: CommandContext, language: Wording["language"]): Promise<Wording> => {
  const rows = await findWords(context.sql, language);
  return { language, changed: new Map(rows.map((row) => [row.key, row.words])) };
};

const textOf = async (context: CommandContext, move: Move, phrases: readonly Phrase[]): Promise<string[]> => {
  const wording = await wordingOf(context, move.state.language);
  return phrases.map((phrase) => phraseText(phrase, wording)).filter((text) => text !== "");
};

/** The greeting, what everybody is told, and the incident of the home that this number belongs to. */
const openingWords = async (
  context: CommandContext,
  call: CallName,
  callerNumber: string | null,
): Promise<Phrase[]> => {
  const { sql, now, today } = context;
  const said = await currentAnnouncements(sql);
  const phrases: Phrase[] = [
    said.greeting === null
      ? { word: "welcome" }
      : { word: "incident-words", values: { script: said.greeting.textZh } },
    ...said.knownIncidents.map((known): Phrase => ({
      word: "incident-words",
      values: { script: known.textZh },
    })),
  ];
  const homes = callerNumber === null ? [] : await findHomesOfNumber(sql, callerNumber, today);
  const told = new Set(said.knownIncidents.map((known) => known.incidentId));
  const callId = await findCallId(sql, call);
  for (const { buildingId } of homes) {
    const incident = await incidentOf(sql, buildingId, now);
    if (incident === null) continue;
    const { incidentId } = incident;
    if (incidentId === null || !told.has(incidentId)) phrases.push(incidentPhrase(incident, "zh-CN"));
    if (incidentId !== null) told.add(incidentId);
    if (callId !== null) await countWithIncident(context, incidentId, callId, buildingId);
  }
  return phrases;
};

/** A call comes in. Repeating is safe; a call that is further on is `webhook.stale`. */
export const startMenu = async (
  context: CommandContext,
  call: CallName & { readonly from: string | null },
): Promise<MenuReply> => {
  const { sql, now } = context;
  // What the exchange sent late, of a call whose end it has told us before.
  if (await isCallOver(sql, call)) stale();
  const callerNumber = readNumber(call.from);
  const version = await findVersionInForce(sql, now);
  const state = firstState();
  const session = await insertSession(sql, {
    provider: call.provider,
    providerCallId: call.providerCallId,
    callerNumber,
    versionId: version.id,
    state: JSON.stringify(state),
    now,
  });
  if (session === null) {
    const known = await lockSession(sql, call);
    return known === null || known.step > 0 || known.endedAt !== null ? stale() : repeated(known, now);
  }
  const move: Move = { state, before: [], after: ["main-menu"], wantsAgent: false };
  const phrases = [
    ...(await openingWords(context, call, callerNumber)),
    ...(await phrasesOf(context, deskOf(session, version, null, call), move, "done")),
  ];
  const reply = replyOf(move, await textOf(context, move, phrases));
  await save(context, session, { move, step: 0, reply, outcome: null, desk: session });
  return { reply, nextStep: 1 };
};

const deskOf = (
  session: MenuSession,
  version: MenuVersion,
  numberDigest: Buffer | null,
  call: CallName,
): Desk => ({
  call,
  sessionId: session.id,
  callerNumber: session.callerNumber,
  numberDigest,
  options: version.options,
  candidateAccountId: session.candidateAccountId,
  verifiedAccountId: session.verifiedAccountId,
});

const save = (
  context: CommandContext,
  session: MenuSession,
  after: {
    readonly move: Move;
    readonly step: number;
    readonly reply: VoiceReply;
    readonly outcome: MenuOutcome | null;
    readonly desk: Pick<Desk, "candidateAccountId" | "verifiedAccountId">;
  },
) =>
  updateSession(context.sql, {
    id: session.id,
    state: JSON.stringify(after.move.state),
    step: after.step,
    candidateAccountId: after.desk.candidateAccountId,
    verifiedAccountId: after.desk.verifiedAccountId,
    lastReply: JSON.stringify(after.reply),
    outcome: after.outcome,
    now: context.now,
  });

const OUTCOMES: Readonly<Record<MenuState["wish"], MenuOutcome>> = {
  none: "hung-up",
  person: "hung-up",
  told: "self-served",
  "call-back-left": "call-back",
};

/** Who wanted a person and says nothing more has hung up like anybody else, whatever he was told before. */
const outcomeOf = ({ state }: Move): MenuOutcome | null => {
  if (state.node === "agent") return "agent";
  return state.node === "done" ? OUTCOMES[state.wish] : null;
};

export type Keys = MenuInput & { readonly step: number };

/**
 * Keys that a caller pressed, or none in time. `digestOf` makes of a number what attempts are counted by.
 * @throws DomainError `menu.no-call`, `webhook.stale`
 */
export const continueMenu = async (
  context: CommandContext,
  call: CallName,
  pressed: Keys,
  digestOf: (number: string | null) => Buffer | null,
): Promise<MenuReply> => {
  const { sql, now } = context;
  const session = await lockSession(sql, call);
  if (session === null) fail("menu.no-call", "this call did not begin with the menu");
  if (pressed.step === session.step && session.step > 0) return repeated(session, now);
  if (pressed.step !== session.step + 1 || session.endedAt !== null) return stale();
  const version = await findVersion(sql, session.versionId);
  const options = new Map<string, MenuAction>(version.options.map(({ key, action }) => [key, action]));
  const intent = readInput(session.state, pressed, options);
  const start = deskOf(session, version, digestOf(session.callerNumber), call);
  const { ending, desk, agentsFree } = await carryOut(context, start, session.state, intent);
  let move = nextMove(session.state, intent, ending);
  if (move.wantsAgent && !(await agentsFree())) move = agentsAway(move);
  const phrases = await phrasesOf(context, desk, move, ending);
  const reply = replyOf(move, await textOf(context, move, phrases));
  const step = session.step + 1;
  await insertStep(sql, {
    sessionId: session.id,
    step,
    node: session.state.node,
    intent: intent.kind === "choose" ? `choose-${intent.action}` : intent.kind,
    outcome: ending,
    now,
  });
  await save(context, session, { move, step, reply, outcome: outcomeOf(move), desk });
  return { reply, nextStep: step + 1 };
};
