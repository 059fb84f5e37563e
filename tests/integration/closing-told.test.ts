/** A valve is closed on nobody who was not told: by a message that arrived, a call, or somebody at the door. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Day, day } from "#src/kernel/day.ts";
import { reminderSubscriber, toldOfClosing } from "#src/messages/notices/index.ts";
import { runProofs } from "#src/money/ledger/index.ts";
import { makeClosingList, reminderProofs } from "#src/money/reminders/index.ts";
import { closeTask } from "#src/office/tasks/index.ts";
import { createRemindedTown, type RemindedTown } from "#tests/support/reminded-town.ts";

const ARRIVES = "10000001";
const FAILS = "10000002";
const SILENT = "10000003";
const BY_MAIL = "10000004";
const UNSURE = "10000005";
const NUMBERS: Readonly<Record<string, string>> = {
  [ARRIVES]: "13812340001",
  [FAILS]: "13812340002",
  [SILENT]: "13812340003",
  [BY_MAIL]: "13812340004",
  [UNSURE]: "13812340005",
};

let town: RemindedTown;
let noticeId: bigint;
beforeAll(async () => {
  town = await createRemindedTown(NUMBERS, "2026-11-15T10:00:00+08:00");
  await town.db.owner.sql.run(
    `with gone as (delete from person_phones where number in ('+8613812340003', '+8613812340004') returning person_id, number)
     insert into person_mails (person_id, address, source, recorded_at)
     select person_id, 'chen@example.com', 'test', now() from gone where number = '+8613812340004'`,
  );
}, 60_000);
afterAll(() => town.close());

const at = (instant: string): void => town.db.clock.set(`2026-11-${instant}+08:00`);
const make = (asOf: Day) => town.run((context) => makeClosingList(context, asOf, toldOfClosing));
const rowsOf = async (listId: bigint): Promise<string[]> =>
  (
    await town.rows<{ row: string }>(
      `select account.account_no || ' ' || row.notified_on as row from closing_list_rows row
       join heat_accounts account on account.id = row.account_id where row.list_id = :listId order by 1`,
      { listId },
    )
  ).map(({ row }) => row);
const proofsOf = async (listId: bigint): Promise<string[]> =>
  (
    await town.rows<{ by: string }>("select told_by as by from closing_list_rows where list_id = :listId", {
      listId,
    })
  ).map(({ by }) => by);
const end = async (kind: string, accountNo: string, result: string | null): Promise<void> => {
  const task = (await tasksOf(kind)).find((one) => one.accountNo === accountNo && one.state === "open");
  await town.run((context) => closeTask(context, task?.id ?? 0n, 1, "rang, went there", result));
};
const tasksOf = (kind: string) =>
  town.rows<{ id: bigint; accountNo: string; state: string; title: string }>(
    `select task.id, account.account_no as "accountNo", task.state, task.title from tasks task
     join heat_accounts account on account.id = task.account_id where task.kind = :kind order by task.id`,
    { kind },
  );

test("a notice that nobody has begun has told nobody", async () => {
  const { runId, stage, entered } = await town.advance();
  expect([stage, entered]).toEqual(["valve-notice", 5n]);
  await town.handle();
  noticeId = await town.noticeOfRun(runId);
  at("16T09:00:00");
  const { list, untold } = await make(day("2026-11-15"));
  expect([list.rowCount, untold]).toEqual([0, { waiting: 5, visits: 0 }]);
  expect(await tasksOf("payment-visit")).toEqual([]);
});

test("by mail whoever has no mobile; a failed one is a call, a home without any way a visit", async () => {
  await town.start(noticeId);
  await town.sendDue();
  const ways = await town.rows<{ accountNo: string; channel: string; state: string }>(
    `select account.account_no as "accountNo", message.channel, message.state from messages message
     join heat_accounts account on account.id = message.account_id
     where message.regarding = 'notice:' || :noticeId order by 1`,
    { noticeId },
  );
  expect(ways).toEqual([
    { accountNo: ARRIVES, channel: "sms", state: "accepted" },
    { accountNo: FAILS, channel: "sms", state: "accepted" },
    { accountNo: BY_MAIL, channel: "email", state: "accepted" },
    { accountNo: UNSURE, channel: "sms", state: "accepted" },
  ]);
  const [mail] = await town.rows<{ subject: string; body: string }>(
    "select subject, body from outbox_viewer where channel = 'email'",
  );
  expect(mail?.subject).toBe("供热缴费通知：将按不用热办理");
  expect(mail?.body).toContain("2052.00 元");
  for (const one of town.gateway.log.taken) {
    if (one.to === `+86${NUMBERS[ARRIVES]}`) town.gateway.end(one.ref, "delivered", "");
    if (one.to === `+86${NUMBERS[FAILS]}`) town.gateway.end(one.ref, "undelivered", "UNDELIV");
  }
  for (const one of town.gateway.log.taken) {
    if ([NUMBERS[ARRIVES], NUMBERS[FAILS]].some((number) => one.to === `+86${number}`)) {
      await town.receipts(town.reportsOf(one));
    }
  }
  await town.handle();
  at("17T09:00:00");
  const { list, untold } = await make(day("2026-11-16"));
  // A mail that a server took, or that stands in the outbox viewer, has told nobody.
  expect(await rowsOf(list.id)).toEqual([`${ARRIVES} 2026-11-16`]);
  expect(await proofsOf(list.id)).toEqual([expect.stringMatching(/^message:\d+$/)]);
  // One waits for its receipt, one for its call; to two somebody goes.
  expect(untold).toEqual({ waiting: 2, visits: 2 });
  expect(await tasksOf("payment-call")).toMatchObject([{ accountNo: FAILS, state: "open" }]);
  expect(await tasksOf("payment-visit")).toMatchObject([
    {
      accountNo: SILENT,
      state: "open",
      title: `上门送达关阀告知：户号 ${SILENT}，通知未送达 Tell this home at its door that its valve will be closed: no notice arrived`,
    },
    { accountNo: BY_MAIL, state: "open" },
  ]);
});

test("a call that nobody answered and a door that nobody opened have told nobody: somebody goes there, and again", async () => {
  await expect(end("payment-call", FAILS, null)).rejects.toMatchObject({ code: "task.result-needed" });
  await expect(end("payment-call", FAILS, "done")).rejects.toMatchObject({ code: "task.result-needed" });
  await end("payment-call", FAILS, "not-reached");
  await end("payment-visit", SILENT, "not-reached");
  await end("payment-visit", BY_MAIL, "refused");
  at("18T09:00:00");
  const { list, untold } = await make(day("2026-11-17"));
  expect(await rowsOf(list.id)).toEqual([`${ARRIVES} 2026-11-16`]);
  expect(untold).toEqual({ waiting: 1, visits: 3 });
  expect(
    (await tasksOf("payment-visit")).map(({ accountNo, state }) => `${accountNo} ${state}`).toSorted(),
  ).toEqual([`${FAILS} open`, `${SILENT} done`, `${SILENT} open`, `${BY_MAIL} done`, `${BY_MAIL} open`]);
});

test("a visit that told it has; a payment takes the visit back", async () => {
  await end("payment-visit", FAILS, "told");
  await end("payment-visit", SILENT, "told");
  at("19T09:00:00");
  const { list, untold } = await make(day("2026-11-18"));
  expect(await rowsOf(list.id)).toEqual([
    `${ARRIVES} 2026-11-16`,
    `${FAILS} 2026-11-18`,
    `${SILENT} 2026-11-18`,
  ]);
  expect((await proofsOf(list.id)).filter((proof) => proof.startsWith("task:"))).toHaveLength(2);
  expect(untold).toEqual({ waiting: 1, visits: 1 });
  expect(await runProofs(town.db.database, reminderProofs)).toEqual([]);
  // The list of the day before stays as it was made.
  expect((await make(day("2026-11-16"))).list.rowCount).toBe(1);
  await town.pay(BY_MAIL);
  await town.handle([reminderSubscriber]);
  expect((await tasksOf("payment-visit")).filter(({ state }) => state === "recalled")).toMatchObject([
    { accountNo: BY_MAIL },
  ]);
});
