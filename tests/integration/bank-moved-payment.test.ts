/** Money that the bank reported for one home and that belongs to another: the bank day knows it as one payment. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { readBankDay } from "#src/bank/reconciliation/index.ts";
import { movePayment, requestMove } from "#src/money/collection/index.ts";
import { plantedAccountNo } from "#tests/support/town.ts";
import {
  bankRow,
  buildBankTown,
  type BankTown,
  importFile,
  LIVE_CHANNEL,
  onDay,
  postLive,
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
