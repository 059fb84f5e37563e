/** A town of homes that owe, two areas that serve it by turns, and exports of the list of arrears as people ask for them. */
import { text } from "node:stream/consumers";
import { expect } from "vitest";
import { day } from "#src/kernel/day.ts";
import { arrearsExport } from "#src/money/reminders/index.ts";
import { fetchExport } from "#src/office/exports/fetch.ts";
import { askExport } from "#src/office/exports/index.ts";
import type { Actor } from "#src/platform/actor.ts";
import { scopeBindings } from "#src/platform/scope.ts";
import { createTestDatabase } from "#tests/support/database.ts";
import { platformOf } from "#tests/support/people.ts";
import { plantBills, plantSeasons, plantTown } from "#tests/support/town.ts";

export const HOMES = 1200;
const TODAY = day("2026-11-11");
export const THIS_MORNING = "2026-11-11T10:00:00+08:00";

export const staff = (id: bigint, more: Partial<Actor> = {}): Actor => ({
  kind: "staff",
  id,
  name: `person-${id}`,
  roles: ["supervisor"],
  scope: { kind: "everything" },
  ...more,
});
export const chief = staff(1n);
export const inAreas = (id: bigint, ...areaIds: bigint[]): Actor =>
  staff(id, { roles: ["area-manager"], scope: { kind: "areas", areaIds } });

export const codeOf = async (asked: Promise<unknown>): Promise<unknown> => {
  const refusal: unknown = await asked.then(
    () => null,
    (error: unknown) => error,
  );
  return (refusal as { code?: unknown } | null)?.code;
};

/** Account numbers of a file, without watermark and header. */
export const accountsIn = (csv: string): string[] =>
  csv
    .split("\r\n")
    .slice(2)
    .filter((line) => line !== "")
    .map((line) => line.split(",")[0] ?? "");
const MARK = "用途 purpose: 周例会材料 · 导出人 by: person-1 · 时间 at: 2026-11-11 10:00 · 编号 id: r-1";
export const expectWhole = (csv: string): void => {
  const [mark = ""] = csv.split("\r\n", 1);
  expect(mark).toContain(MARK);
  const accounts = accountsIn(csv);
  expect([accounts.length, new Set(accounts).size]).toEqual([HOMES, HOMES]);
};

type Stored = {
  readonly state: string;
  readonly attempt: number;
  readonly tries: number;
  readonly rows: number;
  readonly pieces: number;
  /** Pieces that lie there, of whatever attempt. */
  readonly lying: number;
  readonly wanted: boolean;
  readonly failure: string | null;
};
export type ExportTown = Awaited<ReturnType<typeof buildExportTown>>;

export const buildExportTown = async () => {
  const db = await createTestDatabase(THIS_MORNING);
  const platform = platformOf(db);
  await plantSeasons(db.owner, 2025, 2026);
  await plantTown(db.owner, HOMES);
  await plantBills(db.owner, 2026, "due");
  await db.owner.sql.run(
    `insert into service_areas (id, code, name, level) values (1, 'EAST', '东片区', 'area'), (2, 'WEST', '西片区', 'area')`,
  );
  await db.owner.sql.run(
    `insert into service_area_buildings (area_id, building_id, valid)
     select 1 + id % 2, id, daterange('2020-01-01', null) from buildings`,
  );
  const ask = async (actor: Actor, more: { key?: string; format?: "csv" | "xlsx" } = {}): Promise<bigint> => {
    const { body } = await askExport(
      {
        platform,
        actor,
        requestId: "r-1",
        body: { purpose: "周例会材料", format: more.format ?? "csv" },
        idempotency:
          more.key === undefined
            ? undefined
            : { scope: `staff:${actor.id}`, key: more.key, requestHash: Buffer.from("same") },
      },
      arrearsExport,
      {
        subject: "arrears",
        title: { "zh-CN": "欠费清单", en: "Arrears" },
        name: "arrears",
        wanted: { ...scopeBindings(actor.scope, TODAY), season: 2026, day: TODAY, onlyDue: true },
      },
    );
    return BigInt(body.id);
  };

  const fetchFile = async (actor: Actor, id: bigint): Promise<string> =>
    text((await fetchExport({ platform, actor, requestId: "r-2" }, id)).body);
  const stored = (id: bigint): Promise<Stored> =>
    db.owner.sql.one<Stored>(
      `select state, attempt, tries::int as tries, rows_done as rows, piece_count as pieces, wanted is not null as wanted,
         failure ->> 'code' as failure, (select count(*)::int from export_pieces where export_id = :id) as lying
       from exports where id = :id`,
      { id },
    );
  const audited = (id: bigint): Promise<string[]> =>
    db.owner.sql
      .rows<{ command: string }>(
        "select command from audit_events where subject = :subject order by audit_events.id",
        { subject: `export:${id}` },
      )
      .then((rows) => rows.map(({ command }) => command));
  /** The lease of a dead process is over. */
  const letLeaseEnd = () =>
    db.owner.sql.run("update exports set lease_until = now() where state = 'writing'");

  /** As if nobody had ever asked, on this morning. */
  const reset = async (): Promise<void> => {
    db.clock.set(THIS_MORNING);
    await db.owner.sql.run("delete from export_pieces");
    await db.owner.sql.run("delete from exports");
  };
  return { db, platform, ask, fetchFile, stored, audited, letLeaseEnd, reset };
};
