/** A credit by hand settles no more than the files of its day leave open, from that day on, on a bank's channel. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { readBankDay, recordCreditByHand } from "#src/bank/reconciliation/index.ts";
import { fen } from "#src/kernel/money.ts";
import {
  bankRow,
  BILL_FEN,
  buildBankTown,
  type BankTown,
  FILE_CHANNEL,
  importFile,
  onDay,
  refusalOf,
  writeBankFile,
} from "#tests/support/bank-town.ts";

let town: BankTown;
beforeAll(async () => {
  town = await buildBankTown({ at: "2026-11-11T09:00:00+08:00", households: 20 });
  await importFile(town, await writeBankFile(town, [bankRow("C1", 1), bankRow("C2", 2)]));
});
afterAll(() => town.drop());

const TENTH = onDay("2026-11-10");
const FILE_FEN = 2n * BILL_FEN;
const base = {
  channel: FILE_CHANNEL,
  day: TENTH,
  reference: "R1",
  amountFen: fen(100_000n),
  feeFen: fen(400n),
  valueDate: onDay("2026-11-11"),
};
const record = (more: Partial<typeof base>) =>
  town.as(town.finance, (context) => recordCreditByHand(context, { ...base, ...more }));
const refused = async (more: Partial<typeof base>): Promise<unknown[]> => {
  const { code, detail } = await refusalOf(record(more));
  return [code, detail["field"]];
};
const postings = () => town.db.owner.sql.one("select count(*) as n from postings");

test.each([
  ["a counter", { channel: "till" }, "credit.not-a-bank", "channel"],
  ["an unknown channel", { channel: "nowhere" }, "channel.unknown", "channel"],
  ["a day without a file", { day: onDay("2026-11-09") }, "credit.no-file", "day"],
  [
    "a value date before the bank's day",
    { valueDate: onDay("2026-11-09") },
    "credit.value-date",
    "valueDate",
  ],
  ["a value date of long ago", { valueDate: onDay("2020-01-01") }, "credit.value-date", "valueDate"],
  ["a value date to come", { valueDate: onDay("2026-11-12") }, "credit.value-date", "valueDate"],
  ["more than the file", { amountFen: fen(FILE_FEN - 399n) }, "credit.more-than-open", "amountFen"],
] as const)("%s is refused, and nothing is posted", async (_name, more, code, field) => {
  await town.db.owner.sql.run(
    `insert into channels (code, name, kind, real_time) values ('till', '柜台', 'counter', true) on conflict do nothing`,
  );
  const before = await postings();
  expect(await refused(more)).toEqual([code, field]);
  expect(await postings()).toEqual(before);
});

test("what one credit leaves open the next settles, and no fen more", async () => {
  await record({});
  expect(await refused({})).toEqual(["credit.exists", "reference"]);
  const rest = FILE_FEN - 100_400n;
  const over = await refusalOf(record({ reference: "R2", amountFen: fen(rest + 1n), feeFen: fen(0n) }));
  expect(over).toMatchObject({ code: "credit.more-than-open", detail: { facts: { openFen: String(rest) } } });
  expect((await readBankDay(town.db.owner.sql, FILE_CHANNEL, TENTH)).creditGapFen).toBe(rest);
  await record({ reference: "R2", amountFen: fen(rest), feeFen: fen(0n) });
  expect((await readBankDay(town.db.owner.sql, FILE_CHANNEL, TENTH)).creditGapFen).toBe(0n);
  expect(await refused({ reference: "R3", amountFen: fen(1n), feeFen: fen(0n) })).toEqual([
    "credit.more-than-open",
    "amountFen",
  ]);
  expect(await town.offenders()).toEqual([]);
});

test("of two at once one is taken", async () => {
  const day = onDay("2026-11-11");
  await importFile(town, await writeBankFile(town, [bankRow("C3", 3, { day })], { bankDay: day }));
  const whole = { day, amountFen: fen(BILL_FEN), feeFen: fen(0n) };
  const both = await Promise.allSettled([
    record({ ...whole, reference: "T1" }),
    record({ ...whole, reference: "T2" }),
  ]);
  const reasons = both.filter((one) => one.status === "rejected").map((one) => one.reason as unknown);
  expect(reasons).toMatchObject([{ code: "credit.more-than-open" }]);
  expect(await town.offenders()).toEqual([]);
});
