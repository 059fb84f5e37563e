import { createReadStream, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type InspectReport, inspectBankFile, loadProfile, readBankFile } from "#src/bank/channels/index.ts";
import { chunksOf, refusalOf } from "./support.ts";

const SAMPLES = join(import.meta.dirname, "samples");

type ExpectedStatement = {
  id: string;
  account: string;
  currency?: string;
  entries: number;
  transactions: number;
  credits: string;
  debits: string;
  opening?: string;
  closing?: string;
  check: "OK" | "MISMATCH" | "n/a";
  difference?: string;
};
/** A: right. B: no entries. M: the author edited amounts, so the balance does not hold. N: to be refused or named. */
type Expected = {
  tier: "A" | "B" | "M" | "N";
  format: string;
  msgId?: string;
  statements: ExpectedStatement[];
};

const expected = JSON.parse(readFileSync(join(SAMPLES, "expected.json"), "utf8")) as Record<string, Expected>;
const CHECKS = { OK: "ok", MISMATCH: "mismatch", "n/a": "not-stated" } as const;

/** The samples state amounts with the decimals of the file; two decimals are the same amount. */
const decimals = (text: string | undefined): string | null => {
  if (text === undefined) return null;
  const [whole, part = ""] = text.split(".");
  expect(part.slice(2)).toMatch(/^0*$/);
  return `${whole}.${part.slice(0, 2).padEnd(2, "0")}`;
};

const expectStatements = (report: InspectReport, statements: ExpectedStatement[]): void => {
  expect(report.statements.length).toBe(statements.length);
  for (const [index, wanted] of statements.entries()) {
    const found = report.statements[index];
    expect({
      id: found?.id,
      account: found?.account,
      entries: found?.entries,
      transactions: found?.transactions,
      credits: found?.credits,
      debits: found?.debits,
      opening: found?.opening,
      closing: found?.closing,
      check: found?.check,
      difference: found?.difference,
    }).toEqual({
      id: wanted.id,
      account: wanted.account,
      entries: wanted.entries,
      transactions: wanted.transactions,
      credits: decimals(wanted.credits),
      debits: decimals(wanted.debits),
      opening: decimals(wanted.opening),
      closing: decimals(wanted.closing),
      check: CHECKS[wanted.check],
      difference: decimals(wanted.difference),
    });
    expect(found?.currency).toBe(wanted.currency ?? found?.currency);
  }
};

describe("public camt samples", () => {
  const samples = Object.entries(expected);
  for (const [name] of samples.filter(([, wanted]) => wanted.statements.length === 0)) {
    it(`${name} is refused: no statement in it`, async () => {
      const refusal = await refusalOf(inspectBankFile(join(SAMPLES, name)));
      expect(["file.no-statement", "file.format-unknown"]).toContain(refusal.code);
    });
  }

  for (const [name, wanted] of samples.filter(([, one]) => one.statements.length > 0)) {
    it(`${name} (tier ${wanted.tier})`, async () => {
      const report = await inspectBankFile(join(SAMPLES, name));
      const format = `${report.format}.${report.version ?? ""}`;
      expect(format).toBe(wanted.format === "XML?" ? "camt.053." : wanted.format);
      expect(report.messages[0]?.messageId).toBe(wanted.msgId);
      expectStatements(report, wanted.statements);
      const codes = report.problems.map((problem) => problem.code);
      expect(codes.includes("statement.balance-mismatch")).toBe(wanted.tier === "M");
      // Tier A holds edited samples too: only its money is right, so only M and N must be unacceptable.
      expect(report.acceptable && (wanted.tier === "M" || wanted.tier === "N")).toBe(false);
    });
  }

  it("names the garbled amount by its line instead of reading it as something", async () => {
    const path = join(SAMPLES, "sebastienrousseau__bankstatementparser/golden__camt053_garbled_amount.xml");
    const report = await inspectBankFile(path);
    expect(report.problems).toMatchObject([
      { code: "line.unreadable", field: "Amt", row: 16, severity: "refuse" },
    ]);
  });

  it("keeps two equal payments of one day as two entries", async () => {
    const path = join(
      SAMPLES,
      "sebastienrousseau__bankstatementparser/golden__camt053_duplicate_same_day.xml",
    );
    const profile = await loadProfile("camt053");
    const entries = [];
    for await (const events of readBankFile(createReadStream(path), profile)) {
      entries.push(...events.filter((event) => event.type === "entry"));
    }
    expect(entries.map((entry) => entry.ordinal)).toEqual([1, 2]);
  });

  it("refuses every sample that is cut anywhere before its last tag ends", async () => {
    const path = join(SAMPLES, "sebastienrousseau__bankstatementparser/golden__camt053_multicurrency.xml");
    const whole = readFileSync(path);
    const profile = await loadProfile("camt053");
    const lastByte = whole.lastIndexOf(0x3e);
    let ended = false;
    for (let length = 0; length <= lastByte; length += 7) {
      const cut = whole.subarray(0, length);
      const read = async (): Promise<void> => {
        for await (const events of readBankFile(chunksOf(cut), profile))
          ended ||= events.at(-1)?.type === "fileEnd";
      };
      const refusal = await refusalOf(read());
      expect(["file.truncated", "file.empty", "file.xml-invalid"]).toContain(refusal.code);
    }
    expect(ended).toBe(false);
  });
});
