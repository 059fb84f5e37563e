/**
 * A channel's payment in one statement (migrations/routines/collection-take-payment.sql): the ordinary case of the one
 * command that comes a thousand times a second. It knows no refusals; what it cannot do it leaves to the long way.
 */
import { dayOfInstant } from "#src/kernel/day.ts";
import { type Actor, staffIdOf } from "#src/platform/actor.ts";
import type { Idempotency } from "#src/platform/command.ts";
import { failpoint } from "#src/platform/failpoint.ts";
import type { Platform } from "#src/platform/route.ts";
import type { PaymentAnswer, PaymentRequest, PaymentTerms } from "./post-payment.ts";
import { takePaymentAtOnce } from "./queries.ts";

/** Not at once, a lock not had in time, a serialization failure, a deadlock: the long way answers or tries again. */
const LEFT_TO_THE_LONG_WAY = new Set(["NY003", "55P03", "40001", "40P01"]);

/**
 * The answer, or null when the payment has to take the long way: it names a bill, a shift or an approval, comes with no key or with one
 * that was used, its caller is bound to areas, its account is not found by its own number, or its serial was used. Nothing is
 * left behind then. Locks the account. Repeating is safe: the key decides.
 */
export const takeAtOnce = async (
  platform: Platform,
  actor: Actor,
  terms: PaymentTerms,
  request: PaymentRequest,
  options: { readonly idempotency?: Idempotency | undefined; readonly requestId?: string | undefined },
): Promise<PaymentAnswer | null> => {
  const { idempotency } = options;
  const { scope } = actor;
  const ordinary =
    request.billNo === undefined &&
    request.shiftId === undefined &&
    request.approvalId === undefined &&
    terms.channel.kind !== "counter";
  if (idempotency === undefined || !ordinary || scope.kind === "areas") return null;
  const now = platform.clock.now();
  try {
    const taking = takePaymentAtOnce<PaymentAnswer>(platform.database.sql, {
      scope: idempotency.scope,
      key: idempotency.key,
      hash: idempotency.requestHash,
      requestId: options.requestId ?? null,
      actorId: actor.id,
      actorKind: actor.kind,
      actorName: actor.name,
      staffId: staffIdOf(actor),
      accountNo: request.accountNo,
      onlyAccounts: scope.kind === "accounts" ? scope.accountIds : null,
      channelId: terms.channel.id,
      channel: terms.channel.code,
      tender: terms.tender,
      accountingDate: dayOfInstant(now),
      now,
      nowText: now.toISOString(),
      policy: terms.policy,
      seasonId: terms.seasonId,
      amountFen: request.amountFen,
      serial: request.serial,
      paidAt: request.paidAt,
      paidAtText: request.paidAt.toISOString(),
      valueDate: dayOfInstant(request.paidAt),
    });
    taking.catch(() => undefined);
    // With the statement on its way: whether it commits is then the database's to say.
    await failpoint("before-commit");
    const { answer } = await taking;
    if (answer !== null) await failpoint("after-commit");
    return answer;
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (typeof code === "string" && LEFT_TO_THE_LONG_WAY.has(code)) return null;
    throw error;
  }
};
