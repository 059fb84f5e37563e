/** Lists of orders, as Excel and as copied text: each row by itself, each refused one with its reason. */
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import writeXlsxFile from "write-excel-file/node";
import type { Actor } from "#src/platform/actor.ts";
import { findReferral, importOrderSheet, importPastedOrders } from "#src/service/referrals/index.ts";
import { rememberBeginning } from "#tests/support/beginning.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { hold, narrowed, SHORT_WAIT_MS } from "#tests/support/narrow.ts";
import { person, platformOf } from "#tests/support/people.ts";
import { buildTicketTown } from "#tests/support/tickets.ts";

let db: TestDatabase;
let startAgain: () => Promise<void>;
let agent: Actor;
beforeAll(async () => {
  db = await createTestDatabase("2026-11-23T09:10:00+08:00");
  await buildTicketTown(db);
  agent = await person(db, "agent", ["agent"]);
  startAgain = await rememberBeginning(db);
});
afterAll(() => db.drop());
beforeEach(() => startAgain());

const due = (instant: string): Date => new Date(`2026-11-${instant}:00+08:00`);
const row = (id: bigint) => findReferral(db.database.sql, id);

describe("a list", () => {
  const importing = () => ({ actor: agent, authority: "12345" });
  const sheet = (rows: readonly (readonly string[])[]) =>
    writeXlsxFile(rows.map((cells) => cells.map((value) => ({ value, type: String })))).toBuffer();

  test("as Excel takes each row by itself and says why it refused one; again it is all known", async () => {
    const bytes = await sheet([
      ["12345 转办清单"],
      ["序号", "工单编号", "诉求内容", "联系电话", "事发地址", "办理时限", "承办单位"],
      ["1", "A-1", "暖气不热", "13812345678", "金水区书香苑A1号楼1单元301", "2026-11-25 18:00", "本公司"],
      ["2", "A-2", "水管漏水", "", "书香苑A1号楼", "3个工作日", ""],
      ["3", "", "没有编号", "", "", "2026-11-25 18:00", ""],
      ["4", "A-4", "开阀", "", "书香苑A1号楼", "2026-11-26", ""],
      ["5", "A-1", "暖气不热", "13812345678", "", "2026-11-25 18:00", ""],
    ]);
    const load = () => importOrderSheet(platformOf(db), importing(), { fileName: "11-23.xlsx", bytes });
    const first = await load();
    expect([first.taken, first.known, first.refused]).toEqual([2, 1, 2]);
    expect(first.rows.map((one) => [one.rowNo, one.outcome, one.code])).toEqual([
      [3, "taken", null],
      [4, "refused", "referral.time-unreadable"],
      [5, "refused", "referral.field-missing"],
      [6, "taken", null],
      [7, "known", null],
    ]);
    expect(first.rows[1]?.words).toContain("duration");
    const again = await load();
    expect([again.taken, again.known, again.refused]).toEqual([0, 3, 2]);
  });

  test("whose orders meet a busy moment refuses none: they are tried again, and then the list is sent again", async () => {
    const narrow = narrowed(platformOf(db), db, { poolSize: 4 });
    const text = "工单编号：XF-78\n诉求内容：室温 13 度\n办理时限：2026年11月25日18时前\n地址：书香苑A1号楼";
    const load = () => importPastedOrders(narrow, { actor: agent, authority: "12345" }, text);
    // Somebody has the table to himself.
    const lock = () => hold(db.owner.transaction, "lock table referrals in share mode");
    try {
      const over = await lock();
      const busy = await load().catch((error: unknown) => error);
      await over();
      expect(busy).toMatchObject({ code: "database.busy" });
      expect(await db.owner.sql.rows("select 1 from referral_import_rows")).toEqual([]);
      const passing = await lock();
      const loading = load();
      await delay(SHORT_WAIT_MS * 1.5);
      await passing();
      expect(await loading).toMatchObject({ taken: 1, refused: 0 });
    } finally {
      await narrow.database.close();
    }
  });

  test("that is none is refused as a whole", async () => {
    const load = (bytes: Buffer) =>
      importOrderSheet(platformOf(db), importing(), { fileName: "x.xlsx", bytes });
    await expect(load(Buffer.from("no worksheet"))).rejects.toMatchObject({
      code: "referral.list-unreadable",
    });
    await expect(
      load(
        await sheet([
          ["甲", "乙"],
          ["1", "2"],
        ]),
      ),
    ).rejects.toMatchObject({
      code: "referral.list-without-header",
    });
    await expect(importPastedOrders(platformOf(db), importing(), "你好")).rejects.toMatchObject({
      code: "referral.list-empty",
    });
  });

  test("as copied text is read by the labels of rows, the authority's own before the general ones", async () => {
    const text = `办件号：XF-77\n信访事项：室温 14 度\n办理时限：2026年11月25日18时前\n地址：书香苑A1号楼`;
    await expect(
      importPastedOrders(platformOf(db), { actor: agent, authority: "petition" }, text),
    ).resolves.toMatchObject({ taken: 0, refused: 1 });
    await db.owner.sql.run(
      `insert into referral_labels (authority_code, field, label)
       values ('petition', 'outside-no', '办件号'), ('petition', 'demand', '信访事项')`,
    );
    const loaded = await importPastedOrders(platformOf(db), { actor: agent, authority: "petition" }, text);
    expect(loaded).toMatchObject({ taken: 1, refused: 0 });
    expect(await row(loaded.rows[0]?.referralId ?? 0n)).toMatchObject({
      outsideNo: "XF-77",
      demand: "室温 14 度",
      dueAt: due("25T18:00"),
    });
  });
});
