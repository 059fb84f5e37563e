/** Payments that no file of their channel has proved: a list, and a task for a person while they are old and unexplained. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { alarmUnproved, bankRoutes } from "#src/bank/reconciliation/index.ts";
import { ask, type Edge, startEdge } from "#tests/http/edge.ts";
import { plantedAccountNo } from "#tests/support/town.ts";
import {
  bankRow,
  buildBankTown,
  type BankTown,
  FILE_CHANNEL,
  importFile,
  LIVE_CHANNEL,
  onDay,
  postLive,
  writeBankFile,
} from "#tests/support/bank-town.ts";

let town: BankTown;
let edge: Edge;
beforeAll(async () => {
  town = await buildBankTown({ households: 20 });
  edge = await startEdge(town.platform, bankRoutes, { authenticate: async () => town.finance });
});
afterAll(async () => {
  await edge.stop();
  await town.drop();
});

/** As a machine of a channel that is told by files would report it. */
const postOnFileChannel = (serial: string, household: number): Promise<void> =>
  postLive(town, [{ serial, household, paidAt: "2026-11-10T12:00:00+08:00" }], FILE_CHANNEL);
const tasks = (): Promise<{ source: string; state: string }[]> =>
  town.db.owner.sql.rows<{ source: string; state: string }>(
    "select source, state from tasks where kind = 'bank-unproved' order by id",
  );
const listed = async (olderThanDays: string): Promise<unknown> =>
  (await ask(edge, `/api/v1/unproved-payments?olderThanDays=${olderThanDays}`, { token: "token-of-finance" }))
    .body;

test("a payment on a channel of files that no file names is told after some days, and once", async () => {
  await postOnFileChannel("F1", 1);
  await postOnFileChannel("F2", 2);
  expect(await town.as(town.finance, alarmUnproved)).toBe(0);
  expect(await listed("0")).toMatchObject({
    items: [
      { channel: FILE_CHANNEL, serial: "F1", accountNo: plantedAccountNo(1), breakId: null },
      { channel: FILE_CHANNEL, serial: "F2" },
    ],
  });
  expect(await listed("4")).toMatchObject({ items: [] });
  town.db.clock.set("2026-11-15T09:00:00+08:00");
  expect(await town.as(town.finance, alarmUnproved)).toBe(1);
  expect(await town.as(town.finance, alarmUnproved)).toBe(0);
  expect(await tasks()).toEqual([{ source: `${FILE_CHANNEL}:2026-11-10`, state: "open" }]);
  expect(await listed("4")).toMatchObject({ items: [{ serial: "F1" }, { serial: "F2" }] });
});

test("it goes when a file brings them all", async () => {
  await importFile(town, await writeBankFile(town, [bankRow("F1", 1)], { bankDay: onDay("2026-11-15") }));
  await town.as(town.finance, alarmUnproved);
  expect((await tasks()).map((task) => task.state)).toEqual(["open"]);
  town.db.clock.set("2026-11-17T09:00:00+08:00");
  await importFile(town, await writeBankFile(town, [bankRow("F2", 2)], { bankDay: onDay("2026-11-16") }));
  await town.as(town.finance, alarmUnproved);
  expect((await tasks()).map((task) => task.state)).toEqual(["recalled"]);
  expect(await town.offenders()).toEqual([]);
});

test("what a difference names has its task there", async () => {
  await postLive(town, [{ serial: "L1", household: 5, paidAt: "2026-11-10T12:00:00+08:00" }]);
  await importFile(town, await writeBankFile(town, [bankRow("L2", 6)]), { channel: LIVE_CHANNEL });
  expect(await town.as(town.finance, alarmUnproved)).toBe(0);
  expect(await listed("4")).toMatchObject({ items: [{ serial: "L1", breakId: expect.any(String) }] });
});
