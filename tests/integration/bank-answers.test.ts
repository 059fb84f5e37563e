/**
 * What people may answer to a difference, by what its line is: a line by which the bank took money back brings none, and a
 * credit that is held is held once. Clearing is right to the fen afterwards, and the proofs would see it if it were not.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  requestClaim,
  requestResolution,
  requestReturn,
  type Resolution,
  resolveBreak,
  returnSuspense,
} from "#src/bank/reconciliation/index.ts";
import type { DelimitedRow } from "#src/bank/channels/index.ts";
import { correctPayment, requestReversal } from "#src/money/collection/index.ts";
import { plantedAccountNo } from "#tests/support/town.ts";
import { writeStatement } from "#tests/support/statement-file.ts";
import {
  bankRow,
  BILL_FEN,
  buildBankTown,
  type BankTown,
  FILE_CHANNEL,
  importFile,
  LIVE_CHANNEL,
  postLive,
  refusalOf,
  standing,
  writeBankFile,
} from "#tests/support/bank-town.ts";

let town: BankTown;
beforeAll(async () => {
  town = await buildBankTown({ households: 80 });
});
afterAll(() => town.drop());

const take = async (channel: string, rows: readonly DelimitedRow[]) =>
  importFile(town, await writeBankFile(town, rows), { channel });
const pay = (serial: string, household: number) =>
  postLive(town, [{ serial, household, paidAt: "2026-11-10T12:00:00+08:00" }]);
const breakOf = async (serial: string): Promise<bigint> =>
  (
    await town.db.owner.sql.one<{ id: bigint }>(
      `select b.id from breaks b join bank_lines l on l.id = b.bank_line_id where l.serial = :serial
       order by b.id desc limit 1`,
      { serial },
    )
  ).id;
const order = async (serial: string, action: Resolution) => ({
  breakId: await breakOf(serial),
  action,
  reason: "looked at it",
});
const answer = async (serial: string, action: Resolution): Promise<string> => {
  const one = await order(serial, action);
  return town.as(town.finance, (context) => resolveBreak(context, one));
};
const refused = async (serial: string, action: Resolution): Promise<string> =>
  (await refusalOf(answer(serial, action))).code;
const answerByTwo = async (serial: string, action: Resolution): Promise<void> => {
  const one = await order(serial, action);
  const approvalId = await town.as(town.finance, (context) => requestResolution(context, one));
  await town.approve(approvalId);
  await town.as(town.finance, (context) => resolveBreak(context, { ...one, approvalId }));
};
/** What clearing and suspense of a channel moved by while something was done. */
const moved = async (channel: string, work: () => Promise<unknown>): Promise<Record<string, bigint>> => {
  const balances = () =>
    town.db.owner.sql.one<{ clearing: bigint; suspense: bigint }>(
      `select coalesce(sum(case when t.debit = 'channel_clearing' then t.amount_fen when t.credit = 'channel_clearing' then -t.amount_fen end), 0)::bigint
         as clearing,
         coalesce(sum(case when t.credit = 'suspense' then t.amount_fen when t.debit = 'suspense' then -t.amount_fen end), 0)::bigint
         as suspense
       from transfers t join channels c on c.id = t.channel_id where c.code = :channel`,
      { channel },
    );
  const before = await balances();
  await work();
  const after = await balances();
  return { clearing: after.clearing - before.clearing, suspense: after.suspense - before.suspense };
};

describe("a reversal of the bank", () => {
  test("whose payment we do not have is neither held nor posted", async () => {
    await take(LIVE_CHANNEL, [bankRow("A1", 1, { kind: "reversal", originalSerial: "NOWHERE" })]);
    const changed = await moved(LIVE_CHANNEL, async () => {
      expect(await refused("A1", "suspense")).toBe("break.wrong-answer");
      expect((await refusalOf(answerByTwo("A1", "back-post"))).code).toBe("break.wrong-answer");
      expect((await refusalOf(answerByTwo("A1", "reverse"))).code).toBe("break.no-payment");
      expect(await answer("A1", "dismiss")).toBe("dismissed");
    });
    expect(changed).toEqual({ clearing: 0n, suspense: 0n });
    expect(await town.offenders()).toEqual([]);
  });

  test("that we have not reversed is reversed, and nothing is held", async () => {
    await pay("A2", 2);
    await take(LIVE_CHANNEL, [
      bankRow("A2", 2),
      bankRow("A2R", 2, { kind: "reversal", originalSerial: "A2" }),
    ]);
    const changed = await moved(LIVE_CHANNEL, async () => {
      expect(await refused("A2R", "suspense")).toBe("break.wrong-answer");
      await answerByTwo("A2R", "reverse");
    });
    expect(changed).toEqual({ clearing: -BILL_FEN, suspense: 0n });
    expect(await standing(town, 2)).toEqual({ openFen: BILL_FEN, prepaidFen: 0n });
    expect(await town.offenders()).toEqual([]);
  });

  for (const channel of [LIVE_CHANNEL, FILE_CHANNEL]) {
    test(`of a part is reversed whole, and what the bank kept is held: ${channel}`, async () => {
      const serial = `A3-${channel}`;
      if (channel === LIVE_CHANNEL) await pay(serial, 3);
      await take(channel, [bankRow(serial, 3)]);
      await take(channel, [
        bankRow(`${serial}R`, 3, { kind: "reversal", originalSerial: serial, amountMinor: BILL_FEN - 1000n }),
      ]);
      const changed = await moved(channel, async () => {
        expect(await refused(`${serial}R`, "suspense")).toBe("break.payment-stands");
        await answerByTwo(`${serial}R`, "reverse");
      });
      // The bank brought 2,052.00 and took 2,042.00 back: ten yuan are there.
      expect(changed).toEqual({ clearing: 1000n - BILL_FEN, suspense: 1000n });
      expect(await standing(town, 3)).toEqual({ openFen: BILL_FEN, prepaidFen: 0n });
      expect(await town.offenders()).toEqual([]);
    });
  }

  test("of money that we hold waits until it is returned", async () => {
    await take(FILE_CHANNEL, [bankRow("A4", "700000001")]);
    await take(FILE_CHANNEL, [bankRow("A4R", "700000001", { kind: "reversal", originalSerial: "A4" })]);
    expect(await refused("A4", "dismiss")).toBe("break.held-already");
    expect(await refused("A4R", "dismiss")).toBe("break.return-held");
    const { id } = await town.db.owner.sql.one<{ id: bigint }>(
      `select i.id from suspense_items i join bank_lines l on l.id = i.bank_line_id where l.serial = 'A4'`,
    );
    const claim = { itemId: id, accountNo: plantedAccountNo(4), reason: "slip shown" };
    const claimed = town.as(town.finance, (context) => requestClaim(context, claim));
    expect((await refusalOf(claimed)).code).toBe("suspense.taken-back");
    const back = { itemId: id, reason: "the bank took it back" };
    const approvalId = await town.as(town.finance, (context) => requestReturn(context, back));
    await town.approve(approvalId);
    await town.as(town.finance, (context) => returnSuspense(context, { ...back, approvalId }));
    expect(await answer("A4R", "dismiss")).toBe("dismissed");
    expect(await town.offenders()).toEqual([]);
  });
});

describe("a payment of the bank", () => {
  test("that we have on another home is held only when ours is reversed: the bank has it once", async () => {
    await pay("B1", 11);
    await take(LIVE_CHANNEL, [bankRow("B1", 12)]);
    expect(await refused("B1", "suspense")).toBe("break.payment-stands");
    const changed = await moved(LIVE_CHANNEL, () => answerByTwo("B1", "reverse"));
    expect(changed).toEqual({ clearing: 0n, suspense: BILL_FEN });
    // It was named missing besides, because no line agreed with it.
    const open = await town.db.owner.sql.rows(
      `select b.class from breaks b join payments p on p.id = b.payment_id where p.serial = 'B1' and b.state = 'open'`,
    );
    expect(open).toEqual([]);
    expect(await town.offenders()).toEqual([]);
  });

  test("of a file, with a serial that was posted for another home, is its own money", async () => {
    await take(FILE_CHANNEL, [bankRow("B2", 13)]);
    await take(FILE_CHANNEL, [bankRow("B2", 14)]);
    expect((await refusalOf(answerByTwo("B2", "reverse"))).code).toBe("break.payment-proved");
    const changed = await moved(FILE_CHANNEL, () => answer("B2", "suspense"));
    expect(changed).toEqual({ clearing: BILL_FEN, suspense: BILL_FEN });
    expect(await town.offenders()).toEqual([]);
  });

  for (const channel of [LIVE_CHANNEL, FILE_CHANNEL]) {
    test(`that we reversed is no money in suspense yet: it can be held, once: ${channel}`, async () => {
      const serial = `B3-${channel}`;
      await postLive(town, [{ serial, household: 15, paidAt: "2026-11-10T12:00:00+08:00" }], channel);
      const { id } = await town.db.owner.sql.one<{ id: bigint }>(
        "select id from payments where serial = :serial",
        { serial },
      );
      const reason = "typed twice";
      const approvalId = await town.as(town.finance, (context) => requestReversal(context, id, reason));
      await town.approve(approvalId);
      await town.as(town.finance, (context) => correctPayment(context, id, { reason, approvalId }));
      await take(channel, [bankRow(serial, 15)]);
      const changed = await moved(channel, () => answer(serial, "suspense"));
      expect(changed).toEqual({ clearing: BILL_FEN, suspense: BILL_FEN });
      expect(await refused(serial, "suspense")).toBe("break.resolved");
      expect(await town.offenders()).toEqual([]);
    });
  }
});

test("a credit of the statement is held once: nobody posts or holds it again", async () => {
  const source = writeStatement(town.folder, [
    {
      id: "C",
      day: "2026-11-11",
      balances: ["0.00", "2052.00"],
      entries: [{ amount: "2052.00", text: "rent" }],
    },
  ]);
  await importFile(town, source, { channel: LIVE_CHANNEL, profile: "camt053" });
  const { id } = await town.db.owner.sql.one<{ id: bigint }>(
    `select b.id from breaks b join bank_lines l on l.id = b.bank_line_id where l.kind = 'credit'`,
  );
  for (const action of ["back-post", "suspense", "reverse", "dismiss"] as const) {
    const one = { breakId: id, action, reason: "so", accountNo: plantedAccountNo(20) };
    const work = town.as<unknown>(town.finance, (context) =>
      action === "back-post" ? requestResolution(context, one) : resolveBreak(context, one),
    );
    expect([action, (await refusalOf(work)).code]).toEqual([action, "break.held-already"]);
  }
  expect(await town.offenders()).toEqual([]);
});

describe("the proofs", () => {
  /** As a defect would leave it: found by row. */
  const wrong = async (serial: string, fen: bigint): Promise<string[]> => {
    await town.db.owner.sql.run(
      `with line as (select l.id, f.channel_id from bank_lines l join import_files f on f.id = l.file_id
         where l.serial = :serial order by l.id desc limit 1),
       item as (insert into suspense_items (channel_id, bank_line_id, amount_fen, received_on)
         select channel_id, id, :fen, '2026-11-11' from line),
       posting as (insert into postings (kind, source_id, accounting_date, value_date, created_at)
         select 'suspense-received', id, '2026-11-11', '2026-11-11', now() from line returning id)
       insert into transfers (posting_id, debit, credit, amount_fen, accounting_date, channel_id)
       select posting.id, 'channel_clearing', 'suspense', :fen, '2026-11-11', line.channel_id from posting cross join line`,
      { serial, fen },
    );
    return (await town.offenders()).map((one) => one.rule);
  };

  test("see money of nobody that no line of the bank brought", async () => {
    await pay("D1", 31);
    await take(LIVE_CHANNEL, [
      bankRow("D1", 31),
      bankRow("D1R", 31, { kind: "reversal", originalSerial: "D1" }),
    ]);
    expect(await wrong("D1R", BILL_FEN)).toEqual([
      "money of nobody is what its line brought, or kept, and no payment of ours stands for",
    ]);
  });
});
