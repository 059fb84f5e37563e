/** Money that the bank reported for one home and that belongs to another: the bank day knows it as one payment. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { readBankDay, requestResolution, resolveBreak } from "#src/bank/reconciliation/index.ts";
import { accessPayment, movePayment, requestMove, reverseByMessage } from "#src/money/collection/index.ts";
import { plantedAccountNo } from "#tests/support/town.ts";
import {
  bankRow,
  BILL_FEN,
  buildBankTown,
  type BankTown,
  FILE_CHANNEL,
  importFile,
  LIVE_CHANNEL,
  onDay,
  postLive,
  refusalOf,
  standing,
  writeBankFile,
} from "#tests/support/bank-town.ts";

let town: BankTown;
beforeAll(async () => {
  town = await buildBankTown({ at: "2026-11-10T13:00:00+08:00", households: 50 });
});
afterAll(() => town.drop());

const TENTH = onDay("2026-11-10");

const move = async (serial: string, to: number): Promise<void> => {
  const { id } = await town.db.owner.sql.one<{ id: bigint }>(
    "select id from payments where serial = :serial",
    {
      serial,
    },
  );
  const order = { accountNo: plantedAccountNo(to), reason: "door mixed up" };
  const approvalId = await town.as(town.finance, (context) => requestMove(context, id, order));
  await town.approve(approvalId);
  await town.as(town.finance, (context) => movePayment(context, id, { ...order, approvalId }));
};

test("moved before its file came, or afterwards: the day balances and nothing is missing", async () => {
  await postLive(
    town,
    ["V1", "V2", "V3"].map((serial, n) => ({
      serial,
      household: n + 1,
      paidAt: "2026-11-10T12:00:00+08:00",
    })),
  );
  await move("V1", 11);
  town.db.clock.set("2026-11-11T09:00:00+08:00");
  const file = await writeBankFile(town, [bankRow("V1", 1), bankRow("V2", 2), bankRow("V3", 3)]);
  const report = await importFile(town, file, { channel: LIVE_CHANNEL });
  expect(report.counts).toEqual({ proved: 3 });
  await move("V2", 12);

  const view = await readBankDay(town.db.owner.sql, LIVE_CHANNEL, TENTH);
  expect(view.bridge.ours.items).toBe(3n);
  expect(view.breaks).toEqual([]);
  for (const side of Object.values(view.bridge.differences)) expect(side.items).toBe(0n);
  expect(await town.offenders()).toEqual([]);
});

const back = (serial: string, household: number) =>
  bankRow(`${serial}R`, household, { kind: "reversal", originalSerial: serial });
const PAID = { openFen: 0n, prepaidFen: 0n };
const OPEN = { openFen: BILL_FEN, prepaidFen: 0n };

test("and the bank takes it back: a channel in real time names it, and it is reversed where it is", async () => {
  const report = await importFile(
    town,
    await writeBankFile(town, [back("V1", 1)], { bankDay: onDay("2026-11-11") }),
    { channel: LIVE_CHANNEL },
  );
  expect(report.counts).toEqual({ break: 1 });
  expect(await standing(town, 11)).toEqual(PAID);
  const { id } = await town.db.owner.sql.one<{ id: bigint }>(
    "select b.id from breaks b join bank_lines l on l.id = b.bank_line_id where l.serial = 'V1R'",
  );
  const order = { breakId: id, action: "reverse" as const, reason: "the bank took it back" };
  const approvalId = await town.as(town.finance, (context) => requestResolution(context, order));
  await town.approve(approvalId);
  await town.as(town.finance, (context) => resolveBreak(context, { ...order, approvalId }));
  expect(await standing(town, 11)).toEqual(OPEN);
  expect(await town.offenders()).toEqual([]);
});

test("and the bank takes it back: a channel told by files reverses it where it is, moved once or twice", async () => {
  await importFile(town, await writeBankFile(town, [bankRow("X1", 21), bankRow("X2", 22)]));
  await move("X1", 31);
  await move("X2", 32);
  const { serial } = await town.db.owner.sql.one<{ serial: string }>(
    "select m.serial from payments m join payments p on p.id = m.moved_from_id where p.serial = 'X2'",
  );
  await move(serial, 33);
  const report = await importFile(
    town,
    await writeBankFile(town, [back("X1", 21), back("X2", 22)], { bankDay: onDay("2026-11-11") }),
  );
  expect(report.counts).toEqual({ reversed: 2 });
  for (const household of [21, 22, 31, 32, 33]) expect(await standing(town, household)).toEqual(OPEN);
  const told = await town.db.owner.sql.rows<{ subject: string }>(
    `select e.subject from outbox_events e where e.type = 'payment.reversed' order by e.id desc limit 2`,
  );
  expect(told.map((one) => one.subject).sort()).toEqual(["account:31", "account:33"]);
  const { fen } = await town.db.owner.sql.one<{ fen: bigint }>(
    `select coalesce(sum(case when t.debit = 'channel_clearing' then t.amount_fen else -t.amount_fen end), 0)::bigint as fen
     from transfers t join channels c on c.id = t.channel_id
     where c.code = :channel and 'channel_clearing' in (t.debit, t.credit)`,
    { channel: FILE_CHANNEL },
  );
  expect(fen).toBe(0n);
  expect(await town.offenders()).toEqual([]);
});

test("a message that takes it back is told that it was moved, and nothing is reversed", async () => {
  const { id, channel } = await town.db.owner.sql.one<{ id: bigint; channel: number }>(
    `select id, channel_id as channel from payments where serial = 'V2'`,
  );
  const machine = {
    kind: "machine" as const,
    id: 900n,
    name: "bank",
    roles: ["bank-channel"] as const,
    scope: { kind: "everything" } as const,
    channelId: channel,
  };
  const refused = await refusalOf(
    town.as(machine, async (context) =>
      reverseByMessage(context, await accessPayment(context.sql, machine, id, context.today), {
        reason: "typed twice",
        serial: "V2R",
      }),
    ),
  );
  expect(refused.code).toBe("payment.moved");
  expect(await standing(town, 12)).toEqual(PAID);
});

test("a reversal that a defect would call proved while the money stands elsewhere is found by row", async () => {
  const rows = await writeBankFile(town, [back("V2", 2)], { bankDay: onDay("2026-11-11") });
  await importFile(town, rows, { channel: LIVE_CHANNEL });
  await town.db.owner.sql.run("update bank_lines set state = 'proved' where serial = 'V2R'");
  expect((await town.offenders()).map((one) => one.rule)).toContain(
    "a line that was posted or proved names a payment of its channel, serial and amount",
  );
});
