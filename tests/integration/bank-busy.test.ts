/** A full pool or a lock that was not had says nothing about a bank's file: nothing is refused for it, and one import holds up nothing else. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { confirmDraft, importBankFile, keepDraft, resumeDrafts } from "#src/bank/reconciliation/index.ts";
import type { Platform } from "#src/platform/route.ts";
import { watchBank } from "#workers/watch-bank.ts";
import {
  bankRow,
  buildBankTown,
  type BankTown,
  FILE_CHANNEL,
  writeBankFile,
} from "#tests/support/bank-town.ts";
import { hold, narrowed } from "#tests/support/narrow.ts";

let town: BankTown;
let narrow: Platform;
let one: Platform;
beforeAll(async () => {
  town = await buildBankTown();
  narrow = narrowed(town.platform, town.db, { poolSize: 4, bulkPoolSize: 2, bulkLockTimeoutMs: 300 });
  // An import needs two.
  one = narrowed(town.platform, town.db);
});
afterAll(async () => {
  await narrow.database.close();
  await one.database.close();
  await town.drop();
});

const requestOf = (source: string) => ({ source, fileName: "day.txt", channel: FILE_CHANNEL });
const draftOf = (id: bigint) =>
  town.db.owner.sql.one("select state, refusal, import_file_id as import from bank_drafts where id = :id", {
    id,
  });
const importOf = (source: string) => importBankFile(narrow, town.finance, requestOf(source));
const imports = () =>
  town.db.owner.sql.rows<{ id: bigint; state: string; refusal: unknown }>(
    "select id, state, refusal from import_files order by id",
  );
const paid = async (prefix: string) =>
  (
    await town.db.owner.sql.one<{ n: bigint }>(
      "select count(*) as n from payments where serial like :prefix",
      {
        prefix: `${prefix}%`,
      },
    )
  ).n;
/** Somebody is at the household. */
const lockHome = (home: number) =>
  hold(town.db.database.transaction, `select 1 from heat_accounts where id = ${home} for update`);

test("a file that nobody could try for want of a connection is not kept as refused", async () => {
  const source = await writeBankFile(town, [bankRow("L1", 1)]);
  await expect(keepDraft(one, town.finance, requestOf(source))).rejects.toMatchObject({
    code: "database.busy",
  });
  expect(await town.db.owner.sql.rows("select 1 from bank_drafts")).toEqual([]);
  expect(await keepDraft(town.platform, town.finance, requestOf(source))).toMatchObject({ state: "looked" });
});

test("a confirmed file stays confirmed through a full pool, and the timetable imports it", async () => {
  const source = await writeBankFile(town, [bankRow("F1", 2)]);
  const { id } = await keepDraft(town.platform, town.finance, requestOf(source));
  await expect(confirmDraft(one, town.finance, id, undefined)).rejects.toMatchObject({
    code: "database.busy",
  });
  expect(await draftOf(id)).toEqual({ state: "confirmed", refusal: null, import: null });
  expect(await resumeDrafts(town.platform)).toBe(1);
  expect(await draftOf(id)).toMatchObject({ state: "imported", refusal: null });
  expect(await paid("F1")).toBe(1n);
});

test("an import whose lock was not had is not refused, and is done when the file comes again", async () => {
  const source = await writeBankFile(town, [bankRow("C1", 3)]);
  const release = await hold(
    town.db.database.transaction,
    "select pg_advisory_xact_lock(hashtext('bank-import-check'))",
  );
  const busy = await importOf(source).catch((error: unknown) => error);
  await release();
  expect(busy).toMatchObject({ code: "database.busy" });
  expect((await imports()).at(-1)).toMatchObject({ state: "received", refusal: null });
  expect(await importOf(source)).toMatchObject({ state: "posted" });
  expect(await paid("C1")).toBe(1n);
  expect(await town.offenders()).toEqual([]);
});

test("one import that cannot be finished holds up no other, no draft and no alarm, and a person is told of it", async () => {
  const errors: { duty: string; err: Error }[] = [];
  const log = { error: (facts: never) => errors.push(facts), warn: () => undefined, info: () => undefined };
  const watch = () => watchBank({ platform: narrow, log } as unknown as Parameters<typeof watchBank>[0]);
  const tasks = () =>
    town.db.owner.sql.rows(
      "select kind, source, state from tasks where kind in ('bank-file-late', 'bank-import-unfinished') order by kind",
    );
  const stuck = await lockHome(10);
  const passing = await lockHome(11);
  const first = await writeBankFile(town, [bankRow("S1", 10), bankRow("S2", 12)]);
  const { id } = await keepDraft(town.platform, town.finance, requestOf(first));
  await expect(confirmDraft(narrow, town.finance, id, undefined)).rejects.toMatchObject({
    code: "database.busy",
  });
  const importId = (await imports()).at(-1)?.id;
  await expect(importOf(await writeBankFile(town, [bankRow("P1", 11)]))).rejects.toMatchObject({
    code: "database.busy",
  });
  await passing();
  const waiting = await keepDraft(
    town.platform,
    town.finance,
    requestOf(await writeBankFile(town, [bankRow("W1", 13)])),
  );
  await expect(confirmDraft(one, town.finance, waiting.id, undefined)).rejects.toMatchObject({
    code: "database.busy",
  });
  town.db.clock.advanceMs(31 * 60_000);

  await watch();
  expect([await paid("S"), await paid("P1"), await paid("W1")]).toEqual([0n, 1n, 1n]);
  expect(errors).toMatchObject([
    {
      duty: "bank imports",
      err: { message: `bank import ${importId} failed`, cause: { code: "database.busy" } },
    },
    { duty: "bank drafts", err: { message: `bank draft ${id} failed`, cause: { code: "database.busy" } } },
  ]);
  const late = { kind: "bank-file-late", source: "bank-a:2026-11-10", state: "open" };
  const told = { kind: "bank-import-unfinished", source: `bank-import:${importId}` };
  expect(await tasks()).toEqual([late, { ...told, state: "open" }]);
  expect(await draftOf(id)).toMatchObject({ state: "confirmed", refusal: null });

  await stuck();
  await watch();
  expect(errors).toHaveLength(2);
  expect(await paid("S")).toBe(2n);
  expect(await draftOf(id)).toEqual({ state: "imported", refusal: null, import: importId });
  expect((await tasks())[1]).toEqual({ ...told, state: "recalled" });
  expect(await town.offenders()).toEqual([]);
});
