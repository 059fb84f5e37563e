/** From a channel's serial to the payment that its reversal message means. */
import { fail } from "#src/kernel/errors.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { accessPayment } from "./access-payment.ts";
import { findPaymentBySerial, type StoredPayment } from "./queries.ts";
import { findReversalBySerial } from "./reversal-queries.ts";

/**
 * The payment of the acting channel with this serial.
 * @throws DomainError `forbidden.channel` for an actor without a channel, `payment.not-found`, and
 * `payment.not-reversible` when the serial is that of a reversal: a reversal is not reversed, the money is taken anew
 */
export const findMessagePayment = async (
  context: CommandContext,
  originalSerial: string,
): Promise<StoredPayment> => {
  const { sql, actor, today } = context;
  if (actor.kind !== "machine" || actor.channelId === undefined) {
    return fail("forbidden.channel", "reversal messages come from the machine of a channel", {
      remedy: "people correct a payment with an approval (POST /payments/{id}/reversal)",
    });
  }
  const payment = await findPaymentBySerial(sql, actor.channelId, originalSerial);
  if (payment !== null) return accessPayment(sql, actor, payment.paymentId, today);
  if ((await findReversalBySerial(sql, actor.channelId, originalSerial)) !== null) {
    fail("payment.not-reversible", "this serial is a reversal, and a reversal is not reversed", {
      field: "originalSerial",
      remedy: "send the money as a new payment with a new serial",
    });
  }
  return fail("payment.not-found", "the channel has no payment with this serial", {
    field: "originalSerial",
  });
};
