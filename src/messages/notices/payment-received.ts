/**
 * Word of a payment that came in (到账短信), for companies that want it: one message a household and payment, or chunk of a bank's file; and
 * of one that was taken back after that was said.
 */
import { z } from "zod";
import { formatYuan } from "#src/kernel/money.ts";
import {
  addressOf,
  type ClaimCheck,
  numberOf,
  queueMany,
  queueMessage,
} from "#src/messages/messaging/index.ts";
import type { CommandContext } from "#src/platform/command.ts";
import type { Subscriber } from "#src/platform/outbox.ts";
import { field, word } from "#src/platform/setting-fields.ts";
import { declareSetting, readSetting } from "#src/platform/settings.ts";
import { findTakenBack, findToldOfPayment, receiptSelect } from "./reminder-queries.ts";

const wanted = declareSetting<boolean>({
  key: "notices.payment-received",
  schema: z.boolean(),
  // Quarter of a million text messages a season: a company decides that it wants them.
  standard: false,
  title: word("缴费到账短信", "Told that the money arrived"),
  fields: { "": field("到账后短信告知缴费人", "Tell whoever paid by text message") },
  meaning: {
    "zh-CN": "缴费到账后是否短信告知缴费人",
    en: "whether whoever paid is told by text message that the money arrived",
  },
});

/** Useless when it comes after the household has asked. */
const GOOD_FOR_MS = 2 * 86_400_000;

const tellPayers = async (context: CommandContext, paymentIds: readonly bigint[]): Promise<void> => {
  if (paymentIds.length === 0 || !(await readSetting(context.sql, wanted))) return;
  const ids = paymentIds.toSorted((a, b) => (a < b ? -1 : 1));
  for (const channel of ["sms", "email"] as const) {
    await queueMany(context, {
      purpose: "payment-receipt",
      channel,
      step: `payments:${ids[0]}-${ids.at(-1)}`,
      regarding: "",
      template: "payment-received",
      expiresAt: new Date(context.now.getTime() + GOOD_FOR_MS),
      select: receiptSelect(channel),
      bindings: { paymentIds: ids, paidOn: context.today },
    });
  }
};

/** Whoever was told that a payment arrived is told that it was taken back, by the same way; nobody else is. */
const tellTakenBack = async (context: CommandContext, paymentId: bigint): Promise<void> => {
  const told = await findToldOfPayment(context.sql, paymentId);
  if (told === null) return;
  const [number, email] = [numberOf(told.recipient), addressOf(told.recipient)];
  const personId = /^person:(\d{1,18})$/.exec(told.recipient)?.[1];
  await queueMessage(context, {
    purpose: "payment-receipt",
    channel: told.channel,
    to: {
      number: number ?? undefined,
      email: email ?? undefined,
      personId: personId === undefined ? undefined : BigInt(personId),
    },
    accountId: told.accountId,
    template: "payment-taken-back",
    locale: told.locale,
    variables: { homes: told.home, amount: formatYuan(told.amountFen) },
    uniqueKey: `payment-back:${paymentId}`,
  });
};

export const paymentReceivedSubscriber: Subscriber = {
  name: "payment-received",
  handlers: {
    "payment.posted": (context, event) => tellPayers(context, [event.payload.paymentId]),
    "payments.imported": (context, event) => tellPayers(context, event.payload.paymentIds),
    "payment.reversed": (context, event) => tellTakenBack(context, event.payload.paymentId),
  },
};

/** A payment that was taken back before its message was called did not arrive. */
export const paymentReceivedCheck: ClaimCheck = {
  name: "payment-received",
  purposePrefix: "payment-receipt",
  check: async (sql, homes) => {
    const asked = homes.flatMap(({ messageId, accountId, step }) => {
      const ids = /^payments:(\d{1,18})-(\d{1,18})$/.exec(step);
      return ids?.[1] === undefined || ids[2] === undefined || accountId === null
        ? []
        : [{ messageId, accountId, firstId: BigInt(ids[1]), lastId: BigInt(ids[2]) }];
    });
    if (asked.length === 0) return [];
    const gone = await findTakenBack(sql, {
      messageIds: asked.map((one) => one.messageId),
      accountIds: asked.map((one) => one.accountId),
      firstIds: asked.map((one) => one.firstId),
      lastIds: asked.map((one) => one.lastId),
    });
    return gone.map((one) => ({ ...one, reason: "payment-taken-back" }));
  },
};
