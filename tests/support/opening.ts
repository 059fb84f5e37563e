/** Three homes without any posting, and a file of opening balances for them, as a company would bring it. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { importOpening, type OpeningOptions, type OpeningReport } from "#src/cutover/index.ts";
import { must } from "#src/kernel/errors.ts";
import { parseYuan } from "#src/kernel/money.ts";
import { accountOfId, addAlias } from "#src/town/accounts/index.ts";
import { createTestDatabase, type TestDatabase } from "./database.ts";
import { platformOf } from "./people.ts";
import { buildSmallTown, openTestAccount } from "./small-town.ts";
import { plantSeasons } from "./town.ts";

export const HEADER = "户号,类型,采暖季,金额,欠费人,已开票,末次收据号,收款台,用热状态,阀门状态,备注";
export const ROWS = [
  '10000001,欠费,2023-2024,"2,052.00",王小明,是,00012345,,,,',
  "10000001,欠费,2023,100.5,王大明,否,,,,,补收",
  "６２１７－２,欠费,2024/25采暖季,¥312,李䶮,,,,,,",
  "99999999,欠费,2022,31.40,无名,,,,,,三号楼",
  "10000003,预收,,500.00,,,,,,,",
  "10000003,预收,,0.01,,,,,,,",
  "88888888,预收,,20,,,,,,,",
  ",待核销,,77.70,,,,,,,汇款人不明",
  "10000001,停用,,,,,,,报停,,2025年停用协议17号",
  "10000003,阀门,,,,,,,,铅封,",
  "77777777,停用,,,,,,,,,",
  ",末号,,,,,00001234,T01,,,",
];
export const TOTALS = { receivable: "2495.90", prepaid: "520.01", suspense: "77.70" };
export const csv = (rows: readonly string[]): string => [HEADER, ...rows].join("\r\n");

export type Totals = typeof TOTALS;

const TABLES = [
  "opening_imports",
  "opening_rows",
  "bills",
  "postings",
  "transfers",
  "household_balances",
  "suspense_items",
  "heat_accounts",
  "audit_events",
  "outbox_events",
];

export type OpeningTown = {
  readonly db: TestDatabase;
  readonly folder: string;
  save(content: string | Buffer): Promise<string>;
  load(file: string, options?: Partial<OpeningOptions>, totals?: Totals): Promise<OpeningReport>;
  count(what: string): Promise<number>;
  /** How many rows everything has that an opening writes. */
  everything(): Promise<number[]>;
  drop(): Promise<void>;
};

/** Homes 10000001 to 10000003 on 15 July 2026; the second has the card 6217-2. Seasons 2025 and 2026. */
export const createOpeningTown = async (): Promise<OpeningTown> => {
  const folder = await mkdtemp(path.join(tmpdir(), "nuan-opening-"));
  const db = await createTestDatabase("2026-07-15T09:00:00+08:00");
  const town = await buildSmallTown(db);
  await openTestAccount(db, town, "10000001");
  const { accountId } = await openTestAccount(db, town, "10000002");
  await openTestAccount(db, town, "10000003");
  await db.commands.run({ name: "account.add-alias", actor: db.actor }, async (context) => {
    const account = must(await accountOfId(context.sql, accountId), "the account");
    await addAlias(context, { account, kind: "card", value: "6217-2" });
  });
  await plantSeasons(db.owner, 2025, 2026);
  let files = 0;
  const count = async (what: string): Promise<number> =>
    (await db.owner.sql.one<{ n: number }>(`select count(*)::int as n from ${what}`)).n;
  return {
    db,
    folder,
    save: async (content) => {
      files += 1;
      const file = path.join(folder, `opening-${files}.csv`);
      await writeFile(file, content);
      return file;
    },
    load: (file, options = {}, totals = TOTALS) =>
      importOpening(
        platformOf(db),
        db.actor,
        {
          file: { path: file, encoding: "utf-8" },
          trialBalance: {
            receivableFen: parseYuan(totals.receivable),
            prepaidFen: parseYuan(totals.prepaid),
            suspenseFen: parseYuan(totals.suspense),
          },
          commit: true,
          ...options,
        },
        "request-1",
      ),
    count,
    everything: () => Promise.all(TABLES.map(count)),
    drop: async () => {
      await rm(folder, { recursive: true });
      await db.drop();
    },
  };
};
