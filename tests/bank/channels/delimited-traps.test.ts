import { beforeAll, describe, expect, it } from "vitest";
import { type DelimitedProfile, resolveRepeatedSerials } from "#src/bank/channels/index.ts";
import {
  GOOD_ROW,
  chunksOf,
  delimited,
  delimitedFrom,
  entriesOf,
  eventsOf,
  gb18030,
  refusalOf,
  statementEndsOf,
  utf8,
  written,
  zzFile,
} from "./support.ts";

let zz: DelimitedProfile;
let water: DelimitedProfile;
beforeAll(async () => {
  zz = await delimited("zz-bank-gb18030");
  water = await delimited("fujian-water");
});

const problemOf = async (row: string): Promise<unknown> => {
  // A good row keeps the file's totals provable: the wrong row adds nothing to them.
  const [wrong] = await entriesOf(zzFile([row], 1, 0), zz);
  return wrong?.problem;
};

describe("what a delimited file says", () => {
  it("becomes entries with the bank's words, days and units", async () => {
    const events = await eventsOf(zzFile([GOOD_ROW], 1, 205_200), zz);
    expect(events.map((event) => event.type)).toEqual([
      "file",
      "statement",
      "entry",
      "statementEnd",
      "fileEnd",
    ]);
    expect(events[0]).toMatchObject({
      format: "delimited",
      encoding: "gb18030",
      profileVersion: 2,
      bankDay: "2026-11-11",
    });
    expect(events[2]).toMatchObject({
      ordinal: 1,
      amountMinor: 205_200n,
      direction: "credit",
      currency: "CNY",
      status: "booked",
      bookingDay: "2026-11-11",
      rawLine: 3,
      problem: null,
      transactions: [
        {
          serial: "B0001",
          accountNo: "0012",
          kind: "payment",
          originalSerial: null,
          payerName: "张三",
          channelCode: "柜面",
          paidAt: "2026-11-11T10:20:30+08:00",
          remittance: ["采暖费"],
          synthetic: false,
        },
      ],
    });
    expect(events[4]).toMatchObject({
      statedCount: 1,
      statedTotalMinor: 205_200n,
      check: { kind: "ok" },
      lines: 3,
    });
  });

  it("keeps the bank's day apart from the day on which the customer paid, across the day cut", async () => {
    const [entry] = await entriesOf(
      zzFile([GOOD_ROW.replace("20261111|102030", "20261110|235800")], 1, 205_200),
      zz,
    );
    expect(entry).toMatchObject({ bookingDay: "2026-11-11", valueDay: "2026-11-10" });
    expect(entry?.transactions[0]?.paidAt).toBe("2026-11-10T23:58:00+08:00");
  });

  it("takes a reversal as money going out, tied to its original, and the total as net", async () => {
    const rows = [GOOD_ROW, "20261111|103000|B0002|0012|张三|2052.00|柜面|冲正|B0001|"];
    const [, reversal] = await entriesOf(zzFile(rows, 2, 0), zz);
    expect(reversal).toMatchObject({
      direction: "debit",
      amountMinor: 205_200n,
      reversal: true,
      problem: null,
    });
    expect(reversal?.transactions[0]).toMatchObject({ kind: "reversal", originalSerial: "B0001" });
  });

  it("cleans account numbers of width and blanks and keeps leading zeros", async () => {
    const row = "20261111|102030|Ｂ０００１|\u3000００１２\u00a0|张三|２０５２．００|柜面|缴费||";
    const [entry] = await entriesOf(zzFile([row], 1, 205_200), zz);
    expect(entry?.transactions[0]).toMatchObject({ accountNo: "0012", serial: "B0001" });
  });

  it("reads a day without business as zero rows, not as a missing file", async () => {
    const events = await eventsOf(zzFile([], 0, 0), zz);
    expect(events.map((event) => event.type)).toEqual(["file", "statement", "statementEnd", "fileEnd"]);
  });

  it("reads the published water-biller layout by position, with a byte order mark and without a last line end", async () => {
    const text =
      "\ufeff2|250.50\n20261111|W1|0000012|150.50|ALIPAY|缴费\n20261111|W2|0000013|100.00|WECHAT|缴费";
    const events = await eventsOf(utf8(text), water);
    expect(events.at(-1)).toMatchObject({
      check: { kind: "ok" },
      computedCount: 2,
      computedTotalMinor: 25_050n,
    });
  });

  it("does not split a double-byte character whose second byte is a bar", async () => {
    // 0x7C is `|` in ASCII and the second byte of characters such as 畖 in GBK.
    const name = new TextDecoder("gb18030").decode(Uint8Array.of(0xae, 0x7c));
    const [entry] = await entriesOf(zzFile([GOOD_ROW.replace("张三", name)], 1, 205_200), zz);
    expect(entry?.transactions[0]?.payerName).toBe(name);
  });
});

describe("a row that is wrong", () => {
  it.each([
    ["too few fields", "20261111|102030|B0001|0012|张三|2052.00|柜面|缴费|", "line.unreadable", null],
    ["too many fields", `${GOOD_ROW}|`, "line.unreadable", null],
    ["a full-width bar", GOOD_ROW.replace("|0012|", "｜0012|"), "line.unreadable", null],
    ["a garbled amount", GOOD_ROW.replace("2052.00", "20..52"), "line.unreadable", "amount"],
    ["grouped thousands", GOOD_ROW.replace("2052.00", "2,052.00"), "line.unreadable", "amount"],
    ["an exponent", GOOD_ROW.replace("2052.00", "2e3"), "line.unreadable", "amount"],
    ["no amount", GOOD_ROW.replace("2052.00", ""), "line.unreadable", "amount"],
    ["parts of a fen", GOOD_ROW.replace("2052.00", "2052.005"), "line.amount-too-precise", "amount"],
    ["amount 0", GOOD_ROW.replace("2052.00", "0.00"), "line.amount-not-positive", "amount"],
    ["an unknown kind", GOOD_ROW.replace("缴费", "充值"), "line.kind-unknown", "kind"],
  ])("with %s carries a problem with its row", async (_, row, code, field) => {
    const problem = await problemOf(row);
    expect(problem).toMatchObject({ code, field, row: 3, severity: "refuse" });
    expect(JSON.stringify(problem)).not.toContain("张三");
    expect(JSON.stringify(problem)).not.toContain("0012");
  });

  it.each([
    ["day", GOOD_ROW.replace("20261111", "20260230")],
    ["day", GOOD_ROW.replace("20261111", "2026-11-11")],
    ["time", GOOD_ROW.replace("102030", "256000")],
    ["serial", GOOD_ROW.replace("B0001", " ")],
  ])(
    "with an impossible %s is refused and its money still counts in the file's total",
    async (field, row) => {
      const [entry] = await entriesOf(zzFile([row], 1, 205_200), zz);
      expect(entry?.problem).toMatchObject({ field, row: 3, severity: "refuse" });
    },
  );

  it("negative is refused and never becomes a reversal", async () => {
    const [entry] = await entriesOf(zzFile([GOOD_ROW.replace("2052.00", "-2052.00")], 1, -205_200), zz);
    expect(entry).toMatchObject({ direction: "credit", problem: { code: "line.amount-not-positive" } });
  });

  it("without account number is money for suspense, not a refusal", async () => {
    const [entry] = await entriesOf(zzFile([GOOD_ROW.replace("|0012|", "||")], 1, 205_200), zz);
    expect(entry?.problem).toMatchObject({ code: "line.account-missing", severity: "review" });
  });

  it("leaves the sums of the readable rows and says that the total cannot be proved", async () => {
    const file = zzFile([GOOD_ROW, GOOD_ROW.replace("2052.00", "?")], 2, 410_400);
    const [end] = await statementEndsOf(file, zz);
    expect(end).toMatchObject({
      creditsMinor: 205_200n,
      refusedCount: 1,
      check: { kind: "mismatch", differenceMinor: 205_200n },
    });
  });
});

describe("a file that is wrong", () => {
  it.each([
    ["count", 2, 205_200],
    ["count", 0, 205_200],
    ["total", 1, 2052],
  ])("in the %s of its summary line is refused whole", async (field, count, totalFen) => {
    const refusal = await refusalOf(eventsOf(zzFile([GOOD_ROW], count, totalFen), zz));
    expect(refusal.code).toBe("file.trailer-mismatch");
    expect(refusal.detail).toMatchObject({ field, facts: { computedCount: 1, computedTotal: "2052.00" } });
  });

  it("in its encoding is refused by byte and line, never decoded with a guess", async () => {
    const good = Buffer.from(zzFile([GOOD_ROW, GOOD_ROW], 2, 410_400));
    const at = good.lastIndexOf(Buffer.from(gb18030("张三")));
    good[at] = 0xff;
    const refusal = await refusalOf(eventsOf(good, zz));
    expect(refusal.code).toBe("file.encoding");
    expect(refusal.detail).toMatchObject({ row: 4, facts: { byteOffset: at } });
    const asUtf8 = await refusalOf(
      eventsOf(zzFile([GOOD_ROW], 1, 205_200), { ...zz, layout: { ...zz.layout, encoding: "utf-8" } }),
    );
    expect(asUtf8.code).toBe("file.encoding");
  });

  it("in its line ends, its header or its summary says so", async () => {
    const text = new TextDecoder("gb18030").decode(zzFile([GOOD_ROW], 1, 205_200));
    const codeOf = async (changed: string): Promise<string> =>
      (await refusalOf(eventsOf(gb18030(changed), zz))).code;
    expect(await codeOf(text.replaceAll("\r\n", "\n"))).toBe("file.line-end");
    expect(await codeOf(text.replace("银行流水号", "流水"))).toBe("file.header-unknown");
    expect(await codeOf(text.replace("|ZZRL", ""))).toBe("file.summary-unreadable");
    expect(await codeOf(text.replace("1|205200", "one|205200"))).toBe("file.summary-unreadable");
    expect(await codeOf(text.replace("|20261111|ZZRL", "|20261311|ZZRL"))).toBe("file.summary-unreadable");
  });

  it("that is empty, a web page or an error answer is not an empty day", async () => {
    const codeOf = async (text: string): Promise<string> => (await refusalOf(eventsOf(utf8(text), zz))).code;
    expect(await codeOf("")).toBe("file.empty");
    expect(await codeOf("<html><body>login</body></html>\r\n")).toBe("file.not-a-statement");
    expect(await codeOf('{"code":"20002"}\r\n')).toBe("file.not-a-statement");
    expect(await codeOf("No Bill Exist\r\n")).toBe("file.not-a-statement");
  });

  it("without line ends does not fill the memory", async () => {
    const refusal = await refusalOf(eventsOf(Buffer.alloc(3 * 1024 * 1024, 0x31), zz));
    expect(refusal.code).toBe("file.line-too-long");
  });
});

const TRAILER = `
format: delimited
name: trailer
version: 3
description: comma, quoted, marked trailer in yuan that counts its header line
layout: { encoding: utf-8, delimiter: ",", quoting: double, lineEnd: any, header: [id, no, money, when, state], strip: "\`" }
summary: { at: trailer, fields: 3, count: 2, total: 3, marker: TOTAL, totalUnit: yuan, totalRule: gross, countsExtraLines: 1 }
columns: { amount: money, accountNo: no, serial: id, day: when, status: state }
amountUnit: fen
dayFormat: "yyyy-mm-dd hh:mm:ss"
successCodes: ["0000", S]
reconciliation: { unknownAccount: suspense }
`;

describe("a quoted file with a trailer, columns by name, backticks, fen in rows and yuan in the total", () => {
  const profile = delimitedFrom(TRAILER);
  const lines = [
    "state,when,id,no,money",
    'S,2026-11-11 08:00:00,`a1,`"x',
    '0000,"2026-11-11 08:00:00",`a1,`0007\t,20000',
  ];
  const file = (rows: string[], trailer: string): Uint8Array =>
    utf8(`${[lines[0], ...rows, trailer].join("\n")}\n`);

  it("reads by name in any order, strips the decoration and counts as the bank counts", async () => {
    const rows = [lines[2] ?? "", "51,2026-11-11 09:00:00,`a2,`0008,30000"];
    const events = await eventsOf(file(rows, "TOTAL,2,200.00"), profile);
    expect(events[2]).toMatchObject({
      amountMinor: 20_000n,
      status: "booked",
      transactions: [{ serial: "a1", accountNo: "0007" }],
    });
    expect(events[3]).toMatchObject({ status: "info" });
    expect(events.at(-1)).toMatchObject({ check: { kind: "ok" }, computedCount: 1 });
  });

  it("without its trailer is truncated, after its trailer nothing may follow", async () => {
    const cut = await refusalOf(eventsOf(file([], lines[2] ?? ""), profile));
    expect(cut.code).toBe("file.truncated");
    const joined = await refusalOf(eventsOf(file(["TOTAL,1,0.00"], lines[2] ?? ""), profile));
    expect(joined.code).toBe("file.after-trailer");
  });

  it("with a quotation mark in the wrong place or left open is refused", async () => {
    const open = await refusalOf(eventsOf(utf8(`${lines[0]}\nS,"2026`), profile));
    expect(open.code).toBe("file.truncated");
    const stray = await refusalOf(eventsOf(file([lines[1] ?? ""], "TOTAL,1,0.00"), profile));
    expect(stray.code).toBe("file.quoting");
  });
});

describe("serials that come back within a file", () => {
  const second = GOOD_ROW.replace("2052.00", "100.00");

  it("are suspected while reading and told apart by a second reading", async () => {
    const file = zzFile(
      [GOOD_ROW, GOOD_ROW, GOOD_ROW.replace("B0001", "B0003"), second.replace("B0001", "B0003")],
      4,
      625_600,
    );
    const entries = await entriesOf(file, zz);
    expect(entries.map((entry) => entry.mayRepeatSerial)).toEqual([false, true, false, true]);
    const repeated = await resolveRepeatedSerials(
      () => chunksOf(file),
      zz,
      new Set(["B0001", "B0003", "B0009"]),
    );
    expect(repeated).toEqual([
      { serial: "B0001", kind: "payment", rows: [3, 4], sameContent: true },
      { serial: "B0003", kind: "payment", rows: [5, 6], sameContent: false },
    ]);
  });

  it("of a payment and its reversal are not a repetition", async () => {
    const entries = await entriesOf(zzFile([GOOD_ROW, GOOD_ROW.replace("缴费", "冲正")], 2, 0), zz);
    expect(entries.map((entry) => entry.mayRepeatSerial)).toEqual([false, false]);
  });
});

describe("the writer", () => {
  const row = { day: "2026-11-11", serial: "1", accountNo: "2", amountMinor: 5n, kind: "payment" } as const;

  it("refuses a character that the encoding would lose, a field that would split, and one-way rows without totals", async () => {
    const gbk: DelimitedProfile = { ...zz, layout: { ...zz.layout, encoding: "gbk" } };
    const rare = { ...row, day: "2026-11-11" as never, payerName: "𬴂" };
    expect((await refusalOf(written(gbk, [rare]))).code).toBe("bank-file.character-lost");
    expect((await written(zz, [rare])).length).toBeGreaterThan(0);
    const unsafe = { ...rare, payerName: "a|b" };
    expect((await refusalOf(written(zz, [unsafe]))).code).toBe("bank-file.field-unsafe");
    expect((await refusalOf(written(zz, [rare].values()))).code).toBe("bank-file.totals-needed");
  });
});
