/** 10 to 12 November: bank A is late and cuts its day elsewhere. Counts and yuan as the morning sheets must show them. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  alarmLateFiles,
  type BankDayView,
  certifyBankDay,
  readBankDay,
  requestResolution,
  resolveBreak,
} from "#src/bank/reconciliation/index.ts";
import { fen, formatYuan } from "#src/kernel/money.ts";
import { must } from "#src/kernel/errors.ts";
import {
  bankRow,
  buildBankTown,
  type BankTown,
  importFile,
  LIVE_CHANNEL,
  onDay,
  postLive,
  refusalOf,
  standing,
  writeBankFile,
} from "#tests/support/bank-town.ts";
import { holdBridge } from "#tests/support/report-lists.ts";

const TENTH = onDay("2026-11-10");
const ELEVENTH = onDay("2026-11-11");

let town: BankTown;
beforeAll(async () => {
  town = await buildBankTown({ at: "2026-11-09T08:00:00+08:00", households: 3300 });
});
afterAll(() => town.drop());

const numbers = (from: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => from + index);
const view = async (): Promise<BankDayView> => {
  const one = await readBankDay(town.db.owner.sql, LIVE_CHANNEL, TENTH);
  await holdBridge(town.db.owner.sql, one);
  return one;
};
const sides = (one: BankDayView): Record<string, [number, string]> =>
  Object.fromEntries(
    Object.entries({ ours: one.bridge.ours, ...one.bridge.differences })
      .filter(([, side]) => side.items !== 0n || side.fen !== 0n)
      .map(([part, side]) => [part, [Number(side.items), formatYuan(fen(side.fen))]]),
  );
const tasksOpen = (kind: string): Promise<{ source: string; ownerId: bigint | null }[]> =>
  town.db.owner.sql.rows<{ source: string; ownerId: bigint | null }>(
    `select source, owner_id as "ownerId" from tasks where kind = :kind and state = 'open' order by id`,
    { kind },
  );
const paymentOf = (serial: string): Promise<{ id: bigint; state: string; proved: boolean }> =>
  town.db.owner.sql.one<{ id: bigint; state: string; proved: boolean }>(
    "select id, state, proved from payments where serial = :serial",
    { serial },
  );
const breakOf = async (kind: string): Promise<bigint> =>
  must(
    (await view()).breaks.find((one) => one.class === kind),
    kind,
  ).id;

// Household n pays with serial A<n>: 1 to 10 on the ninth, 11 to 3,224 on the tenth.
const ninth = numbers(1, 10);
const tenth = numbers(11, 3214);
const lateNinth = new Set([9, 10]);
const lateTenth = new Set(numbers(3220, 5));
const missing = 500;
const line = (n: number, day = TENTH, time = "12:00:00") => bankRow(`A${n}`, n, { day, time });

test("the days before: payments come by message, and the file of the ninth proves what it has", async () => {
  await postLive(
    town,
    ninth.map((n) => ({
      serial: `A${n}`,
      household: n,
      paidAt: `2026-11-09T${lateNinth.has(n) ? "23:30" : "12:00"}:00+08:00`,
    })),
  );
  town.db.clock.set("2026-11-10T08:00:00+08:00");
  const file = await writeBankFile(
    town,
    ninth.filter((n) => !lateNinth.has(n)).map((n) => line(n, onDay("2026-11-09"))),
    { bankDay: onDay("2026-11-09") },
  );
  const report = await importFile(town, file, { channel: LIVE_CHANNEL });
  expect(report.counts).toEqual({ proved: 8 });
  // Two wait for the next file: they were paid near the day cut, and nobody calls them missing.
  expect(await tasksOpen("bank-break")).toEqual([]);
  await postLive(
    town,
    tenth.map((n) => ({
      serial: `A${n}`,
      household: n,
      paidAt: `2026-11-10T${lateTenth.has(n) ? "23:20" : "12:00"}:00+08:00`,
    })),
  );
});

test("the file is due at 07:30: one alarm, to a named person, however often the clock strikes", async () => {
  town.db.clock.set("2026-11-11T07:29:00+08:00");
  expect(await town.as(town.finance, alarmLateFiles)).toBe(0);
  town.db.clock.set("2026-11-11T07:31:00+08:00");
  expect(await town.as(town.finance, alarmLateFiles)).toBe(1);
  expect(await town.as(town.finance, alarmLateFiles)).toBe(0);
  expect(await tasksOpen("bank-file-late")).toEqual([
    { source: `${LIVE_CHANNEL}:2026-11-10`, ownerId: town.finance.id },
  ]);
});

test("10:40: 3,212 items and 6,591,024.00 against ours, 3,214 and 6,595,128.00", async () => {
  town.db.clock.set("2026-11-11T10:40:00+08:00");
  const rows = [
    ...tenth.filter((n) => n !== missing && !lateTenth.has(n)).map((n) => line(n)),
    ...[...lateNinth].map((n) => line(n, onDay("2026-11-09"), "23:30:00")),
    bankRow("B1", 3300),
    bankRow("B2", "999999999"),
  ];
  const before = await town.db.owner.sql.one<{ postings: bigint }>(
    "select count(*) as postings from postings",
  );
  const report = await importFile(town, await writeBankFile(town, rows), { channel: LIVE_CHANNEL });
  expect(report).toMatchObject({ state: "posted", lineCount: 3212, totalFen: 659_102_400n });
  expect(report.counts).toEqual({ proved: 3210, break: 2 });
  // The file of a channel in real time proves and posts nothing by itself.
  const after = await town.db.owner.sql.one<{ postings: bigint }>(
    "select count(*) as postings from postings",
  );
  expect(after).toEqual(before);
  expect(await tasksOpen("bank-file-late")).toEqual([]);
  const day = await view();
  expect(sides(day)).toEqual({
    ours: [3214, "6595128.00"],
    waiting: [-5, "-10260.00"],
    oursOnly: [-1, "-2052.00"],
    dayCutIn: [2, "4104.00"],
    bankOnly: [1, "2052.00"],
    unknownAccount: [1, "2052.00"],
  });
  expect(day.bridge.file).toMatchObject({ items: 3212n, fen: 659_102_400n });
  expect(day.closes).toBe(true);
  expect(day.breaks.map((one) => one.class).sort()).toEqual(["bank-only", "ours-only", "unknown-account"]);
  expect(await tasksOpen("bank-break")).toHaveLength(3);
  expect(await paymentOf(`A${missing}`)).toMatchObject({ state: "doubtful", proved: false });
});

test("end of the eleventh: one back-posted by two people, one in suspense, the money on the statement", async () => {
  town.db.clock.set("2026-11-11T17:00:00+08:00");
  const order = {
    breakId: await breakOf("bank-only"),
    action: "back-post" as const,
    reason: "bank confirmed",
  };
  const approvalId = await town.as(town.finance, (context) => requestResolution(context, order));
  expect(
    (await refusalOf(town.as(town.finance, (context) => resolveBreak(context, { ...order, approvalId }))))
      .code,
  ).toBe("approval.pending");
  await town.approve(approvalId);
  await town.as(town.finance, (context) => resolveBreak(context, { ...order, approvalId }));
  const dates = await town.db.owner.sql.one(
    `select g.accounting_date as "accountingDate", g.value_date as "valueDate" from payments p
     join postings g on g.kind = 'payment' and g.source_id = p.id where p.serial = 'B1'`,
  );
  expect(dates).toEqual({ accountingDate: "2026-11-11", valueDate: "2026-11-10" });
  expect(await standing(town, 3300)).toEqual({ openFen: 0n, prepaidFen: 0n });

  const unknown = await breakOf("unknown-account");
  await town.as(town.finance, (context) =>
    resolveBreak(context, { breakId: unknown, action: "suspense", reason: "number on no roll" }),
  );
  const suspense = await town.db.owner.sql.rows("select amount_fen as fen, state from suspense_items");
  expect(suspense).toEqual([{ fen: 205_200n, state: "open" }]);

  const statement = path.join(town.folder, "statement.xml");
  writeFileSync(statement, camt("1000.00", "6590418.00", [["6589418.00", "A BANK DAY 20261110"]]));
  const report = await importFile(town, statement, { channel: LIVE_CHANNEL, profile: "camt053" });
  expect(report.counts).toEqual({ settled: 1 });
  const day = await view();
  expect(day.credits).toEqual({ credits: 1n, grossFen: 659_102_400n, feeFen: 160_600n });
  expect(day.creditGapFen).toBe(0n);
  expect(day.bridge.ours).toMatchObject({ items: 3214n, fen: 659_512_800n });
  expect(day.closes).toBe(true);
});

let certificate = "";

test("the certificate of the tenth is issued by another person than the importer", async () => {
  const own = await refusalOf(
    town.as(town.finance, (context) => certifyBankDay(context, LIVE_CHANNEL, TENTH)),
  );
  expect(own.code).toBe("bank-day.own-import");
  const issued = await town.as(town.approver, (context) => certifyBankDay(context, LIVE_CHANNEL, TENTH));
  certificate = issued.body;
  expect(JSON.parse(certificate)).toMatchObject({
    ours: { items: "3214", yuan: "6595128.00" },
    file: { items: "3212", yuan: "6591024.00" },
    gap: { items: "0", yuan: "0.00" },
    statement: { credited: "6589418.00", fee: "1606.00", gap: "0.00" },
  });
});

test("the twelfth: five are found, the missing one is reversed today, the certificate is what it was", async () => {
  const early = { breakId: await breakOf("ours-only"), action: "reverse" as const, reason: "in no file" };
  const wait = await refusalOf(town.as(town.finance, (context) => requestResolution(context, early)));
  expect(wait.code).toBe("break.wait-for-next-file");

  town.db.clock.set("2026-11-12T08:00:00+08:00");
  const rows = [...lateTenth].map((n) => line(n, TENTH, "23:20:00"));
  const report = await importFile(town, await writeBankFile(town, rows, { bankDay: ELEVENTH }), {
    channel: LIVE_CHANNEL,
  });
  expect(report.counts).toEqual({ proved: 5 });
  expect(sides(await view())).toMatchObject({ dayCutOut: [-5, "-10260.00"], oursOnly: [-1, "-2052.00"] });
  const next = await readBankDay(town.db.owner.sql, LIVE_CHANNEL, ELEVENTH);
  expect(sides(next)).toEqual({ dayCutIn: [5, "10260.00"] });
  expect(next.closes).toBe(true);

  expect(await standing(town, missing)).toEqual({ openFen: 0n, prepaidFen: 0n });
  const approvalId = await town.as(town.finance, (context) => requestResolution(context, early));
  await town.approve(approvalId);
  await town.as(town.finance, (context) => resolveBreak(context, { ...early, approvalId }));
  expect(await standing(town, missing)).toEqual({ openFen: 205_200n, prepaidFen: 0n });
  const reversal = await town.db.owner.sql.one(
    `select g.accounting_date as day, (select count(*) from outbox_events e where e.type = 'payment.reversed'
       and e.payload ->> 'paymentId' = p.id::text) as announced
     from payments p join postings g on g.kind = 'payment-reversed' and g.source_id = p.id where p.serial = :serial`,
    { serial: `A${missing}` },
  );
  // Whoever opened a valve for this payment hears of it and recalls the task.
  expect(reversal).toEqual({ day: "2026-11-12", announced: 1n });

  const now = await view();
  expect(now.certificate?.body).toBe(certificate);
  expect(sides(now)["ours"]).toEqual([3214, "6595128.00"]);
  expect(now.closes).toBe(true);
  expect(await tasksOpen("bank-break")).toEqual([]);
  expect(await town.offenders()).toEqual([]);
});

function camt(opening: string, closing: string, credits: readonly (readonly [string, string])[]): string {
  const balance = (code: string, amount: string) =>
    `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-11</Dt></Dt></Bal>`;
  const entries = credits.map(
    ([amount, text]) =>
      `<Ntry><Amt Ccy="CNY">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-11-11</Dt></BookgDt><ValDt><Dt>2026-11-11</Dt></ValDt><NtryDtls><TxDtls><RmtInf><Ustrd>${text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-11-11T16:00:00</CreDtTm></GrpHdr><Stmt><Id>S1</Id><ElctrncSeqNb>1</ElctrncSeqNb><FrToDt><FrDtTm>2026-11-11T00:00:00</FrDtTm><ToDtTm>2026-11-11T23:59:59</ToDtTm></FrToDt><Acct><Id><Othr><Id>410001</Id></Othr></Id><Ccy>CNY</Ccy></Acct>${balance("OPBD", opening)}${balance("CLBD", closing)}${entries.join("")}</Stmt></BkToCstmrStmt></Document>`;
}
