import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { type BankProfile, type EntryEvent, loadProfile } from "#src/bank/channels/index.ts";
import { entriesOf, eventsOf, gb18030, refusalOf, statementEndsOf, utf8 } from "./support.ts";

let camt: BankProfile;
beforeAll(async () => {
  camt = await loadProfile("camt053");
});

const NAMESPACE = ' xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"';

const balance = (code: string, amount: string, indicator = "CRDT"): string =>
  `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">${amount}</Amt><CdtDbtInd>${indicator}</CdtDbtInd></Bal>`;

const entry = (amount: string, indicator: string, more = "", status = "BOOK"): string =>
  `<Ntry><Amt Ccy="CNY">${amount}</Amt><CdtDbtInd>${indicator}</CdtDbtInd><Sts>${status}</Sts>` +
  `<BookgDt><Dt>2026-11-11</Dt></BookgDt><ValDt><Dt>2026-11-11</Dt></ValDt>${more}</Ntry>`;

const statement = (content: string): string =>
  `<Stmt><Id>S1</Id><ElctrncSeqNb>7</ElctrncSeqNb><Acct><Id><Othr><Id>4100123</Id></Othr></Id><Ccy>CNY</Ccy></Acct>${content}</Stmt>`;

const message = (content: string, header = ""): string =>
  `<Document${NAMESPACE}><BkToCstmrStmt><GrpHdr><MsgId>M1</MsgId>${header}</GrpHdr>${content}</BkToCstmrStmt></Document>`;

const file = (content: string): Uint8Array => utf8(message(statement(content)));

const details = (...parts: string[]): string =>
  `<NtryDtls>${parts.map((part) => `<TxDtls>${part}</TxDtls>`).join("")}</NtryDtls>`;

const only = async (content: string): Promise<EntryEvent> => {
  const [found] = await entriesOf(file(content), camt);
  if (found === undefined) throw new Error("no entry");
  return found;
};

describe("sign and status", () => {
  it("never flips on RvslInd, written as true or as 1", async () => {
    const content =
      balance("OPBD", "100.00") +
      balance("CLBD", "80.00") +
      entry("20.00", "DBIT", "<RvslInd>true</RvslInd>") +
      entry("5.00", "CRDT", "<RvslInd>1</RvslInd>") +
      entry("5.00", "DBIT", "<RvslInd>false</RvslInd>");
    const [end] = await statementEndsOf(file(content), camt);
    expect(end).toMatchObject({ check: { kind: "ok", differenceMinor: 0n }, problems: [] });
    const entries = await entriesOf(file(content), camt);
    expect(entries.map((one) => [one.direction, one.reversal])).toEqual([
      ["debit", true],
      ["credit", true],
      ["debit", false],
    ]);
  });

  it("reads Sts as text and as code, and counts only what is booked", async () => {
    const content =
      entry("1.00", "CRDT", "", "BOOK") +
      entry("2.00", "CRDT", "", "\n <Cd>BOOK</Cd>\n") +
      entry("4.00", "CRDT", "", "<Cd>PDNG</Cd>") +
      entry("8.00", "CRDT", "", "INFO") +
      entry("16.00", "CRDT", "", "FUTR");
    const [end] = await statementEndsOf(file(content), camt);
    expect(end).toMatchObject({ entryCount: 5, bookedCount: 2, creditsMinor: 300n });
  });

  it("refuses an entry whose status, direction or amount is not certain", async () => {
    expect((await only(entry("1.00", "CRDT", "", "WHAT"))).problem).toMatchObject({
      field: "Sts",
      severity: "refuse",
    });
    expect((await only(entry("1.00", "C"))).problem).toMatchObject({
      field: "CdtDbtInd",
      severity: "refuse",
    });
    expect((await only(entry("-1.00", "CRDT"))).problem).toMatchObject({ field: "Amt", severity: "refuse" });
    expect((await only(entry("1.005", "CRDT"))).problem).toMatchObject({ code: "line.amount-too-precise" });
    expect((await only(entry("0.00", "CRDT"))).problem).toMatchObject({
      code: "entry.amount-zero",
      severity: "review",
    });
  });

  it("proves against the booked close, not against available or forward balances", async () => {
    const content =
      balance("PRCD", "10.00") +
      balance("CLAV", "99.00") +
      balance("CLBD", "7.00") +
      balance("FWAV", "13.00") +
      entry("3.00", "DBIT");
    const [end] = await statementEndsOf(file(content), camt);
    expect(end).toMatchObject({ openingMinor: 1000n, closingMinor: 700n, check: { kind: "ok" } });
    const [wrong] = await statementEndsOf(file(content.replace("7.00", "7.01")), camt);
    expect(wrong).toMatchObject({
      check: { kind: "mismatch", differenceMinor: 1n },
      problems: [{ code: "statement.balance-mismatch", severity: "refuse" }],
    });
  });

  it("compares the bank's own totals and never uses them", async () => {
    const totals = "<TxsSummry><TtlNtries><NbOfNtries>3</NbOfNtries></TtlNtries></TxsSummry>";
    const [end] = await statementEndsOf(file(totals + entry("1.00", "CRDT")), camt);
    expect(end).toMatchObject({ entryCount: 1, problems: [{ code: "statement.summary-mismatch" }] });
  });
});

describe("details of an entry", () => {
  it("are one synthetic transaction where the bank gives none, whatever the batch claims", async () => {
    const batch =
      "<NtryDtls><Btch><NbOfTxs>255</NbOfTxs></Btch></NtryDtls><AddtlNtryInf>batch</AddtlNtryInf>";
    const found = await only(entry("9.00", "CRDT", batch));
    expect(found).toMatchObject({ statedTransactionCount: 255, problem: null });
    expect(found.transactions).toMatchObject([{ amountMinor: 900n, synthetic: true, remittance: ["batch"] }]);
  });

  it("come from all NtryDtls and add up to the entry", async () => {
    const amount = (text: string): string => `<Amt Ccy="CNY">${text}</Amt><CdtDbtInd>CRDT</CdtDbtInd>`;
    const found = await only(
      entry("9.00", "CRDT", details(amount("2.00"), amount("3.00")) + details(amount("4.00"))),
    );
    expect(found.transactions.map((one) => [one.ordinal, one.amountMinor])).toEqual([
      [1, 200n],
      [2, 300n],
      [3, 400n],
    ]);
    expect(found.problem).toBeNull();
    const wrong = await only(entry("9.01", "CRDT", details(amount("2.00"), amount("3.00"))));
    expect(wrong.problem).toMatchObject({ code: "entry.details-mismatch", severity: "review" });
  });

  it("take the booked amount of a returned debit with its fee, not the instructed one", async () => {
    const returned =
      '<AmtDtls><InstdAmt><Amt Ccy="CNY">50.00</Amt></InstdAmt></AmtDtls><RtrInf><Rsn><Cd>AM04</Cd></Rsn></RtrInf>' +
      "<RltdPties><Dbtr><Nm>Payer</Nm></Dbtr><Cdtr><Nm>Us</Nm></Cdtr></RltdPties>";
    const charges = '<Chrgs><Amt Ccy="CNY">3.00</Amt></Chrgs>';
    const found = await only(entry("53.00", "DBIT", charges + details(returned)));
    expect(found).toMatchObject({ amountMinor: 5300n, chargesMinor: 300n, problem: null });
    expect(found.transactions).toMatchObject([
      { amountMinor: 5300n, kind: "reversal", returnReason: "AM04", payerName: "Payer" },
    ]);
  });

  it("in another currency or against the entry's direction are for people", async () => {
    const foreign = '<AmtDtls><TxAmt><Amt Ccy="USD">1.00</Amt></TxAmt></AmtDtls>';
    const two = await only(entry("9.00", "CRDT", details(foreign, foreign)));
    expect(two.problem).toMatchObject({ code: "entry.details-mismatch" });
    const opposite = await only(entry("9.00", "CRDT", details("<CdtDbtInd>DBIT</CdtDbtInd>")));
    expect(opposite).toMatchObject({
      amountMinor: 900n,
      direction: "credit",
      problem: { severity: "review" },
    });
  });

  it("keep references as text and drop fillers", async () => {
    const long = "00012345678901234567890123";
    const found = await only(
      entry(
        "1.00",
        "CRDT",
        details(
          `<Refs><EndToEndId>NOTPROVIDED</EndToEndId><InstrId>${long}</InstrId><TxId>1e5</TxId><MndtId> </MndtId></Refs>` +
            "<RmtInf><Ustrd>采暖</Ustrd><Ustrd>费 001</Ustrd><Strd><CdtrRefInf><Ref>RF18539007547034</Ref></CdtrRefInf></Strd></RmtInf>",
        ),
      ),
    );
    expect(found.transactions[0]).toMatchObject({
      endToEndId: null,
      instructionId: long,
      transactionId: "1e5",
      mandateId: null,
      remittance: ["采暖", "费 001"],
      structuredReferences: ["RF18539007547034"],
    });
  });

  it("find the counterparty by direction, in old and new versions", async () => {
    const old = "<RltdPties><Dbtr><Nm>In</Nm></Dbtr><Cdtr><Nm>Out</Nm></Cdtr></RltdPties>";
    const since08 =
      "<RltdPties><Dbtr><Pty><Nm>In</Nm></Pty></Dbtr><Cdtr><Pty><Nm>Out</Nm></Pty></Cdtr></RltdPties>";
    const credit = await only(entry("1.00", "CRDT", details(old)));
    const debit = await only(entry("1.00", "DBIT", details(since08)));
    expect(credit.transactions[0]?.payerName).toBe("In");
    expect(debit.transactions[0]?.payerName).toBe("Out");
  });
});

describe("the shape of the file", () => {
  const content = statement(balance("OPBD", "1.00") + balance("CLBD", "3.00") + entry("2.00", "CRDT"));
  const inner = `<BkToCstmrStmt><GrpHdr><MsgId>M1</MsgId></GrpHdr>${content}</BkToCstmrStmt>`;
  const prefixed = inner.replaceAll(/<(\/?)([A-Z])/g, "<$1c:$2");

  it.each([
    ["no namespace", `<Document>${inner}</Document>`, null],
    ["an ISO namespace", `<Document${NAMESPACE}>${inner}</Document>`, "001.02"],
    [
      "a prefix",
      `<c:Document xmlns:c="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">${prefixed}</c:Document>`,
      "001.08",
    ],
    [
      "a SIX namespace",
      `<Document xmlns="http://www.six-interbank-clearing.com/de/camt.053.001.04.ch.02.xsd">${inner}</Document>`,
      "001.04",
    ],
    [
      "an envelope",
      `<Envelope><AppHdr><MsgDefIdr>camt.053.001.07</MsgDefIdr></AppHdr><Document>${inner}</Document></Envelope>`,
      "001.07",
    ],
    [
      "carriage returns as line ends",
      `<Document${NAMESPACE}>\r${inner.replaceAll("><", ">\r<")}\r</Document>\r`,
      "001.02",
    ],
  ])("with %s is read alike", async (_, xml, version) => {
    const events = await eventsOf(utf8(xml), camt);
    expect(events[0]).toMatchObject({ format: "camt.053", version, messageId: "M1" });
    expect(events.find((event) => event.type === "statementEnd")).toMatchObject({
      check: { kind: "ok" },
      creditsMinor: 200n,
    });
  });

  it("with several messages in an envelope announces each", async () => {
    const events = await eventsOf(
      utf8(`<Batch><Document>${inner}</Document><Document>${inner}</Document></Batch>`),
      camt,
    );
    expect(events.map((event) => event.type).join(" ")).toBe(
      "file statement entry statementEnd file statement entry statementEnd fileEnd",
    );
  });

  it("is the same however the bytes are chunked, also inside a Chinese character", async () => {
    const bytes = utf8(
      message(statement(entry("2.00", "CRDT", details("<RmtInf><Ustrd>采暖费𠮷</Ustrd></RmtInf>")))),
    );
    const whole = await eventsOf(bytes, camt);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 200 }), async (size) => {
        expect(await eventsOf(bytes, camt, size)).toEqual(whole);
      }),
      { numRuns: 60 },
    );
  });

  it("decodes what it declares, and refuses bytes that are not that", async () => {
    const xml = `<?xml version="1.0" encoding="GB18030"?>${message(statement(entry("2.00", "CRDT", details("<RmtInf><Ustrd>𬴂</Ustrd></RmtInf>"))))}`;
    const [found] = await entriesOf(gb18030(xml), camt);
    expect(found?.transactions[0]?.remittance).toEqual(["𬴂"]);
    const wrong = await refusalOf(eventsOf(gb18030(xml.replace("GB18030", "UTF-8")), camt));
    expect(wrong).toMatchObject({ code: "file.encoding", detail: { row: 1 } });
    const unknown = await refusalOf(eventsOf(utf8(xml.replace("GB18030", "EBCDIC")), camt));
    expect(unknown.code).toBe("file.encoding");
  });

  it("states pages, and does not condemn one page of several", async () => {
    const page = "<MsgPgntn><PgNb>1</PgNb><LastPgInd>false</LastPgInd></MsgPgntn>";
    const events = await eventsOf(utf8(message(content.replace("3.00", "9.00"), page)), camt);
    expect(events[0]).toMatchObject({ page: { number: 1, last: false } });
    expect(events.find((event) => event.type === "statementEnd")).toMatchObject({
      check: { kind: "mismatch" },
      problems: [{ code: "statement.balance-mismatch", severity: "review" }],
    });
  });

  it("never adds two currencies silently", async () => {
    const foreign = entry("2.00", "CRDT").replace("CNY", "USD");
    expect((await only(foreign)).problem).toMatchObject({
      code: "entry.currency-differs",
      severity: "refuse",
    });
    const mixed = file(
      balance("OPBD", "1.00").replace("CNY", "USD") + balance("CLBD", "3.00") + entry("2.00", "CRDT"),
    );
    const [end] = await statementEndsOf(mixed, camt);
    expect(end?.problems.map((problem) => problem.code)).toContain("statement.currency-mixed");
  });
});

describe("a file that is refused", () => {
  const codeOf = async (xml: string): Promise<string> => (await refusalOf(eventsOf(utf8(xml), camt))).code;

  it("is broken, cut off or hostile", async () => {
    const good = message(statement(entry("1.00", "CRDT")));
    expect(await codeOf(good.slice(0, -3))).toBe("file.truncated");
    expect(await codeOf(good.replace("</Stmt>", ""))).toBe("file.xml-invalid");
    expect(await codeOf(good + good)).toBe("file.xml-invalid");
    expect(await codeOf(good.replace("1.00", "&lol;"))).toBe("file.xml-invalid");
    expect(await codeOf(`<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>${good}`)).toBe(
      "file.xml-invalid",
    );
    expect(await codeOf(good.replace("<Ntry>", "<Ntry>".repeat(80)))).toBe("file.xml-invalid");
  });

  it("names line and column and no content", async () => {
    const xml = `<Document>\n<BkToCstmrStmt>\n<Nm>Secret Person</Wrong>`;
    const refusal = await refusalOf(eventsOf(utf8(xml), camt));
    expect(refusal.detail).toMatchObject({ row: 3, facts: { line: 3 } });
    expect(refusal.message).not.toContain("Secret");
  });

  it("is another message, a web page, or holds no statement", async () => {
    expect(await codeOf("<html><body/></html>")).toBe("file.format-unknown");
    expect(await codeOf("<Document><CstmrPmtStsRpt/></Document>")).toBe("file.format-unknown");
    expect(await codeOf(message(""))).toBe("file.no-statement");
    const narrow = { ...camt, messages: ["camt.054"] } as BankProfile;
    expect((await refusalOf(eventsOf(file(""), narrow))).code).toBe("file.format-unexpected");
  });
});
