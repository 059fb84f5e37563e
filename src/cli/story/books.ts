/** The books: they balance and prove, a copy of them is as good, and whoever alters a row as superuser is found. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { DEMO_PASSWORD } from "#src/demo/index.ts";
import { connect, type Database } from "#src/platform/database.ts";
import { at, type Stage, yuan } from "./stage.ts";

const balanceTheBooks = async (stage: Stage): Promise<void> => {
  const auditor = await stage.api.logIn("auditor", DEMO_PASSWORD);
  const { body } = await auditor.get("/ledger/trial-balance");
  stage.check(
    "试算平衡：借方 = 贷方",
    "trial balance: debits equal credits",
    yuan(at(body, "debitFen")),
    yuan(at(body, "creditFen")),
  );
  const rows = at(body, "rows") as readonly unknown[];
  const balanceOf = (code: string): string => {
    const row = rows.find((one) => at(one, "code") === code);
    return yuan(Number(at(row, "debitFen")) - Number(at(row, "creditFen")));
  };
  // Bank A owes for the five of the 11th and the eight of the 9th.
  stage.check(
    "库存现金/POS 在途/渠道在途",
    "cash/cards/channels in transit",
    ["0.00", "0.00", "26,676.00"],
    ["cash", "pos_clearing", "channel_clearing"].map(balanceOf),
  );
};

const proveTheBooks = async (stage: Stage, zh: string, en: string): Promise<void> => {
  const checked = await stage.nuan("ledger", "check");
  stage.check(
    zh,
    en,
    [0, true, 0],
    [
      checked.code,
      at(checked.result, "ok"),
      (at(checked.result, "seals", "findings") as readonly unknown[]).length,
    ],
  );
};

/** A copy in another installation: the same rows, and nothing is sent from it until a person releases it. */
const backUpAndRestore = async (stage: Stage): Promise<void> => {
  const file = stage.file("backup.nuan");
  const saved = await stage.nuanDone("backup", file);
  const copy = { ...stage.env, DATA_DIR: path.join(stage.folder, "copy") };
  const restored = await stage.nuanIn(copy, "restore", file);
  stage.check(
    "备份并恢复：表/行",
    "backup and restore: tables/rows",
    [0, at(saved, "tables"), at(saved, "rows")],
    [restored.code, at(restored.result, "tables"), at(restored.result, "rows")],
  );
  const checked = await stage.nuanIn(copy, "ledger", "check");
  stage.check(
    "恢复库账务核对",
    "the copy's books prove",
    [0, true],
    [checked.code, at(checked.result, "ok")],
  );
  const released = await stage.nuanIn(copy, "release");
  const again = await stage.nuanIn(copy, "release");
  stage.check(
    "恢复库暂停外发，放行一次",
    "the copy sends nothing until it is released, once",
    [true, false],
    [at(released.result, "released"), at(again.result, "released")],
  );
};

const passwords = z.object({ superuser: z.string() });

/** What nobody should do: as the superuser, past triggers and rights. */
const superuserOf = (stage: Stage): Database => {
  const file = path.join(stage.config.dataDir, "database-passwords.json");
  const { superuser } = passwords.parse(JSON.parse(readFileSync(file, "utf8")));
  const url = new URL(stage.server.ownerUrl);
  url.username = "postgres";
  url.password = superuser;
  return connect(url.href, { poolSize: 1, bulkPoolSize: 1, applicationName: "nuan story superuser" });
};

const MONEY = [
  { table: "transfers", zh: "分录" },
  { table: "bill_lines", zh: "账单行" },
  { table: "allocations", zh: "冲抵" },
] as const;

/** One fen up, looked for, and back again. */
const alterAFen = async (stage: Stage, superuser: Database): Promise<void> => {
  for (const { table, zh } of MONEY) {
    const { id } = await superuser.sql.one<{ id: bigint }>(`select max(id) - 1000 as id from ${table}`);
    await superuser.sql.run(`update ${table} set amount_fen = amount_fen + 1 where id = :id`, { id });
    const checked = await stage.nuan("ledger", "check");
    const findings = at(checked.result, "seals", "findings") as readonly unknown[];
    stage.check(
      `${zh}改一分：点名该行`,
      `a fen altered in ${table}: named by row`,
      [1, `${table} row-changed ${id}`],
      [
        checked.code,
        ...findings.map(
          (one) => `${String(at(one, "stream"))} ${String(at(one, "kind"))} ${String(at(one, "id"))}`,
        ),
      ],
    );
    await superuser.sql.run(`update ${table} set amount_fen = amount_fen - 1 where id = :id`, { id });
  }
};

const auditFindings = async (stage: Stage): Promise<string[]> => {
  const verified = await stage.nuan("audit", "verify");
  const findings = (at(verified.result, "facts", "findings") ?? []) as readonly unknown[];
  return findings.map((one) => [at(one, "kind"), at(one, "id") ?? ""].map(String).join(" ").trim());
};

/** Edit, delete and insert are named by row; a tail that was cut with all its traces is known by the file outside. */
const alterTheAuditLog = async (stage: Stage, superuser: Database): Promise<void> => {
  const { first } = await superuser.sql.one<{ first: bigint }>("select min(id) as first from audit_events");
  const [edited, deleted] = [first + 3n, first + 5n];
  await superuser.sql.run("create table kept (like audit_events)");
  await superuser.sql.run("insert into kept select * from audit_events where id in (:edited, :deleted)", {
    edited,
    deleted,
  });
  await superuser.sql.run("update audit_events set actor_name = '别人' where id = :edited", { edited });
  await superuser.sql.run("delete from audit_events where id = :deleted", { deleted });
  await superuser.sql.run(
    `insert into audit_events (id, occurred_at, actor_kind, actor_name, command, subject)
     values (0, now(), 'cli', '别人', 'x', 'x')`,
  );
  stage.check(
    "审计：改、删、插各被点名",
    "audit: edit, delete, insert are each named",
    [`row-changed ${edited}`, `row-deleted ${deleted}`, "row-inserted 0"],
    await auditFindings(stage),
  );
  await superuser.sql.run("delete from audit_events where id = 0 or id in (select id from kept)");
  await superuser.sql.run("insert into audit_events select * from kept");
  await superuser.sql.run("drop table kept");
  stage.check("恢复原状后", "put back as it was", [], await auditFindings(stage));
  await superuser.sql.run(`
    with last as (select from_id, block_no from seal_blocks where stream = 'audit_events' order by block_no desc limit 1),
    rows as (delete from audit_events where id >= (select from_id from last)),
    blocks as (delete from seal_blocks where stream = 'audit_events' and block_no = (select block_no from last))
    update seal_streams set sealed_to_id = (select from_id - 1 from last), candidate_id = null where name = 'audit_events'`);
  stage.check("审计：截尾被发现", "audit: a cut tail is found", ["tail-cut"], await auditFindings(stage));
};

export const proveEverything = async (stage: Stage): Promise<void> => {
  await balanceTheBooks(stage);
  await proveTheBooks(stage, "账务核对", "ledger check");
  await backUpAndRestore(stage);
  // The API and its sessions are needed no more; from here on nobody else writes.
  await stage.setTime("2026-11-12T18:00:00+08:00");
  const superuser = superuserOf(stage);
  try {
    await superuser.sql.run("set session_replication_role = replica");
    await alterAFen(stage, superuser);
    await proveTheBooks(stage, "复原后账务核对", "ledger check with everything put back");
    await alterTheAuditLog(stage, superuser);
  } finally {
    await superuser.close();
  }
};
