import QRCode from "qrcode";
import { describe, expect, it } from "vitest";
import { formatYuanGrouped, parseYuan } from "#src/kernel/money.ts";
import {
  type PrintDocument,
  printedTexts,
  type PrintLocale,
  printLocales,
  renderPage,
  renderPdf,
  unprintableCharacters,
} from "#src/office/documents/index.ts";
import { wordsOf } from "#src/office/documents/words.ts";
import { rareCharacters } from "./rare-characters.ts";
import { compact, readPage, readPdf } from "./read-pdf.ts";
import {
  longBill,
  sampleBill,
  sampleCase,
  sampleCertificate,
  sampleDemand,
  sampleOrder,
  samplePostingList,
  sampleReceipt,
  sampleSlip,
  sampleTestNotice,
} from "./samples.ts";

const NOTHING_KNOWN = {
  accountNo: "",
  contactName: "",
  contactNumber: "",
  summary: "",
  ticketNos: [],
  crewName: "",
  slot: "",
};
const documents: readonly [string, PrintDocument][] = [
  ["notice of a pressure test", sampleTestNotice()],
  ["notice of a cold run", sampleTestNotice({ testKind: "cold-run", note: "" })],
  ["moved test", sampleTestNotice({ about: "moved", formerWindow: "2026-10-30 08:00 - 18:00" })],
  ["test that is put off", sampleTestNotice({ about: "postponed", window: "" })],
  ["test that is called off", sampleTestNotice({ about: "cancelled", testKind: "cold-run" })],
  ["test that was passed", sampleTestNotice({ about: "passed" })],
  ["test that was not passed", sampleTestNotice({ about: "failed" })],
  ["posting list with doors to knock on", samplePostingList()],
  ["posting list without gaps", samplePostingList({ testKind: "cold-run", gaps: [], window: "" })],
  ["bill on A4", sampleBill()],
  ["bill on A5", sampleBill({ paper: "a5" })],
  ["reprinted void bill", sampleBill({ reprintCount: 3, voided: true })],
  ["receipt on A4", sampleReceipt({ paper: "a4" })],
  ["receipt on A5", sampleReceipt()],
  ["receipt on a roll", sampleReceipt({ paper: "roll-80" })],
  ["receipt of a needle printer", sampleReceipt({ paper: "needle" })],
  ["certificate of a bank day", sampleCertificate()],
  ["certificate of a day without differences", sampleCertificate({ differences: [], parts: [] })],
  [
    "reprinted void receipt",
    sampleReceipt({ reprintCount: 2, voided: { at: "2026-11-10 10:00", reason: "错户" }, note: "当班作废" }),
  ],
  ["work order", sampleOrder()],
  ["valve order with nothing but a place", sampleOrder({ orderKind: "valve", ...NOTHING_KNOWN })],
  [
    "reprinted emergency that is over",
    sampleOrder({ orderKind: "emergency", reprintCount: 1, voided: true }),
  ],
  ["signed temperature slip", sampleSlip()],
  ["empty temperature slip", sampleSlip({ slip: null, accountNo: "", contactName: "" })],
  ["slip of a case on A5", sampleCase()],
  ["letter of demand", sampleDemand()],
  ["reprinted letter of demand without ways to pay", sampleDemand({ howToPay: [], reprintCount: 2 })],
  ["slip of a case on A4", sampleCase({ paper: "a4", accountNo: "", callerName: "", address: "" })],
];
const cases = documents.flatMap(([name, document]) =>
  printLocales.map((locale): [string, PrintLocale, PrintDocument] => [name, locale, document]),
);
const asBag = (text: string): string => [...compact(text)].sort().join("");

describe("page and PDF of one document", () => {
  it.each(cases)("say the same: %s in %s", async (_name, locale, document) => {
    const pdf = compact(await readPdf(await renderPdf(document, locale)));
    const page = compact(readPage(renderPage(document, locale)));
    const texts = printedTexts(document, locale);
    for (const text of texts) expect(page).toContain(compact(text));
    // A cell that wraps is cut by its neighbours; each of its lines is in the bag compared below.
    for (const text of texts.filter((short) => short.length < 12)) expect(pdf).toContain(compact(text));
    // Not a character more, not one less, on either side.
    expect(asBag(page)).toBe(asBag(texts.join("")));
    expect(asBag(pdf)).toBe(asBag(texts.join("")));
  });

  it.each(printLocales)("print equal totals in %s", async (locale) => {
    const bill = sampleBill();
    const texts = [await readPdf(await renderPdf(bill, locale)), readPage(renderPage(bill, locale))].map(
      compact,
    );
    for (const text of texts) {
      for (const amount of [bill.totalFen, bill.paidFen, bill.dueFen]) {
        expect(text).toContain(formatYuanGrouped(amount));
      }
      expect(text).toContain("人民币壹仟零伍拾贰元整");
      expect(text).toContain("2,014.836≈2,014.84");
    }
  });
});

describe("rare names", () => {
  it("come back from the PDF as they went in, on every paper", async () => {
    expect(new Set(rareCharacters).size).toBeGreaterThanOrEqual(200);
    const ownerName = rareCharacters.join("");
    const bill = sampleBill({
      ownerName,
      howToPay: rareCharacters.map((character) => `${character}·${character}`),
    });
    expect(unprintableCharacters(bill)).toEqual([]);
    const text = compact(await readPdf(await renderPdf(bill)));
    expect(text).toContain(ownerName);
    for (const character of rareCharacters) expect(text).toContain(`${character}·${character}`);
    const lines = sampleReceipt().lines.map((line) => ({ ...line, ownerName }));
    const roll = sampleReceipt({ paper: "roll-80", lines });
    expect(compact(await readPdf(await renderPdf(roll)))).toContain(ownerName);
  });

  it("keep their own code point when two share one outline, also in a later document", async () => {
    // U+2F00 and U+4E00, U+00B7 and U+2027, U+2013 and friends look alike; the text must not change into its twin.
    for (const ownerName of ["⼀一⼆二", "一⼀二⼆", "·‧・•", "・‧·", "-–—―"]) {
      const text = compact(await readPdf(await renderPdf(sampleBill({ ownerName }))));
      expect(text).toContain(ownerName);
    }
  });

  it("keep middle dots and long minority names whole", async () => {
    const ownerName = "阿卜杜热合曼·买买提吐尔逊·艾山江";
    expect(compact(await readPdf(await renderPdf(sampleBill({ ownerName }))))).toContain(ownerName);
  });

  it("show a code in brackets where no face has the character, and report it", async () => {
    const ownerName = "王\u{323AF}\u{1F600}\u0007\uD842";
    const bill = sampleBill({ ownerName });
    const shown = "王[U+323AF][U+1F600][U+0007][U+D842]";
    expect(unprintableCharacters(bill)).toEqual(["U+323AF", "U+1F600", "U+0007", "U+D842"]);
    expect(compact(await readPdf(await renderPdf(bill)))).toContain(shown);
    expect(compact(readPage(renderPage(bill)))).toContain(shown);
  });
});

describe("the page", () => {
  it("escapes every text that comes from data", () => {
    const nasty = `<script>alert("1")</script>&'\`={{sheet.title}}`;
    const bill = renderPage(
      sampleBill({
        ownerName: nasty,
        address: nasty,
        billNo: nasty,
        howToPay: [nasty],
        notes: [nasty],
        tariffBasis: nasty,
        company: { name: nasty, hotline: nasty, address: nasty, website: nasty },
      }),
    );
    const receipt = renderPage(
      sampleReceipt({
        paper: "roll-80",
        payerName: nasty,
        cashierName: nasty,
        note: nasty,
        voided: { at: "2026-11-10 10:00", reason: nasty },
      }),
    );
    for (const page of [bill, receipt]) {
      expect(page).not.toContain("<script");
      expect(page).toContain("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#x27;");
      expect(compact(readPage(page))).toContain(compact(nasty));
    }
  });

  it("is in the language of its words, with every word of both languages filled in", () => {
    const keys = (value: object, path = ""): string[] =>
      Object.entries(value).flatMap(([key, inner]) =>
        typeof inner === "object" && inner !== null ? keys(inner, `${path}${key}.`) : [`${path}${key}`],
      );
    const blanks = (locale: PrintLocale): string[][] =>
      Object.values(wordsOf(locale)).map((words) =>
        [...JSON.stringify(words).matchAll(/"([\w-]+)":"([^"]*)"/g)].map(
          ([, key, word = ""]) => `${key}: ${[...(word.match(/\{\{\w+\}\}/g) ?? [])].sort().join(" ")}`,
        ),
      );
    expect(keys(wordsOf("en"))).toEqual(keys(wordsOf("zh-CN")));
    expect(blanks("en")).toEqual(blanks("zh-CN"));
    expect(renderPage(sampleBill(), "en")).toContain('<html lang="en">');
    expect(renderPage(sampleBill())).toContain('<html lang="zh-CN">');
  });
});

describe("the code on an order", () => {
  /** Every dark square of the page, as x and y. */
  const squaresOf = (page: string): Set<string> => {
    const path = /<path d="([^"]+)"/.exec(page)?.[1] ?? "";
    return new Set(
      [...path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g)].flatMap(([, x, y, length]) =>
        Array.from({ length: Number(length) }, (_, step) => `${Number(x) + step},${y}`),
      ),
    );
  };

  it("is the QR code of its address, in the page as in the PDF", async () => {
    const order = sampleOrder();
    const squares = squaresOf(renderPage(order));
    const { modules } = QRCode.create(order.link, { errorCorrectionLevel: "M" });
    const expected = [...Array(modules.size * modules.size).keys()]
      .map((cell) => [cell % modules.size, Math.trunc(cell / modules.size)] as const)
      .filter(([x, y]) => modules.get(y, x) !== 0)
      .map(([x, y]) => `${x},${y}`);
    expect(squares).toEqual(new Set(expected));
    expect(squares.size).toBeGreaterThan(200);
    const pdf = (await renderPdf(order)).toString("latin1");
    expect(pdf.length).toBeGreaterThan(1000);
    expect(compact(await readPdf(await renderPdf(order)))).toContain(order.link);
  });

  it("names nobody: what is scanned is the address of the order and nothing else", () => {
    for (const document of [sampleOrder(), sampleSlip()]) {
      expect(document.link).not.toMatch(/1380000|0102030|春晖|欧阳/);
      expect(() => renderPage({ ...document, link: "javascript:alert(1)" })).toThrow(
        expect.objectContaining({ code: "document.unreadable" }),
      );
    }
  });
});

describe("papers and marks", () => {
  it("carry reprint and void marks only when they must", async () => {
    const clean = compact(await readPdf(await renderPdf(sampleReceipt())));
    expect(clean).not.toMatch(/补打|作废/);
    const marked = sampleReceipt({ reprintCount: 2, voided: { at: "2026-11-10 10:00", reason: "错户" } });
    const text = compact(await readPdf(await renderPdf(marked)));
    expect(text).toContain("补打第2次");
    expect(text).toContain("作废");
    expect(text).toContain("错户");
  });

  it("continue a long bill on further pages without losing a line", async () => {
    const bill = longBill(120);
    const text = compact(await readPdf(await renderPdf(bill)));
    for (let shop = 1; shop <= 120; shop += 1) expect(text).toContain(`商业·${shop}号铺`);
    expect(text).toContain("360,000.00元");
    expect(text).toMatch(/1\/\d/);
  });

  it("make a roll as long as its text", async () => {
    const height = async (document: PrintDocument): Promise<number> =>
      Number(/\/MediaBox \[0 0 226\.77 ([\d.]+)\]/.exec((await renderPdf(document)).toString("latin1"))?.[1]);
    const short = sampleReceipt({ paper: "roll-80" });
    const long = sampleReceipt({
      paper: "roll-80",
      lines: Array.from(
        { length: 30 },
        () => ({ ...short.lines[0], amountFen: parseYuan("1.00") }) as (typeof short.lines)[number],
      ),
      tenders: [{ kind: "cash", amountFen: parseYuan("30.00"), reference: "" }],
      totalFen: parseYuan("30.00"),
    });
    expect(await height(long)).toBeGreaterThan((await height(short)) * 3);
  });
});

describe("paper that does not add up is refused", () => {
  it.each<[string, PrintDocument, string]>([
    [
      "a formula",
      sampleBill({ lines: sampleBill().lines.map((line) => ({ ...line, amountFen: parseYuan("1") })) }),
      "lines[0].amountFen",
    ],
    ["a bill's total", sampleBill({ totalFen: parseYuan("2052.01") }), "totalFen"],
    ["the amount due", sampleBill({ dueFen: parseYuan("1052.01") }), "dueFen"],
    ["a receipt's total", sampleReceipt({ totalFen: parseYuan("2652.04") }), "totalFen"],
    [
      "the tenders",
      sampleReceipt({ tenders: [{ kind: "cash", amountFen: parseYuan("2652.04"), reference: "" }] }),
      "tenders",
    ],
  ])("%s", async (_name, document, field) => {
    const refusal = expect.objectContaining({
      code: "document.total-differs",
      detail: expect.objectContaining({ field }),
    });
    expect(() => renderPage(document)).toThrow(refusal);
    await expect(renderPdf(document)).rejects.toThrow(refusal);
  });

  it("names the field of an unreadable document, never its content", () => {
    const broken = { ...sampleBill(), ownerName: "" };
    expect(() => renderPage(broken)).toThrow(
      expect.objectContaining({
        code: "document.unreadable",
        detail: expect.objectContaining({ field: "ownerName" }),
      }),
    );
  });
});

describe("speed", () => {
  // Processor time, not the clock on the wall: other tests run beside this one.
  it("prints a receipt in 60 ms of processor time or less", async () => {
    const receipt = sampleReceipt();
    await renderPdf(receipt);
    const started = process.cpuUsage();
    for (let count = 0; count < 100; count += 1)
      await renderPdf({ ...receipt, receiptNo: `SJ2026-${count}` });
    const { user, system } = process.cpuUsage(started);
    expect((user + system) / 1000 / 100).toBeLessThan(60);
  });
});
