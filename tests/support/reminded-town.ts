/** Homes with bills, a gateway that is simulated over real HTTP, and two people who approve: from the ladder to the phone. */
import { fen } from "#src/kernel/money.ts";
import { paymentNoticeCheck, paymentReceivedCheck, reminderSubscriber } from "#src/messages/notices/index.ts";
import { accessPayment, reverseByMessage, takePayment } from "#src/money/collection/index.ts";
import { type Advance, advanceLadder } from "#src/money/reminders/index.ts";
import type { Actor } from "#src/platform/actor.ts";
import type { Subscriber } from "#src/platform/outbox.ts";
import { handleEvents } from "./handle-events.ts";
import { openNoticeDesk } from "./notice-town.ts";
import { noticeOfRun, startDrafted } from "./start-notice.ts";
import { createSendingTown, type SendingTown } from "./sending.ts";
import { as } from "./tickets.ts";
import { plantBills, plantSeasons } from "./town.ts";

export type RemindedTown = SendingTown & {
  readonly bank: Actor;
  readonly maker: Actor;
  readonly checker: Actor;
  advance(): Promise<Advance>;
  handle(subscribers?: readonly Subscriber[]): Promise<void>;
  noticeOfRun(runId: bigint | null): Promise<bigint>;
  /** Sample, request, approval, start and fan-out, by two people. */
  start(noticeId: bigint): Promise<void>;
  pay(accountNo: string, amount?: number): Promise<bigint>;
  takeBack(paymentId: bigint): Promise<void>;
  /** What the gateway took for a number since the start, without samples. */
  told(number: string): string[];
};

/** `homes`: account number and mobile of each; every home has an offer of 2026, 2,052.00 yuan. */
export const createRemindedTown = async (
  homes: Readonly<Record<string, string>>,
  at = "2026-10-20T10:00:00+08:00",
): Promise<RemindedTown> => {
  const sending = await createSendingTown(at);
  const { db, platform } = sending;
  for (const [accountNo, number] of Object.entries(homes)) await sending.home(accountNo, number);
  await plantSeasons(db.owner, 2025, 2026);
  await plantBills(db.owner, 2026, "offered");
  await db.owner.sql.run(
    `insert into channels (id, code, name, kind, real_time) values (2, 'bank-a', 'A 银行', 'bank', true)`,
  );
  sending.checks.push(paymentNoticeCheck, paymentReceivedCheck);
  const { maker, checker } = await openNoticeDesk(db);
  const bank: Actor = {
    kind: "machine",
    id: 901n,
    name: "bank-a",
    roles: ["bank-channel"],
    scope: { kind: "everything" },
    channelId: 2,
  };
  let serial = 0;
  return {
    ...sending,
    bank,
    maker,
    checker,
    advance: () => advanceLadder(platform, { actor: db.actor }),
    handle: (subscribers = [reminderSubscriber]) => handleEvents(db, subscribers),
    noticeOfRun: (runId) => noticeOfRun(db, runId),
    start: (noticeId) => startDrafted(db, { maker, checker }, noticeId),
    pay: async (accountNo, amount = 205_200) => {
      serial += 1;
      const paidAt = db.clock.now();
      const request = { accountNo, amountFen: fen(amount), channel: "bank-a", serial: `P-${serial}`, paidAt };
      const { result } = await takePayment(platform, bank, request, {});
      return BigInt(result.paymentId);
    },
    takeBack: async (paymentId) => {
      serial += 1;
      const message = { reason: "the bank took it back", serial: `R-${serial}` };
      await as(db, bank, async (context) =>
        reverseByMessage(context, await accessPayment(context.sql, bank, paymentId, context.today), message),
      );
    },
    told: (number) =>
      sending.gateway.log.taken.filter((one) => one.to === `+86${number}`).map((one) => one.text),
  };
};
