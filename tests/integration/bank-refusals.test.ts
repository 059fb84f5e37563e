/** Bank files that are not taken: the same again, and every way to be wrong. Nothing is ever half done. */
import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import path from "node:path";
import iconv from "iconv-lite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type DelimitedProfile, loadProfile } from "#src/bank/channels/index.ts";
import {
  bankRow,
  BILL_FEN,
  bookCounts,
  buildBankTown,
  type BankTown,
  FILE_CHANNEL,
  importFile,
  LIVE_CHANNEL,
  refusalOf,
  writeBankFile,
} from "#tests/support/bank-town.ts";

let town: BankTown;
beforeAll(async () => {
  town = await buildBankTown({ households: 200 });
});
afterAll(() => town.drop());

const expectNothingMoved = async (work: () => Promise<unknown>): Promise<void> => {
  const before = await bookCounts(town);
  await work();
  expect(await bookCounts(town)).toEqual(before);
};

describe("the same file again", () => {
  const rows = () => [bankRow("G1", 100), bankRow("G2", 101)];

  test("is refused with the first import's id: as it is, renamed, and re-encoded", async () => {
    const source = await writeBankFile(town, rows());
    const first = await importFile(town, source);
    const renamed = path.join(town.folder, "renamed.txt");
    writeFileSync(renamed, readFileSync(source));
    const recoded = path.join(town.folder, "recoded.txt");
    const text = iconv.decode(readFileSync(source), "gb18030");
    writeFileSync(recoded, text.replaceAll("\r\n", "\n"), "utf8");
    const yaml = path.join(town.folder, "copy.yaml");
    const shipped = readFileSync(
      path.resolve(import.meta.dirname, "../../src/bank/channels/profiles/zz-bank-gb18030.yaml"),
      "utf8",
    );
    writeFileSync(
      yaml,
      shipped.replace("encoding: gb18030", "encoding: utf-8").replace("lineEnd: crlf", "lineEnd: any"),
    );
    await expectNothingMoved(async () => {
      for (const copy of [source, renamed]) {
        const refused = await refusalOf(importFile(town, copy));
        expect(refused.code).toBe("file.already-imported");
        expect(refused.detail["facts"]).toMatchObject({
          importFileId: String(first.importFileId),
          state: "posted",
        });
      }
      const refused = await refusalOf(importFile(town, recoded, { profile: yaml }));
      expect(refused.code).toBe("file.already-imported");
      expect(refused.detail["facts"]).toMatchObject({ firstImportFileId: String(first.importFileId) });
    });
  });

  test("twice at once: one posts, the other is told which one", async () => {
    const source = await writeBankFile(town, [bankRow("G3", 102), bankRow("G4", 103)]);
    const before = await bookCounts(town);
    const both = await Promise.allSettled([importFile(town, source), importFile(town, source)]);
    const done = both.filter((one) => one.status === "fulfilled");
    const refused = both.filter((one) => one.status === "rejected");
    expect(done).toHaveLength(1);
    expect(refused[0]?.reason).toMatchObject({ code: "file.already-imported" });
    const after = await bookCounts(town);
    expect(Number(after["payments"]) - Number(before["payments"])).toBe(2);
  });

  test("for another channel is refused with the first import's id, tried or not: as it is and re-encoded", async () => {
    const source = await writeBankFile(town, [bankRow("G5", 104), bankRow("G6", "700000005")]);
    const first = await importFile(town, source);
    const renamed = path.join(town.folder, "other-bank.txt");
    writeFileSync(
      renamed,
      iconv.encode(iconv.decode(readFileSync(source), "gb18030").replaceAll("张三", "李四"), "gb18030"),
    );
    await expectNothingMoved(async () => {
      for (const copy of [source, renamed]) {
        for (const dryRun of [true, false]) {
          expect(await refusalOf(importFile(town, copy, { channel: LIVE_CHANNEL, dryRun }))).toMatchObject({
            code: "file.other-channel",
            detail: {
              field: "channel",
              facts: { otherImportFileId: String(first.importFileId), channel: "zzbank", state: "posted" },
            },
          });
        }
      }
    });
  });

  test("for two channels at once is posted for one of them", async () => {
    const source = await writeBankFile(town, [bankRow("G7", 105)]);
    const both = await Promise.allSettled([
      importFile(town, source),
      importFile(town, source, { channel: LIVE_CHANNEL }),
    ]);
    const refused = both.filter((one) => one.status === "rejected");
    expect(refused.map((one) => one.reason)).toMatchObject([{ code: "file.other-channel" }]);
  });

  test("that was refused for another channel is taken by its own", async () => {
    const source = await writeBankFile(town, [bankRow("G8", 106)]);
    const wrong = { channel: LIVE_CHANNEL, profile: "fujian-water" };
    expect((await refusalOf(importFile(town, source, wrong))).code).toMatch(/^file\./);
    expect((await importFile(town, source)).counts).toEqual({ posted: 1 });
  });

  test("two days without business may look alike", async () => {
    const quiet = { ...(await loadProfile("fujian-water")) } as DelimitedProfile;
    await town.db.owner.sql.run(
      "insert into channels (code, name, kind, real_time, profile) values ('quiet', '静', 'bank', false, 'fujian-water')",
    );
    for (let turn = 0; turn < 2; turn += 1) {
      const report = await importFile(town, await writeBankFile(town, [], { profile: quiet }), {
        channel: "quiet",
      });
      expect(report).toMatchObject({ state: "posted", lineCount: 0, counts: {} });
    }
  });
});

describe("a file that cannot be taken", () => {
  const refusedFile = async (source: string, code: string): Promise<Record<string, unknown>> => {
    let detail: Record<string, unknown> = {};
    await expectNothingMoved(async () => {
      const refused = await refusalOf(importFile(town, source));
      expect(refused.code).toBe(code);
      ({ detail } = refused);
      const stored = await town.db.owner.sql.one<{ state: string; code: string }>(
        "select state, refusal ->> 'code' as code from import_files order by id desc limit 1",
      );
      expect(stored).toEqual({ state: "refused", code });
    });
    return detail;
  };

  test("is refused when it is truncated, and can come again complete", async () => {
    const source = await writeBankFile(town, [bankRow("U1", 110), bankRow("U2", 111)]);
    const whole = readFileSync(source);
    truncateSync(source, whole.length - 20);
    expect(await refusedFile(source, "file.truncated")).toMatchObject({ row: 4 });
    writeFileSync(source, whole);
    expect((await importFile(town, source)).counts).toEqual({ posted: 2 });
  });

  test("is refused when its totals are wrong", async () => {
    const source = await writeBankFile(town, [bankRow("V1", 112)], {
      stated: { count: 1, totalMinor: BILL_FEN + 1n },
    });
    expect(await refusedFile(source, "file.trailer-mismatch")).toHaveProperty("remedy");
  });

  test("is refused when its bytes are of another encoding", async () => {
    const source = await writeBankFile(town, [bankRow("W1", 113)]);
    const bytes = readFileSync(source);
    const at = bytes.indexOf(iconv.encode("张三", "gb18030"));
    bytes[at] = 0xff;
    writeFileSync(source, bytes);
    expect(await refusedFile(source, "file.encoding")).toHaveProperty("remedy");
  });

  test("is refused as a whole for one amount of 0 or below, with the row, the field and what to do", async () => {
    for (const [serial, amountMinor] of [
      ["X1", 0n],
      ["X2", -5n],
    ] as const) {
      const source = await writeBankFile(town, [
        bankRow(`${serial}a`, 114),
        bankRow(serial, 115, { amountMinor }),
      ]);
      const detail = await refusedFile(source, "line.amount-not-positive");
      expect(detail).toMatchObject({ row: 4, field: "amount", facts: { refusedLines: 1 } });
      expect(String(detail["remedy"])).not.toBe("");
    }
  });

  test("is refused for one serial with two contents", async () => {
    const source = await writeBankFile(town, [bankRow("Y1", 116), bankRow("Y1", 117)]);
    expect(await refusedFile(source, "line.serial-conflict")).toMatchObject({ row: 4, field: "serial" });
  });

  test("is refused for one unknown number where the profile says so, by message or by file", async () => {
    const shipped = readFileSync("src/bank/channels/profiles/zz-bank-gb18030.yaml", "utf8");
    const profile = path.join(town.folder, "strict.yaml");
    writeFileSync(profile, shipped.replace("unknownAccount: suspense", "unknownAccount: refuse"));
    for (const channel of [FILE_CHANNEL, LIVE_CHANNEL]) {
      const rows = [bankRow(`U1-${channel}`, 119), bankRow(`U2-${channel}`, "700000001")];
      const source = await writeBankFile(town, rows);
      await expectNothingMoved(async () => {
        const refused = await refusalOf(importFile(town, source, { channel, profile }));
        expect(refused).toMatchObject({
          code: "file.account-unknown",
          detail: { row: 4, facts: { lines: 1 } },
        });
      });
    }
  });

  test("is refused before it has a row when channel, profile or path are wrong", async () => {
    const source = await writeBankFile(town, [bankRow("Z1", 118)]);
    await expectNothingMoved(async () => {
      expect((await refusalOf(importFile(town, source, { channel: "nobody" }))).code).toBe("channel.unknown");
      expect((await refusalOf(importFile(town, source, { profile: "nothing" }))).code).toBe(
        "profile.unknown",
      );
      expect((await refusalOf(importFile(town, `${source}.gone`))).code).toBe("file.not-readable");
    });
  });
});

test("a large file is read on a thread of its own, and refused or counted like a small one", async () => {
  const lines = Array.from({ length: 80_000 }, (_, index) => bankRow(`LARGE-${index}`, (index % 200) + 1));
  const source = await writeBankFile(town, lines);
  const whole = readFileSync(source);
  expect(whole.length).toBeGreaterThan(4 * 1024 * 1024);
  await expectNothingMoved(async () => {
    const tried = await importFile(town, source, { dryRun: true });
    expect(tried).toMatchObject({ lineCount: 80_000, counts: { posted: 80_000 } });
    truncateSync(source, whole.length - 10);
    const refused = await refusalOf(importFile(town, source));
    expect(refused).toMatchObject({ code: "file.truncated", detail: { row: 80_002 } });
  });
  const [kept] = await town.db.owner.sql.rows<{ bytes: bigint }>(
    "select sum(length(bytes)) as bytes from import_file_bytes group by file_id order by file_id desc limit 1",
  );
  expect(Number(kept?.bytes)).toBe(whole.length - 10);
});
