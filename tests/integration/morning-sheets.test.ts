/** Each number of the five sheets is what a person counts by hand, is frozen once and sent once. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { day } from "#src/kernel/day.ts";
import { must } from "#src/kernel/errors.ts";
import { makeSheet, type Report, type SheetName, SHEETS, spanOf } from "#src/reports/index.ts";
import { type Actor, systemActor } from "#src/platform/actor.ts";
import { runIfDue } from "#src/platform/scheduled-runs.ts";
import { renderPdf } from "#src/office/documents/index.ts";
import { loadTemplate } from "#src/messages/messaging/index.ts";
import { addReceiver, adjustmentsOf, freezeSheets, morningPage, sendSheets } from "#src/sheets/index.ts";
import { BILL, type FieldTown, OTHER_AREA } from "#tests/support/field.ts";
import { createMorningTown, DAY } from "#tests/support/morning-town.ts";
import { quietLog } from "#tests/support/quiet-log.ts";
import { TIMETABLE } from "../../workers/scheduler.ts";

let town: FieldTown;
const everybody = systemActor("test");
beforeAll(async () => {
  town = await createMorningTown();
});
afterAll(() => town.db.drop());

const on = day(DAY);
const spanFor = (actor: Actor) => {
  const { database, clock } = town.db;
  return spanOf(database.sql, actor, { from: on, to: on, today: day("2026-11-11"), now: clock.now() });
};
const sheet = async (name: SheetName, actor: Actor = everybody): Promise<Report> => {
  const span = await spanFor(actor);
  return town.db.database.bulk((sql) => makeSheet(sql, name, span));
};
/** `42`, or `3/4` for a share. */
const figuresOf = (report: Report): Record<string, string> =>
  Object.fromEntries(
    report.figures.map(({ code, value, of }) => [code, of === null ? String(value) : `${value}/${of}`]),
  );
const rowOf = (report: Report, gridCode: string, label: string): Record<string, unknown> => {
  const found = report.grids.find(({ code }) => code === gridCode);
  const row = found?.rows.find((one) => one.label.startsWith(label));
  return Object.fromEntries(
    (found?.columns ?? []).map(({ code }, index) => [code, row?.cells[index]?.value]),
  );
};

/** What the rows of a grid are called in English, by what they are called in Chinese. */
const englishOf = (report: Report, gridCode: string): Record<string, string | null> =>
  Object.fromEntries(
    (report.grids.find(({ code }) => code === gridCode)?.rows ?? []).map(({ label, labelEn }) => [
      label,
      labelEn,
    ]),
  );

describe("every figure is what happened", () => {
  test("collection: three homes that day, four to date, the reversed and the doubted one left out", async () => {
    const report = await sheet("collection");
    expect(figuresOf(report)).toMatchObject({
      season: "2026",
      spanFen: String(3n * BILL),
      oldFen: String(3n * BILL),
      prepaidFen: "5000",
      cashFen: String(6n * BILL + 5000n),
      issuedFen: String(60n * BILL),
      receivedFen: String(4n * BILL),
      rateFen: `${4n * BILL}/${60n * BILL}`,
      rateHomes: "4/60",
      rateM2: `${4 * 90_000}/${60 * 90_000}`,
      unpaidHomes: "56",
      dayBefore: "2025-11-10",
      // What was paid of last season came a year later.
      receivedFenBefore: "0",
    });
    expect(rowOf(report, "branches", "东分公司")).toMatchObject({
      spanFen: Number(3n * BILL),
      unpaidHomes: 56,
    });
    expect(englishOf(report, "channels")).toEqual({ "A 银行": "Bank A" });
    expect(rowOf(report, "channels", "A 银行")).toMatchObject({
      payments: 4,
      seasonFen: Number(3n * BILL),
      oldFen: Number(3n * BILL),
      cashFen: Number(6n * BILL + 5000n),
      toDateFen: Number(4n * BILL),
    });
  });

  test("money: ours equals the cash of collection; suspense and doubtful with their oldest day", async () => {
    const report = await sheet("money");
    expect(figuresOf(report)).toMatchObject({
      oursFen: String(6n * BILL + 5000n),
      cashFen: String(6n * BILL + 5000n),
      gapFen: "0",
      suspenseItems: "1",
      suspenseFen: "100000",
      suspenseOldest: "2026-11-08",
      doubtfulItems: "1",
      doubtfulFen: String(2n * BILL),
      doubtfulOldest: DAY,
    });
    expect(report.findings).toEqual([]);
    expect(englishOf(report, "channelDays")).toMatchObject({ "A 银行": "Bank A", "B 银行": "bank-b" });
  });

  test("hotline: the base leaves out who gave up at once; one of three lost numbers was reached within two hours", async () => {
    const report = await sheet("hotline");
    expect(figuresOf(report)).toEqual({
      calls: "7",
      selfServed: "0",
      answered: "4",
      answerRate: "4/6",
      inTimeRate: "4/6",
      lostNumbers: "3",
      lostReachedInTime: "1/3",
      lostOpen: "1",
      newCases: "3",
      closedCases: "1",
      openCases: "2",
      timely: "1/2",
      repeat: "0/1",
    });
    expect(rowOf(report, "classes", "用热质量")).toEqual({ newCases: 2, closedCases: 1, openCases: 1 });
    // 2 cold cases on 60 supplied homes: 33.33 per 1,000.
    expect(rowOf(report, "stations", "测试站")).toEqual({
      coldCases: 2,
      suppliedHomes: 60,
      perThousand: 3333,
    });
  });

  test("referrals: one received and signed for, one of the day before overdue by its number", async () => {
    const report = await sheet("referrals");
    expect(figuresOf(report)).toMatchObject({
      received: "1",
      signedFor: "1",
      dueToday: "1",
      overdue: "1",
      bouncedTwice: "0",
      responseRate: "1/1",
      satisfiedRate: "0/0",
    });
    expect(rowOf(report, "namedOrders", "12345 W-2")).toMatchObject({ why: "overdue" });
  });

  test("supply: valves, who waits, a series, an outage told of twice, slips with shut windows", async () => {
    const report = await sheet("supply");
    expect(figuresOf(report)).toMatchObject({
      suppliedHomes: "60",
      suppliedM2: String(60 * 90_000),
      opened: "0",
      closed: "1",
      notOpened: "1",
      // 60 less 5 that paid (the doubted one too), the shut one, and the one in the series.
      notClosed: "53",
      seriesHomes: "1",
      seriesFen: String(BILL),
      leaks: "1",
      leaksInTime: "1/1",
      leakMinutes: "25",
      roomRate: "1/2",
      outdoorMean: "-45",
      "tests-planned": "0",
    });
    expect(rowOf(report, "outages", "测试站")).toEqual({ homes: 60, outageMinutes: 120, homeHours: 120 });
  });

  test("whoever is bound to an area counts that area alone", async () => {
    const bound: Actor = { ...everybody, scope: { kind: "areas", areaIds: [OTHER_AREA] } };
    expect(figuresOf(await sheet("collection", bound))).toMatchObject({
      spanFen: String(BILL),
      receivedFen: String(2n * BILL),
      rateHomes: "2/10",
    });
    expect(figuresOf(await sheet("hotline", bound))).toMatchObject({
      calls: "0",
      newCases: "1",
      timely: "0/1",
    });
    expect(figuresOf(await sheet("supply", bound))).toMatchObject({ suppliedHomes: "10", roomRate: "0/0" });
  });
});

describe("a frozen sheet", () => {
  const frozen = () =>
    town.rows<{ sheet: SheetName; red: boolean; body: Report }>(
      "select sheet, red, body from morning_sheets where day = :day order by sheet",
      { day: DAY },
    );

  test("is made at half past seven by the timetable, once; a morning that was missed is made up for", async () => {
    const jobs = TIMETABLE.filter(({ name }) => name.startsWith("sheets"));
    expect(jobs.map(({ name, at }) => [name, at])).toEqual([
      ["sheets", "07:30"],
      ["sheets-sent", "08:00"],
    ]);
    const freeze = must(jobs[0], "the job");
    town.db.clock.set("2026-11-11T10:00:00+08:00");
    const services = { platform: town.platform, log: quietLog } as never;
    const run = () => runIfDue(town.db.owner, freeze, services, town.db.clock.now());
    expect(await run()).toMatchObject({ businessDate: "2026-11-11", outcome: { day: DAY, red: [] } });
    expect(await run()).toBeNull();
    expect((await frozen()).map(({ sheet: name }) => name)).toEqual([...SHEETS].toSorted());
  });

  test("is never written again; what is corrected later stands beside it", async () => {
    const before = await frozen();
    await expect(town.db.database.sql.run("update morning_sheets set red = true")).rejects.toMatchObject({
      code: "42501",
    });
    // The bank says that the doubted money came.
    await town.db.owner.sql.run("update payments set state = 'posted' where state = 'doubtful'");
    expect((await freezeSheets(town.platform, everybody, on)).made).toEqual([]);
    expect(await frozen()).toEqual(before);
    const was = before.find(({ sheet: name }) => name === "collection")?.body;
    const found = adjustmentsOf(was as Report, await sheet("collection"));
    expect(found.find(({ grid, code }) => grid === "" && code === "spanFen")).toMatchObject({
      frozen: Number(3n * BILL),
      now: Number(4n * BILL),
    });
    await town.db.owner.sql.run("update payments set state = 'doubtful' where account_id = 4");
  });

  test("goes once to each named receiver, in his language, and says what the sheets say", async () => {
    const add = (name: string, mail: string, locale: "zh-CN" | "en") =>
      town.run((context) => addReceiver(context, { name, mail, locale }));
    await add("王总", "wang@example.com", "zh-CN");
    await add("Ms Lee", "lee@example.com", "en");
    await expect(add("王总", "wang@example.com", "zh-CN")).rejects.toMatchObject({
      code: "sheet.receiver-known",
    });
    expect((await sendSheets(town.platform, everybody, on)).queued).toBe(2);
    expect((await sendSheets(town.platform, everybody, on)).queued).toBe(0);
    const [mail] = await town.rows<{ template: string; variables: Record<string, string> }>(
      "select template, variables from messages where purpose = 'staff-report' and locale = 'zh-CN'",
    );
    expect(mail?.variables["collection"]).toContain("当期实收 6,156.00");
    expect(mail?.variables["hotline"]).toContain("接通率 66.66% (4/6)");
    const { text } = loadTemplate("morning-sheets", "email", "zh-CN").render(mail?.variables ?? {});
    expect(text).toContain("收费日报");
  });

  test("hangs on each mail as a page, made once a language of the frozen figures, whatever was corrected since", async () => {
    const hung = await town.rows<{ locale: string; name: string; bytes: Buffer; files: bigint }>(
      `select message.locale, file.file_name as name, file.bytes, count(*) over () as files
       from messages message join message_attachments hung on hung.message_id = message.id
       join stored_files file on file.id = hung.file_id where message.purpose = 'staff-report' order by message.locale`,
    );
    expect(hung.map(({ locale, name }) => `${locale} ${name}`)).toEqual([
      `en morning-sheets-${DAY}.pdf`,
      `zh-CN 晨报-${DAY}.pdf`,
    ]);
    const pages = hung.map(({ bytes }) => bytes.toString("latin1").match(/\/Type \/Page\b/g)?.length);

    expect(pages).toEqual([1, 1]);
    // A receiver who was added later gets the very same paper.
    await town.run((context) =>
      addReceiver(context, { name: "赵总", mail: "zhao@example.com", locale: "zh-CN" }),
    );
    expect((await sendSheets(town.platform, everybody, on)).queued).toBe(1);
    expect(await town.rows("select count(distinct file_id)::int as files from message_attachments")).toEqual([
      { files: 2 },
    ]);
  });

  test("is one page on paper", async () => {
    const page = await morningPage(town.db.database.sql, on, town.db.clock.now(), "zh-CN");
    expect(page.kind === "morning-page" && page.sheets[0]?.figures[0]).toEqual({
      label: "采暖季",
      value: "2026",
    });
    const pdf = (await renderPdf(page, "zh-CN")).toString("latin1");
    expect(pdf.match(/\/Type \/Page\b/g)).toHaveLength(1);
  });
});

test("a money sheet whose two roads do not meet is red", async () => {
  await town.db.owner.sql.run(
    `insert into allocations (posting_id, account_id, amount_fen, rule, rank)
     select id, 1, 100, 'overpayment', 9 from postings where kind = 'payment' and accounting_date = :day
     order by id limit 1`,
    { day: DAY },
  );
  expect((await sheet("money")).findings).toEqual(["ours-differs-from-collection"]);
});
