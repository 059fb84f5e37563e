/** Who sits in front of the page inside WeChat's browser: asked once a session, by a code that comes back with the session's own state. */
import { fail } from "#src/kernel/errors.ts";
import { newSecret } from "#src/kernel/ids.ts";
import { wechatPortOf } from "#src/money/collection/index.ts";
import type { Actor } from "#src/platform/actor.ts";
import type { Platform } from "#src/platform/route.ts";
import type { Sql } from "#src/platform/sql.ts";
import { digestOfReference } from "./digests.ts";
import { noteOpenid, noteWechatState, openidOfSession, spendWechatState } from "./session-queries.ts";
import { sessionIdOf } from "./sessions.ts";

const STATE_GOOD_FOR_MS = 10 * 60_000;
/** Where WeChat sends the browser back to: a page, which gives code and state to the API. */
export const WECHAT_RETURN_PATH = "/me/wechat";

const requireWechat = (platform: Platform) =>
  wechatPortOf(platform) ??
  fail("wallet.not-set-up", "nothing can be paid inside WeChat here", {
    remedy: "choose another way of paying",
  });

/** The address that asks WeChat; what comes back is taken for this session alone. */
export const askWechat = async (platform: Platform, actor: Actor, requestId: string): Promise<string> => {
  const port = requireWechat(platform);
  const state = newSecret();
  const sessionId = sessionIdOf(actor);
  await platform.commands.run({ name: "household.ask-wechat", actor, requestId }, async (context) => {
    const until = new Date(context.now.getTime() + STATE_GOOD_FOR_MS);
    await noteWechatState(context.sql, { id: sessionId, stateHash: digestOfReference(state), until });
    context.audit({ subject: `household-session:${sessionId}`, details: { wechat: "asked" } });
  });
  return port.authorizeUrl({ returnUrl: `${platform.publicUrl}${WECHAT_RETURN_PATH}`, state });
};

const refuse = (): never =>
  fail("wallet.wechat-refused", "WeChat's answer does not belong to this visit, or is too old", {
    remedy: "begin the payment again",
  });

/**
 * Takes what WeChat gave the browser. The state is spent first, so that an answer is taken once and nobody else's is.
 * @throws DomainError `wallet.not-set-up`, `wallet.wechat-refused`, `wallet.wechat-silent`
 */
export const takeWechatAnswer = async (
  platform: Platform,
  actor: Actor,
  answer: { readonly code: string; readonly state: string; readonly requestId: string },
): Promise<void> => {
  const port = requireWechat(platform);
  const { requestId } = answer;
  const id = sessionIdOf(actor);
  const { result: isOurs } = await platform.commands.run(
    { name: "household.spend-wechat-state", actor, requestId },
    async (context) => {
      const stateHash = digestOfReference(answer.state);
      const spent = await spendWechatState(context.sql, { id, stateHash, now: context.now });
      context.audit({
        subject: `household-session:${id}`,
        details: { wechat: spent ? "came back" : "foreign" },
      });
      return spent;
    },
  );
  if (!isOurs) return refuse();
  const person = await port.openidOf(answer.code);
  if (person.kind === "refused") return refuse();
  if (person.kind === "unknown") {
    return fail("wallet.wechat-silent", "WeChat does not answer at the moment", {
      remedy: "try again in a minute, or pay in another browser",
    });
  }
  await platform.commands.run({ name: "household.note-openid", actor, requestId }, async (context) => {
    await noteOpenid(context.sql, { id, openid: person.openid });
    // Who it is stays out of the audit: it names a person at WeChat.
    context.audit({ subject: `household-session:${id}`, details: { wechat: "known" } });
  });
};

/** What the page needs to know: whether WeChat's browser pays by itself here, and whether it is known who sits in it. */
export const wechatStanding = async (platform: Platform, actor: Actor) => ({
  available: wechatPortOf(platform) !== null,
  known: (await openidOfSession(platform.database.sql, sessionIdOf(actor))) !== null,
});

/** @throws DomainError `wallet.wechat-unknown` */
export const requireOpenid = async (sql: Sql, actor: Actor): Promise<string> =>
  (await openidOfSession(sql, sessionIdOf(actor))) ??
  fail("wallet.wechat-unknown", "it is not known yet who pays inside WeChat", {
    remedy: "let the page ask WeChat first",
  });
