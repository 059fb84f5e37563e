import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { inspectBankFile } from "#src/bank/channels/index.ts";
import { GOOD_ROW, refusalOf, utf8, zzFile } from "./support.ts";

const folder = mkdtempSync(join(tmpdir(), "bank-inspect-"));
afterAll(() => rmSync(folder, { recursive: true }));

const saved = (name: string, bytes: Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};

describe("inspecting a bank file", () => {
  it("sums up a delimited file under its profile, amounts as decimal text", async () => {
    const bytes = zzFile([GOOD_ROW, "20261111|103000|B0002|0012|张三|2.00|柜面|冲正|B0001|"], 2, 205_000);
    const report = await inspectBankFile(saved("good.txt", bytes), { profile: "zz-bank-gb18030" });
    expect(report).toMatchObject({
      format: "delimited",
      encoding: "gb18030",
      sha256: createHash("sha256").update(bytes).digest("hex"),
      bytes: bytes.length,
      lines: 4,
      bankDay: "2026-11-11",
      statements: [
        { entries: 2, transactions: 2, credits: "2052.00", debits: "2.00", check: "ok", difference: "0.00" },
      ],
      stated: { count: 2, total: "2050.00" },
      computed: { count: 2, total: "2050.00" },
      acceptable: true,
      problems: [],
    });
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  it("lists problems by row and settles suspected serials, without names or account numbers", async () => {
    const rows = [
      GOOD_ROW,
      GOOD_ROW.replace("2052.00", "100.00"),
      GOOD_ROW.replace("B0001", "B0005"),
      GOOD_ROW.replace("B0001", "B0005"),
      GOOD_ROW.replace("B0001", "B0006").replace("2052.00", "0.00"),
    ];
    const path = saved("doubtful.txt", zzFile(rows, 5, 205_200 * 3 + 10_000));
    const report = await inspectBankFile(path, { profile: "zz-bank-gb18030" });
    expect(report.acceptable).toBe(false);
    expect(report.problems.map((problem) => [problem.code, problem.row, problem.severity])).toEqual([
      ["line.amount-not-positive", 7, "refuse"],
      ["line.serial-conflict", 4, "refuse"],
      ["line.serial-repeated", 6, "review"],
    ]);
    expect(JSON.stringify(report)).not.toMatch(/张三|"0012"/);
  });

  it("never guesses an encoding: a delimited file without a profile is answered with the profiles", async () => {
    const refusal = await refusalOf(inspectBankFile(saved("text.txt", zzFile([GOOD_ROW], 1, 205_200))));
    expect(refusal).toMatchObject({
      code: "file.profile-needed",
      detail: { facts: { profiles: ["fujian-water", "zz-bank-gb18030"] } },
    });
  });

  it("says plainly what it does not read", async () => {
    const codeOf = async (name: string, bytes: Uint8Array, profile?: string): Promise<string> =>
      (await refusalOf(inspectBankFile(saved(name, bytes), { profile }))).code;
    expect(await codeOf("empty.txt", utf8(""))).toBe("file.empty");
    expect(await codeOf("swift.sta", utf8(":20:STARTUMS\r\n:25:123\r\n"))).toBe("file.format-unknown");
    expect(await codeOf("page.html", utf8("<!-- x --><html></html>"))).toBe("file.format-unknown");
    expect(await codeOf("plain.txt", utf8("1|2\n"), "nobody")).toBe("profile.unknown");
    expect(await codeOf("text.xml", utf8("1|2\n"), "camt053")).toBe("file.xml-invalid");
    expect((await refusalOf(inspectBankFile(join(folder, "absent")))).code).toBe("file.not-readable");
    expect((await refusalOf(inspectBankFile(folder))).code).toBe("file.not-readable");
  });
});
