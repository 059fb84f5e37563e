/** A file is of a day that has begun and is not of long ago; a day is certified when it is over. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { certifyBankDay } from "#src/bank/reconciliation/index.ts";
import type { Day } from "#src/kernel/day.ts";
import {
  bankRow,
  bookCounts,
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
});
afterAll(() => town.drop());

const fileOf = (serial: string, day: Day): Promise<string> =>
  writeBankFile(town, [bankRow(serial, 1, { day, amountMinor: 100n })], { bankDay: day });
const certify = (day: Day) => town.as(town.approver, (context) => certifyBankDay(context, FILE_CHANNEL, day));
const ELEVENTH = onDay("2026-11-11");
const TWELFTH = onDay("2026-11-12");

test("a file of a day that has not begun is refused, tried or not", async () => {
  const before = await bookCounts(town);
  for (const day of [TWELFTH, onDay("2026-12-30")]) {
    const source = await fileOf(`N${day}`, day);
    for (const dryRun of [true, false]) {
      expect(await refusalOf(importFile(town, source, { dryRun }))).toMatchObject({
        code: "bank-day.not-begun",
        detail: { facts: { bankDay: day } },
      });
    }
  }
  expect(await bookCounts(town)).toEqual(before);
});

test("a day of today has a file, and is certified after its day cut", async () => {
  await importFile(town, await fileOf("T1", ELEVENTH));
  expect(await refusalOf(certify(ELEVENTH))).toMatchObject({
    code: "bank-day.not-over",
    detail: { facts: { ends: "2026-11-11T16:00:00.000Z" } },
  });
  expect((await refusalOf(certify(onDay("2026-12-30")))).code).toBe("bank-day.not-over");
  town.db.clock.set("2026-11-12T00:00:00+08:00");
  expect((await certify(ELEVENTH)).body).toContain('"day":"2026-11-11"');
});

test("a further file counts to no day that has not begun", async () => {
  const source = await fileOf("T2", ELEVENTH);
  expect(await refusalOf(importFile(town, source, { forDay: onDay("2026-11-30") }))).toMatchObject({
    code: "bank-day.not-begun",
    detail: { field: "forDay", facts: { bankDay: "2026-11-30" } },
  });
  expect((await importFile(town, source, { forDay: TWELFTH })).bankDay).toBe("2026-11-12");
});

test("where the bank cuts its day at 23:00, the next has begun and this one is over then", async () => {
  await town.db.owner.sql.run("update channels set day_cut_at = '23:00' where code = :code", {
    code: FILE_CHANNEL,
  });
  const source = await fileOf("C1", onDay("2026-11-13"));
  town.db.clock.set("2026-11-12T22:59:00+08:00");
  expect((await refusalOf(importFile(town, source))).code).toBe("bank-day.not-begun");
  expect((await refusalOf(certify(TWELFTH))).code).toBe("bank-day.not-over");
  town.db.clock.set("2026-11-12T23:00:00+08:00");
  expect((await importFile(town, source)).counts).toEqual({ posted: 1 });
  expect((await certify(TWELFTH)).body).toContain('"day":"2026-11-12"');
});

test("a file of long ago is a wrong year, unless somebody says to which day it counts", async () => {
  const source = await fileOf("O1", onDay("2019-02-28"));
  for (const dryRun of [true, false]) {
    expect(await refusalOf(importFile(town, source, { dryRun }))).toMatchObject({
      code: "bank-day.too-old",
      detail: { facts: { bankDay: "2019-02-28" } },
    });
  }
  const older = await refusalOf(importFile(town, source, { forDay: onDay("2019-03-01") }));
  expect(older).toMatchObject({ code: "bank-day.too-old", detail: { field: "forDay" } });
  const report = await importFile(town, source, { forDay: onDay("2026-11-13") });
  expect(report).toMatchObject({ state: "posted", bankDay: "2026-11-13", counts: { posted: 1 } });
  expect((await importFile(town, await fileOf("O2", onDay("2025-11-13")))).state).toBe("posted");
  expect(await town.offenders()).toEqual([]);
});
