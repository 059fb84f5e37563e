/** 10 to 12 November: bank A is late and cuts its day elsewhere. The figures are those of a real week's shape. */
import { writeFileSync } from "node:fs";
import { type DelimitedRow, loadProfile, writeDelimitedPath } from "#src/bank/channels/index.ts";
import { alarmLateFiles } from "#src/bank/reconciliation/index.ts";
import { DEMO_PASSWORD } from "#src/demo/index.ts";
import { type Day, day } from "#src/kernel/day.ts";
import { assert } from "#src/kernel/errors.ts";
import { cliActor } from "#src/platform/actor.ts";
import { accountNo, SHUT } from "./old-system.ts";
import type { Caller } from "./processes.ts";
import { at, type Stage, yuan } from "./stage.ts";

const CHANNEL = "bank-a";
const BILL_FEN = 205_200;
const NINTH = day("2026-11-09");
const TENTH = day("2026-11-10");
const ELEVENTH = day("2026-11-11");

const numbers = (from: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => from + index);

// Household n pays with serial A<n>: 1 to 10 on the ninth, 11 to 3,224 on the tenth.
const PAID_NINTH = numbers(1, 10);
const PAID_TENTH = numbers(11, 3214);
/** Paid after the bank's day cut at 23:00: they stand in the next day's file. */
const LATE_NINTH = new Set([9, 10]);
const LATE_TENTH = new Set(numbers(3220, 5));
/** In no file of the bank (短款). Its valve is shut. */
const MISSING = SHUT;
/** At the bank and not with us (长款): one of ours, and a number that nobody knows. */
const BANK_ONLY = 3310;
const UNKNOWN = "999999999";
/** To whom the money of nobody belongs in the end. */
const CLAIMANT = 3311;

const timeOf = (n: number): string =>
  LATE_NINTH.has(n) ? "23:30:00" : LATE_TENTH.has(n) ? "23:20:00" : "12:00:00";

const line = (n: number, on: Day): DelimitedRow => ({
  day: on,
  time: timeOf(n),
  serial: `A${n}`,
  accountNo: accountNo(n),
  amountMinor: BigInt(BILL_FEN),
  kind: "payment",
});

const writeFile = async (
  stage: Stage,
  name: string,
  rows: readonly DelimitedRow[],
  bankDay: Day,
): Promise<string> => {
  const profile = await loadProfile("zz-bank-gb18030");
  assert(profile.format === "delimited", "the invented profile is delimited");
  const target = stage.file(name);
  await writeDelimitedPath(profile, rows, target, { bankDay });
  return target;
};

const importFile = async (stage: Stage, file: string, ...more: readonly string[]): Promise<unknown> =>
  stage.nuanDone("bank", "import", file, "--channel", CHANNEL, ...more);

/** A file with lines in doubt is held: finance asks, the approver agrees, and it comes again. */
const importByTwo = async (stage: Stage, file: string): Promise<unknown> => {
  const held = await stage.nuan("bank", "import", file, "--channel", CHANNEL);
  stage.check("有疑点的文件：等第二人，不入账", "a file with lines in doubt is held", 1, held.code);
  const finance = await stage.api.logIn("finance", DEMO_PASSWORD);
  const approver = await stage.api.logIn("approver", DEMO_PASSWORD);
  const { body } = await finance.get("/bank-drafts");
  const asked = await finance.done(`/bank-drafts/${String(at(body, "items", 0, "id"))}/confirmation`, {});
  const approvalId = String(at(asked, "approval", "id"));
  await approver.done(`/approvals/${approvalId}/decision`, { decision: "approved", reason: "已核实" });
  return importFile(stage, file);
};

const counts = (report: unknown): string =>
  Object.entries(at(report, "counts") ?? {})
    .map(([outcome, count]) => `${outcome} ${String(count)}`)
    .sort()
    .join(" ");

const side = (value: unknown): string => `${String(at(value, "items"))} ${yuan(at(value, "fen"))}`;

const bankDay = async (stage: Stage, on: Day): Promise<unknown> =>
  at(await stage.nuanDone("bank", "day", "--channel", CHANNEL, "--day", on), "days", 0);

const openBill = async (who: Caller, n: number): Promise<string> => {
  const { body } = await who.get(`/accounts/${accountNo(n)}/balance`);
  return yuan(Number(at(body, "offeredFen")) + Number(at(body, "receivableFen")));
};

const CLIENTS = 16;

/** The bank's messages, one request each, as many at a time as a bank's gateway sends. */
const payByMessage = async (bank: Caller, homes: readonly number[], on: Day): Promise<number> => {
  let next = 0;
  let posted = 0;
  const client = async (): Promise<void> => {
    for (let n = homes[next++]; n !== undefined; n = homes[next++]) {
      const paidAt = `${on}T${timeOf(n)}+08:00`;
      const order = {
        accountNo: accountNo(n),
        amountFen: BILL_FEN,
        channel: CHANNEL,
        serial: `A${n}`,
        paidAt,
      };
      const { status } = await bank.post("/payments", order);
      if (status === 201) posted += 1;
    }
  };
  await Promise.all(numbers(0, CLIENTS).map(client));
  return posted;
};

const payInRealTime = async (stage: Stage): Promise<void> => {
  const made = await stage.nuanDone("token", "create", "--role", "bank-channel", "--channel", CHANNEL);
  const token = String(at(made, "token"));
  await stage.setTime("2026-11-09T23:40:00+08:00", { api: true });
  await payByMessage(stage.api.machine(token), PAID_NINTH, NINTH);
  await stage.setTime("2026-11-10T08:00:00+08:00");
  const file = await writeFile(
    stage,
    "bank-a-1109.txt",
    PAID_NINTH.filter((n) => !LATE_NINTH.has(n)).map((n) => line(n, NINTH)),
    NINTH,
  );
  stage.check("9日银行文件：对平", "file of the 9th", "proved 8", counts(await importFile(stage, file)));
  await stage.setTime("2026-11-10T23:45:00+08:00", { api: true });
  const bank = stage.api.machine(token);
  const posted = await payByMessage(bank, PAID_TENTH, TENTH);
  stage.check("10日实时代收：笔", "payments of the 10th by message", 3214, posted);
  const { body, status } = await bank.post("/payments", {
    accountNo: accountNo(11),
    amountFen: BILL_FEN,
    channel: CHANNEL,
    serial: "A11",
    paidAt: `${TENTH}T12:00:00+08:00`,
  });
  const replayed = await stage.count("select count(*) from payments where serial = 'A11'");
  stage.check(
    "同一流水再来：同一答复、只记一次",
    "the same serial again: same answer, posted once",
    [true, "A11", 1],
    [status < 300, at(body, "serial"), replayed],
  );
  await stage.settleEvents();
  const tasks = await stage.count(
    "select count(*) from tasks where kind = 'valve-opening' and state = 'open'",
  );
  stage.check("缴清且阀门关闭：开阀任务", "paid behind a shut valve: opening tasks", 1, tasks);
};

const alarm = async (stage: Stage): Promise<number> =>
  (await stage.platform.commands.run({ name: "bank.alarm", actor: cliActor("story") }, alarmLateFiles))
    .result;

const fileComesLate = async (stage: Stage): Promise<void> => {
  await stage.setTime("2026-11-11T07:31:00+08:00");
  const owners = `select count(*) from tasks t join staff_members s on s.id = t.owner_id
    where t.kind = 'bank-file-late' and t.source like 'bank-a:%' and t.state = 'open' and s.login = 'finance'`;
  await alarm(stage);
  stage.check(
    "07:30 文件未到：提醒具名人员，只一次",
    "file late: one alarm, to a named person",
    [1, 0],
    [await stage.count(owners), await alarm(stage)],
  );
  await stage.setTime("2026-11-11T10:40:00+08:00", { api: true });
  const rows = [
    ...PAID_TENTH.filter((n) => n !== MISSING && !LATE_TENTH.has(n)).map((n) => line(n, TENTH)),
    ...[...LATE_NINTH].map((n) => line(n, NINTH)),
    { ...line(BANK_ONLY, TENTH), serial: "B1" },
    { ...line(BANK_ONLY, TENTH), serial: "B2", accountNo: UNKNOWN },
  ];
  const file = await writeFile(stage, "bank-a-1110.txt", rows, TENTH);
  const before = await stage.count("select count(*) from postings");
  const report = await importByTwo(stage, file);
  stage.check(
    "10:40 文件：笔/元",
    "the file at 10:40: items/yuan",
    [3212, "6,591,024.00"],
    [at(report, "lineCount"), yuan(at(report, "totalFen"))],
  );
  stage.check(
    "实时渠道文件只对账不记账",
    "the file of a real-time channel proves and posts nothing",
    ["break 2 proved 3210", 0],
    [counts(report), (await stage.count("select count(*) from postings")) - before],
  );
  const again = await stage.nuan("bank", "import", file, "--channel", CHANNEL);
  stage.check("同一文件再来：拒", "the same file again", 1, again.code);
};

const seeTheBridge = async (stage: Stage): Promise<unknown> => {
  const view = await bankDay(stage, TENTH);
  stage.check("10日我方", "the 10th, ours", "3214 6,595,128.00", side(at(view, "ours")));
  stage.check(
    "次日文件 / 短款",
    "in the next file / ours only",
    ["-5 -10,260.00", "-1 -2,052.00"],
    [side(at(view, "differences", "waiting")), side(at(view, "differences", "oursOnly"))],
  );
  stage.check(
    "跨日切入 / 长款 / 户号不明",
    "ours of the 9th / bank only / unknown number",
    ["2 4,104.00", "1 2,052.00", "1 2,052.00"],
    ["dayCutIn", "bankOnly", "unknownAccount"].map((part) => side(at(view, "differences", part))),
  );
  stage.check(
    "银行文件，调节平",
    "the file, and the bridge closes",
    ["3212 6,591,024.00", true],
    [side(at(view, "file")), at(view, "closes")],
  );
  return view;
};

const breakOf = (view: unknown, kind: string): string => {
  const found = (at(view, "breaks") as readonly unknown[]).find((one) => at(one, "class") === kind);
  return String(at(found, "id"));
};

/** Asked for by finance, approved by another person, carried out. */
const byTwo = async (
  finance: Caller,
  approver: Caller,
  address: string,
  order: Record<string, unknown>,
): Promise<void> => {
  const asked = await finance.done(address, order);
  const approvalId = String(at(asked, "approvalId"));
  await approver.done(`/approvals/${approvalId}/decision`, { decision: "approved", reason: "已核实" });
  await finance.done(address, { ...order, approvalId });
};

const camt = (opening: string, closing: string, amount: string, text: string): string => {
  const balance = (code: string, value: string): string =>
    `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">${value}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-11</Dt></Dt></Bal>`;
  const entry = `<Ntry><Amt Ccy="CNY">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-11-11</Dt></BookgDt><ValDt><Dt>2026-11-11</Dt></ValDt><NtryDtls><TxDtls><RmtInf><Ustrd>${text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>`;
  return `<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-11-11T16:00:00</CreDtTm></GrpHdr><Stmt><Id>S1</Id><ElctrncSeqNb>1</ElctrncSeqNb><FrToDt><FrDtTm>2026-11-11T00:00:00</FrDtTm><ToDtTm>2026-11-11T23:59:59</ToDtTm></FrToDt><Acct><Id><Othr><Id>9900000001234567</Id></Othr></Id><Ccy>CNY</Ccy></Acct>${balance("OPBD", opening)}${balance("CLBD", closing)}${entry}</Stmt></BkToCstmrStmt></Document>`;
};

const settleTheTenth = async (stage: Stage, view: unknown): Promise<Uint8Array> => {
  await stage.setTime("2026-11-11T17:00:00+08:00", { api: true });
  const finance = await stage.api.logIn("finance", DEMO_PASSWORD);
  const approver = await stage.api.logIn("approver", DEMO_PASSWORD);
  await byTwo(finance, approver, `/bank-breaks/${breakOf(view, "bank-only")}/resolution`, {
    action: "back-post",
    reason: "银行确认到账",
  });
  const dates = await stage.owner.sql.one(
    `select g.accounting_date as "accountingDate", g.value_date as "valueDate" from payments p
     join postings g on g.kind = 'payment' and g.source_id = p.id where p.serial = 'B1'`,
  );
  stage.check(
    "长款补记：入账日/起息日/欠",
    "posted afterwards: our open day/the bank's value date/open",
    [ELEVENTH, TENTH, "0.00"],
    [at(dates, "accountingDate"), at(dates, "valueDate"), await openBill(finance, BANK_ONLY)],
  );
  await finance.done(`/bank-breaks/${breakOf(view, "unknown-account")}/resolution`, {
    action: "suspense",
    reason: "户号不在册",
  });
  const statement = stage.file("statement.xml");
  writeFileSync(statement, camt("1000.00", "6590418.00", "6589418.00", "BANK-A 20261110"));
  const settled = await importFile(stage, statement, "--profile", "camt053");
  const after = await bankDay(stage, TENTH);
  stage.check(
    "对账单到账/手续费",
    "credited on the statement/fee",
    ["settled 1", "6,589,418.00", "1,606.00"],
    [counts(settled), yuan(at(after, "statement", "creditedFen")), yuan(at(after, "statement", "feeFen"))],
  );
  await approver.done(`/bank-days/${CHANNEL}/${TENTH}/certificate`, {});
  const certificate = await approver.get(`/bank-days/${CHANNEL}/${TENTH}/certificate`);
  const signed: unknown = JSON.parse(Buffer.from(certificate.bytes).toString("utf8"));
  stage.check(
    "10日对账证明：我方/文件",
    "certificate of the 10th: ours/file",
    ["6595128.00", "6591024.00"],
    [at(signed, "ours", "yuan"), at(signed, "file", "yuan")],
  );
  return certificate.bytes;
};

const theTwelfth = async (stage: Stage, view: unknown, certificate: Uint8Array): Promise<void> => {
  await stage.setTime("2026-11-12T08:00:00+08:00", { api: true });
  const finance = await stage.api.logIn("finance", DEMO_PASSWORD);
  const approver = await stage.api.logIn("approver", DEMO_PASSWORD);
  const file = await writeFile(
    stage,
    "bank-a-1111.txt",
    [...LATE_TENTH].map((n) => line(n, TENTH)),
    ELEVENTH,
  );
  stage.check(
    "11日文件：找到 5 笔",
    "file of the 11th: the five are found",
    "proved 5",
    counts(await importFile(stage, file)),
  );
  await byTwo(finance, approver, `/bank-breaks/${breakOf(view, "ours-only")}/resolution`, {
    action: "reverse",
    reason: "银行两日文件均无",
  });
  const reversed = await stage.owner.sql.one(
    `select g.accounting_date as day from payments p join postings g on g.kind = 'payment-reversed' and g.source_id = p.id
     where p.serial = :serial`,
    { serial: `A${MISSING}` },
  );
  stage.check(
    "短款冲正：入账日/账单重开",
    "the missing one reversed: accounting date/bill open",
    ["2026-11-12", "2,052.00"],
    [at(reversed, "day"), await openBill(finance, MISSING)],
  );
  await stage.settleEvents();
  const tasks = `select count(*) from tasks where kind = 'valve-opening' and state = 'recalled'`;
  stage.check("开阀任务撤回", "its valve task is recalled", 1, await stage.count(tasks));
  const now = await finance.get(`/bank-days/${CHANNEL}/${TENTH}/certificate`);
  stage.check(
    "10日对账证明逐字节不变",
    "the certificate of the 10th, byte for byte",
    true,
    Buffer.from(now.bytes).equals(Buffer.from(certificate)),
  );
  const item = await stage.count(
    "select id from suspense_items where state = 'open' and bank_line_id is not null",
  );
  await byTwo(finance, approver, `/suspense/${item}/claim`, {
    accountNo: accountNo(CLAIMANT),
    reason: "业主持银行回单认领",
  });
  stage.check(
    "待核销认领：该户欠/待核销余",
    "suspense claimed: open of the home/left in suspense",
    ["0.00", "1,388.19"],
    [
      await openBill(finance, CLAIMANT),
      yuan(await stage.count("select sum(amount_fen) from suspense_items where state = 'open'")),
    ],
  );
};

export const reconcileBankA = async (stage: Stage): Promise<void> => {
  await payInRealTime(stage);
  await fileComesLate(stage);
  const view = await seeTheBridge(stage);
  const certificate = await settleTheTenth(stage, view);
  await theTwelfth(stage, view, certificate);
};
