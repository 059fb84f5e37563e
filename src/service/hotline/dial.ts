/**
 * Click-to-dial (点击外呼): an agent names whom, never which number, so nobody needs to see one to call it. The exchange fetches the
 * order within seconds and rings the agent's telephone first; what becomes of the call comes as its events.
 */
import { fail } from "#src/kernel/errors.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { storeCallback } from "#src/platform/telephony/index.ts";
import { accessTicket, reachOf } from "#src/service/tickets/index.ts";
import { accessAccount } from "#src/town/accounts/index.ts";
import { findSessionOf } from "./agent-queries.ts";
import { lockVisibleCallBack } from "./call-back-queries.ts";
import { accessCall } from "./calls.ts";
import {
  type DialOrder,
  findNumberOfAccount,
  findNumberOfPerson,
  insertDial,
  takeDials,
} from "./dial-queries.ts";

export type DialTarget =
  | { readonly callId: bigint }
  | { readonly callBackId: bigint }
  /** Whoever told of the case, else its household: after its closing, or with a question. */
  | { readonly ticketNo: string }
  | { readonly accountNo: string; readonly personId: bigint };

type Found = {
  readonly number: string | null;
  readonly accountId: bigint | null;
  readonly callBackId: bigint | null;
};

const findTarget = async (context: CommandContext, target: DialTarget): Promise<Found> => {
  const { sql, actor, today } = context;
  if ("callId" in target) {
    const call = await accessCall(sql, actor, target.callId, today);
    return { number: call.number, accountId: call.accountId, callBackId: null };
  }
  if ("callBackId" in target) {
    const back = await lockVisibleCallBack(sql, { id: target.callBackId, ...reachOf(actor, today) });
    if (back === null) return fail("call-back.not-found", "there is no such call-back");
    return { number: back.number, accountId: null, callBackId: back.id };
  }
  if ("ticketNo" in target) {
    const { accountId, callerNumber } = await accessTicket(sql, actor, target.ticketNo, today);
    const found =
      callerNumber !== null || accountId === null
        ? null
        : await findNumberOfAccount(sql, { accountId, day: today });
    return { number: callerNumber ?? found?.number ?? null, accountId, callBackId: null };
  }
  const account = await accessAccount(sql, actor, target.accountNo, today);
  const person = { accountId: account.id, personId: target.personId, day: today };
  const found = await findNumberOfPerson(sql, person);
  return { number: found?.number ?? null, accountId: account.id, callBackId: null };
};

/**
 * Orders a call from the agent's telephone. The number is neither given nor answered.
 * @throws DomainError `agent.not-signed-in`, `dial.no-number`, `call.not-found`, `call-back.not-found`, `ticket.not-found`,
 * `account.not-found`
 */
export const dial = async (context: CommandContext, target: DialTarget): Promise<bigint> => {
  const staffId = staffIdOf(context.actor);
  const session = staffId === null ? null : await findSessionOf(context.sql, staffId);
  if (session === null || staffId === null) {
    return fail("agent.not-signed-in", "you are not signed in at a telephone", {
      remedy: "sign in with your extension",
    });
  }
  const { number, ...rest } = await findTarget(context, target);
  if (number === null) fail("dial.no-number", "there is no number to call");
  const row = { staffId, extension: session.extension, number, ...rest, now: context.now };
  const { id } = await insertDial(context.sql, row);
  context.audit({ subject: `dial:${id}`, details: rest });
  return id;
};

const FRESH_MS = 60_000;
const AT_ONCE = 50;

/**
 * What the exchange is to dial now; each order is handed out once, and only within a minute. The same signed message a second
 * time gets nothing: whoever recorded one learns no numbers with it, and what is ordered waits for the next.
 */
export const handOutDials = async (context: CommandContext, signature: string): Promise<DialOrder[]> => {
  const { sql, now } = context;
  const message = { provider: "pbx", eventId: `dials:${signature.toLowerCase()}`, body: "{}", now } as const;
  if (!(await storeCallback(sql, message))) return [];
  return takeDials(sql, { now, since: new Date(now.getTime() - FRESH_MS), limit: AT_ONCE });
};
