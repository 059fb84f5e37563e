/**
 * Exports as work of the house: taken with a lease, written piece by piece, begun anew after a death, offered whole or not at all,
 * fetched by whoever asked and still may, deleted in time.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { day } from "#src/kernel/day.ts";
import { arrearsExport } from "#src/money/reminders/index.ts";
import {
  askExport,
  defineExport,
  expireExports,
  forgetExports,
  writeNextExport,
} from "#src/office/exports/index.ts";
import { dropExport, fetchExport } from "#src/office/exports/fetch.ts";
import type { Actor } from "#src/platform/actor.ts";
import { setSetting } from "#src/platform/settings.ts";
import type { Platform } from "#src/platform/route.ts";
import { scopeBindings } from "#src/platform/scope.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { writeExports } from "#tests/support/exports.ts";
import { platformOf } from "#tests/support/people.ts";
import { plantBills, plantSeasons, plantTown } from "#tests/support/town.ts";

const HOMES = 1200;
const TODAY = day("2026-11-11");
const script = path.resolve(import.meta.dirname, "../support/export-process.ts");

let db: TestDatabase;
let platform: Platform;
beforeAll(async () => {
  db = await createTestDatabase("2026-11-11T10:00:00+08:00");
  platform = platformOf(db);
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
});
afterAll(() => db.drop());
beforeEach(() => db.clock.set("2026-11-11T10:00:00+08:00"));
afterEach(async () => {
  await db.owner.sql.run("delete from export_pieces");
  await db.owner.sql.run("delete from exports");
});

const staff = (id: bigint, more: Partial<Actor> = {}): Actor => ({
  kind: "staff",
  id,
  name: `person-${id}`,
  roles: ["supervisor"],
  scope: { kind: "everything" },
  ...more,
});
const chief = staff(1n);
const inAreas = (id: bigint, ...areaIds: bigint[]): Actor =>
  staff(id, { roles: ["area-manager"], scope: { kind: "areas", areaIds } });

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
const codeOf = async (asked: Promise<unknown>): Promise<unknown> => {
  const refusal: unknown = await asked.then(
    () => null,
    (error: unknown) => error,
  );
  return (refusal as { code?: unknown } | null)?.code;
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
const letLeaseEnd = () => db.owner.sql.run("update exports set lease_until = now() where state = 'writing'");

/** Account numbers of a file, without watermark and header. */
const accountsIn = (csv: string): string[] =>
  csv
    .split("\r\n")
    .slice(2)
    .filter((line) => line !== "")
    .map((line) => line.split(",")[0] ?? "");
const MARK = "用途 purpose: 周例会材料 · 导出人 by: person-1 · 时间 at: 2026-11-11 10:00 · 编号 id: r-1";
const expectWhole = (csv: string): void => {
  const [mark = ""] = csv.split("\r\n", 1);
  expect(mark).toContain(MARK);
  const accounts = accountsIn(csv);
  expect([accounts.length, new Set(accounts).size]).toEqual([HOMES, HOMES]);
};

/** A table whose second page comes when the test says so. */
const slowTable = () => {
  const reached = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const definition = defineExport({
    kind: "arrears",
    command: "arrears.export",
    permission: "reminder.read",
    wanted: z.unknown(),
    table: () => ({
      header: ["n"],
      cells: (n: number) => [String(n).padStart(500, "0")],
      async *pages() {
        yield [1, 2, 3];
        reached.resolve();
        await goOn.promise;
        yield [4, 5, 6];
      },
    }),
  });
  return { definition, reached: reached.promise, goOn: () => goOn.resolve() };
};

describe("killed", () => {
  const killedAt = async (failpoint: string): Promise<void> => {
    const child = spawn(process.execPath, [script, db.appUrl], {
      env: { ...process.env, NUAN_FAILPOINT: failpoint },
      stdio: ["ignore", "ignore", "inherit"],
    });
    const [, signal] = (await once(child, "exit")) as [number | null, string | null];
    expect(signal).toBe("SIGKILL");
  };

  test.each([
    ["export-piece-after:3", 3],
    ["before-commit", 20],
  ])(
    "at %s: nothing is offered, and the next process begins anew when the lease is over",
    async (failpoint, least) => {
      const id = await ask(chief);
      await killedAt(failpoint);
      const dead = await stored(id);
      expect(dead).toMatchObject({ state: "writing", attempt: 1, wanted: true });
      expect(dead.lying).toBeGreaterThanOrEqual(least);
      expect(await codeOf(fetchFile(chief, id))).toBe("export.not-ready");
      // Whoever comes too early does not know that it is dead.
      expect(await writeExports(platform)).toEqual([]);
      await letLeaseEnd();
      expect(await writeExports(platform)).toEqual([{ id, outcome: "ready" }]);
      const whole = await stored(id);
      expect(whole).toMatchObject({ state: "ready", attempt: 2, rows: HOMES, wanted: false });
      expect(whole.lying).toBe(whole.pieces);
      expectWhole(await fetchFile(chief, id));
      expect(await audited(id)).toEqual(["export.write", "export.fetch"]);
    },
  );

  test("behind the commit: it is ready, and nobody writes it again", async () => {
    const id = await ask(chief);
    await killedAt("after-commit");
    expect(await stored(id)).toMatchObject({ state: "ready", attempt: 1, rows: HOMES });
    expect(await writeExports(platform)).toEqual([]);
    expectWhole(await fetchFile(chief, id));
  });

  test("given up for dead and come back: it writes nothing more, and the file of the other stays", async () => {
    const id = await ask(chief);
    const slow = slowTable();
    const sleeping = writeNextExport(platform, [slow.definition], { settings: { pieceBytes: 512 } });
    await slow.reached;
    expect((await stored(id)).lying).toBeGreaterThan(0);
    await letLeaseEnd();
    expect(await writeExports(platform)).toEqual([{ id, outcome: "ready" }]);
    slow.goOn();
    expect(await sleeping).toMatchObject({ outcome: "lost" });
    const whole = await stored(id);
    expect(whole).toMatchObject({ state: "ready", attempt: 2 });
    expect(whole.lying).toBe(whole.pieces);
    expectWhole(await fetchFile(chief, id));
  });

  test("two processes at once: one of them has it", async () => {
    const id = await ask(chief);
    const both = await Promise.all([writeExports(platform), writeExports(platform)]);
    expect(both.flat()).toEqual([{ id, outcome: "ready" }]);
  });
});

describe("written", () => {
  test("and cancelled in the middle: nothing is left of it", async () => {
    const id = await ask(chief);
    const slow = slowTable();
    const writing = writeNextExport(platform, [slow.definition], { settings: { pieceBytes: 512 } });
    await slow.reached;
    const asked = { platform, actor: chief, requestId: "r-3" };
    expect(await dropExport(asked, id)).toMatchObject({ state: "cancelled" });
    slow.goOn();
    expect(await writing).toMatchObject({ outcome: "lost" });
    expect(await stored(id)).toMatchObject({ state: "cancelled", lying: 0, wanted: false });
    expect(await codeOf(fetchFile(chief, id))).toBe("export.not-ready");
    // Again changes nothing, and leaves no second row in the audit.
    expect(await dropExport(asked, id)).toMatchObject({ state: "cancelled" });
    expect(await audited(id)).toEqual(["export.cancel"]);
  });

  test("while the process is asked to stop: the next one begins anew, and it counts for no try", async () => {
    const id = await ask(chief);
    const slow = slowTable();
    const ending = new AbortController();
    const writing = writeNextExport(platform, [slow.definition], { stopping: ending.signal });
    await slow.reached;
    ending.abort();
    slow.goOn();
    expect(await writing).toEqual({ id, outcome: "again" });
    expect(await stored(id)).toMatchObject({ state: "waiting", tries: 0 });
    expect(await writeExports(platform)).toEqual([{ id, outcome: "ready" }]);
  });

  test("says how far it is, of how many", async () => {
    const id = await ask(chief);
    await writeExports(platform);
    const { rows, expected } = await db.owner.sql.one<{ rows: number; expected: number }>(
      "select rows_done as rows, rows_expected as expected from exports where id = :id",
      { id },
    );
    expect([rows, expected]).toEqual([HOMES, HOMES]);
  });

  test("with what the question itself makes impossible: refused once, with the reason", async () => {
    const id = await ask(chief);
    const short = {
      ...arrearsExport,
      tableOf: (wanted: unknown) => ({ ...arrearsExport.tableOf(wanted), mostRows: 10 }),
    };
    expect(await writeNextExport(platform, [short])).toMatchObject({ id, outcome: "failed" });
    expect(await stored(id)).toMatchObject({ state: "failed", failure: "export.too-many-rows", lying: 0 });
    expect(await audited(id)).toEqual(["export.fail"]);
  });

  test("with a failure that comes each time: five tries, then given up", async () => {
    const id = await ask(chief);
    const broken = {
      ...arrearsExport,
      tableOf: () => {
        throw new Error("broken");
      },
    };
    const outcomes: unknown[] = [];
    for (let tries = 0; tries < 6; tries += 1) {
      const next = await writeNextExport(platform, [broken], { settings: { pauseMs: 0 } });
      outcomes.push(next?.outcome ?? null);
    }
    expect(outcomes).toEqual(["again", "again", "again", "again", "failed", null]);
    expect(await stored(id)).toMatchObject({ state: "failed", failure: "export.given-up", lying: 0 });
  });

  test("a process that dies of it each time: given up as well", async () => {
    const id = await ask(chief);
    await db.owner.sql.run(
      "update exports set state = 'writing', attempt = 5, tries = 5, lease_until = now()",
    );
    expect(await writeExports(platform)).toEqual([{ id, outcome: "failed" }]);
    expect(await stored(id)).toMatchObject({ state: "failed", failure: "export.given-up" });
  });

  test("260,000 rows by a process that holds little of them", async () => {
    const id = await ask(chief);
    const child = spawn(process.execPath, ["--max-old-space-size=96", script, db.appUrl, "260000"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const said = JSON.parse(await text(child.stdout)) as { outcome: string; heldBytes: number };
    const { rows, pieces } = await stored(id);
    expect([said.outcome, rows]).toEqual(["ready", 260_000]);
    expect(pieces).toBeGreaterThan(100);
    expect(said.heldBytes).toBeLessThan(16 * 1024 * 1024);
  });
});

describe("fetched", () => {
  test("as often as is needed, audited each time, by nobody but who asked", async () => {
    const id = await ask(chief);
    await writeExports(platform);
    expectWhole(await fetchFile(chief, id));
    expectWhole(await fetchFile(chief, id));
    expect(await codeOf(fetchFile(staff(2n), id))).toBe("export.not-found");
    // A machine's ids are its own.
    expect(await codeOf(fetchFile({ ...chief, kind: "machine" }, id))).toBe("export.not-found");
    expect(await audited(id)).toEqual(["export.write", "export.fetch", "export.fetch"]);
  });

  test("a spreadsheet comes whole too", async () => {
    const id = await ask(chief, { format: "xlsx" });
    await writeExports(platform);
    const { body, headers } = await fetchExport({ platform, actor: chief, requestId: "r-2" }, id);
    const bytes = Buffer.concat(await body.toArray());
    expect(bytes.subarray(0, 2).toString()).toBe("PK");
    expect(String(bytes.length)).toBe(headers?.["Content-Length"]);
  });

  test("with the areas of the asking, whatever was moved before it was written", async () => {
    const east = inAreas(3n, 1n);
    const id = await ask(east);
    await db.owner.sql.run(
      `update service_area_buildings set valid = daterange('2020-01-01', '2026-11-12') where building_id = 2`,
    );
    await db.owner.sql.run(
      `insert into service_area_buildings (area_id, building_id, valid) values (2, 2, daterange('2026-11-12', null))`,
    );
    db.clock.set("2026-11-12T10:00:00+08:00");
    await writeExports(platform);
    const { rows } = await stored(id);
    const { homes } = await db.owner.sql.one<{ homes: number }>(
      `select count(*)::int as homes from premises where building_id % 2 = 0`,
    );
    expect(rows).toBe(homes);
    // The one who asked serves that building no more: what is in the file is more than may be seen now.
    expect(await codeOf(fetchFile(east, id))).toBe("export.rights-changed");
    expect(accountsIn(await fetchFile(inAreas(3n, 1n, 2n), id))).toHaveLength(homes);
    await db.owner.sql.run("delete from service_area_buildings where building_id = 2");
    await db.owner.sql.run(
      `insert into service_area_buildings (area_id, building_id, valid) values (1, 2, daterange('2020-01-01', null))`,
    );
  });

  test("not by whom rights or areas were taken away", async () => {
    const both = inAreas(4n, 1n, 2n);
    const id = await ask(both);
    await writeExports(platform);
    expect(accountsIn(await fetchFile(both, id))).toHaveLength(HOMES);
    const lesser: Record<string, Actor> = {
      "an area": inAreas(4n, 1n),
      "all areas": inAreas(4n),
      "the role": staff(4n, { roles: ["cashier"] }),
      "every role": staff(4n, { roles: [] }),
    };
    for (const [what, actor] of Object.entries(lesser)) {
      expect([what, await codeOf(fetchFile(actor, id))]).toEqual([what, "export.rights-changed"]);
    }
    // Of the whole town, by somebody who is bound since.
    const whole = await ask(chief);
    await writeExports(platform);
    const bound = staff(1n, { scope: { kind: "areas", areaIds: [1n, 2n] } });
    expect(await codeOf(fetchFile(bound, whole))).toBe("export.rights-changed");
    expect(await audited(whole)).toEqual(["export.write"]);
  });

  test("until its time is over: then it is deleted, and a season later forgotten", async () => {
    const id = await ask(chief);
    await writeExports(platform);
    db.clock.set("2026-11-12T09:59:00+08:00");
    expect(await expireExports(platform)).toBe(0);
    expectWhole(await fetchFile(chief, id));
    db.clock.set("2026-11-12T10:00:00+08:00");
    // Also before the worker has come by.
    expect(await codeOf(fetchFile(chief, id))).toBe("export.expired");
    expect([await expireExports(platform), await expireExports(platform)]).toEqual([1, 0]);
    expect(await stored(id)).toMatchObject({ state: "expired", lying: 0 });
    expect(await codeOf(fetchFile(chief, id))).toBe("export.expired");
    expect(await audited(id)).toEqual(["export.write", "export.fetch", "export.expire"]);
    const later = (text_: string) => forgetExports(db.database, new Date(text_));
    expect(await later("2027-02-08T10:00:00+08:00")).toEqual({ endedExports: 0 });
    expect(await later("2027-02-10T10:00:00+08:00")).toEqual({ endedExports: 1 });
  });
});

describe("asked for", () => {
  test("twice with one key is one export, audited once with what it is for", async () => {
    const first = await ask(chief, { key: "k-1" });
    expect(await ask(chief, { key: "k-1" })).toBe(first);
    const rows = await db.owner.sql.rows<{ actor: string; details: Record<string, unknown> }>(
      `select actor_name as actor, details from audit_events where command = 'arrears.export' and details ->> 'exportId' = :id`,
      { id: String(first) },
    );
    expect(rows).toEqual([
      { actor: "person-1", details: { purpose: "周例会材料", format: "csv", exportId: String(first) } },
    ]);
  });

  test("beyond what one person and all may have: refused, exactly there", async () => {
    const limit = (value: object) =>
      db.commands.run({ name: "setting.set", actor: db.actor }, (context) =>
        setSetting(context, {
          key: "exports.limits",
          value: {
            keptHours: 24,
            unfinishedEach: 3,
            keptEach: 20,
            unfinishedInAll: 30,
            megabytesInAll: 2048,
            ...value,
          },
        }),
      );
    const tried = await Promise.allSettled(Array.from({ length: 8 }, () => ask(chief)));
    expect(tried.filter(({ status }) => status === "fulfilled")).toHaveLength(3);
    expect(await codeOf(ask(chief))).toBe("export.own-unfinished");
    await limit({ unfinishedInAll: 3 });
    expect(await codeOf(ask(staff(2n)))).toBe("export.all-unfinished");
    await writeExports(platform);
    await limit({ keptEach: 3 });
    expect(await codeOf(ask(chief))).toBe("export.own-kept");
    await limit({ megabytesInAll: 10 });
    await db.owner.sql.run("update exports set byte_count = 4000000");
    expect(await codeOf(ask(staff(2n)))).toBe("export.no-room");
    await limit({});
    expect(await ask(staff(2n))).toBeGreaterThan(0n);
  });

  test("by what is neither a person nor a machine: refused", async () => {
    expect(await codeOf(ask(db.actor))).toBe("export.needs-login");
  });
});
