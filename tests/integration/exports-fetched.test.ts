/** Exports as their askers see them: asked for within limits, fetched by whoever asked and still may, deleted in time. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { fetchExport } from "#src/office/exports/fetch.ts";
import { expireExports, forgetExports } from "#src/office/exports/index.ts";
import type { Actor } from "#src/platform/actor.ts";
import { setSetting } from "#src/platform/settings.ts";
import {
  accountsIn,
  buildExportTown,
  chief,
  codeOf,
  expectWhole,
  type ExportTown,
  HOMES,
  inAreas,
  staff,
} from "#tests/support/export-town.ts";
import { writeExports } from "#tests/support/exports.ts";

let town: ExportTown;
beforeAll(async () => {
  town = await buildExportTown();
});
afterAll(() => town.db.drop());
beforeEach(() => town.reset());

describe("fetched", () => {
  test("as often as is needed, audited each time, by nobody but who asked", async () => {
    const id = await town.ask(chief);
    await writeExports(town.platform);
    expectWhole(await town.fetchFile(chief, id));
    expectWhole(await town.fetchFile(chief, id));
    expect(await codeOf(town.fetchFile(staff(2n), id))).toBe("export.not-found");
    // A machine's ids are its own.
    expect(await codeOf(town.fetchFile({ ...chief, kind: "machine" }, id))).toBe("export.not-found");
    expect(await town.audited(id)).toEqual(["export.write", "export.fetch", "export.fetch"]);
  });

  test("a spreadsheet comes whole too", async () => {
    const id = await town.ask(chief, { format: "xlsx" });
    await writeExports(town.platform);
    const { body, headers } = await fetchExport(
      { platform: town.platform, actor: chief, requestId: "r-2" },
      id,
    );
    const bytes = Buffer.concat(await body.toArray());
    expect(bytes.subarray(0, 2).toString()).toBe("PK");
    expect(String(bytes.length)).toBe(headers?.["Content-Length"]);
  });

  test("with the areas of the asking, whatever was moved before it was written", async () => {
    const east = inAreas(3n, 1n);
    const id = await town.ask(east);
    await town.db.owner.sql.run(
      `update service_area_buildings set valid = daterange('2020-01-01', '2026-11-12') where building_id = 2`,
    );
    await town.db.owner.sql.run(
      `insert into service_area_buildings (area_id, building_id, valid) values (2, 2, daterange('2026-11-12', null))`,
    );
    town.db.clock.set("2026-11-12T10:00:00+08:00");
    await writeExports(town.platform);
    const { rows } = await town.stored(id);
    const { homes } = await town.db.owner.sql.one<{ homes: number }>(
      `select count(*)::int as homes from premises where building_id % 2 = 0`,
    );
    expect(rows).toBe(homes);
    // The one who asked serves that building no more: what is in the file is more than may be seen now.
    expect(await codeOf(town.fetchFile(east, id))).toBe("export.rights-changed");
    expect(accountsIn(await town.fetchFile(inAreas(3n, 1n, 2n), id))).toHaveLength(homes);
    await town.db.owner.sql.run("delete from service_area_buildings where building_id = 2");
    await town.db.owner.sql.run(
      `insert into service_area_buildings (area_id, building_id, valid) values (1, 2, daterange('2020-01-01', null))`,
    );
  });

  test("not by whom rights or areas were taken away", async () => {
    const both = inAreas(4n, 1n, 2n);
    const id = await town.ask(both);
    await writeExports(town.platform);
    expect(accountsIn(await town.fetchFile(both, id))).toHaveLength(HOMES);
    const lesser: Record<string, Actor> = {
      "an area": inAreas(4n, 1n),
      "all areas": inAreas(4n),
      "the role": staff(4n, { roles: ["cashier"] }),
      "every role": staff(4n, { roles: [] }),
    };
    for (const [what, actor] of Object.entries(lesser)) {
      expect([what, await codeOf(town.fetchFile(actor, id))]).toEqual([what, "export.rights-changed"]);
    }
    // Of the whole town, by somebody who is bound since.
    const whole = await town.ask(chief);
    await writeExports(town.platform);
    const bound = staff(1n, { scope: { kind: "areas", areaIds: [1n, 2n] } });
    expect(await codeOf(town.fetchFile(bound, whole))).toBe("export.rights-changed");
    expect(await town.audited(whole)).toEqual(["export.write"]);
  });

  test("until its time is over: then it is deleted, and a season later forgotten", async () => {
    const id = await town.ask(chief);
    await writeExports(town.platform);
    town.db.clock.set("2026-11-12T09:59:00+08:00");
    expect(await expireExports(town.platform)).toBe(0);
    expectWhole(await town.fetchFile(chief, id));
    town.db.clock.set("2026-11-12T10:00:00+08:00");
    // Also before the worker has come by.
    expect(await codeOf(town.fetchFile(chief, id))).toBe("export.expired");
    expect([await expireExports(town.platform), await expireExports(town.platform)]).toEqual([1, 0]);
    expect(await town.stored(id)).toMatchObject({ state: "expired", lying: 0 });
    expect(await codeOf(town.fetchFile(chief, id))).toBe("export.expired");
    expect(await town.audited(id)).toEqual(["export.write", "export.fetch", "export.expire"]);
    const later = (text_: string) => forgetExports(town.db.database, new Date(text_));
    expect(await later("2027-02-08T10:00:00+08:00")).toEqual({ endedExports: 0 });
    expect(await later("2027-02-10T10:00:00+08:00")).toEqual({ endedExports: 1 });
  });
});

describe("asked for", () => {
  test("twice with one key is one export, audited once with what it is for", async () => {
    const first = await town.ask(chief, { key: "k-1" });
    expect(await town.ask(chief, { key: "k-1" })).toBe(first);
    const rows = await town.db.owner.sql.rows<{ actor: string; details: Record<string, unknown> }>(
      `select actor_name as actor, details from audit_events where command = 'arrears.export' and details ->> 'exportId' = :id`,
      { id: String(first) },
    );
    expect(rows).toEqual([
      { actor: "person-1", details: { purpose: "周例会材料", format: "csv", exportId: String(first) } },
    ]);
  });

  test("beyond what one person and all may have: refused, exactly there", async () => {
    const limit = (value: object) =>
      town.db.commands.run({ name: "setting.set", actor: town.db.actor }, (context) =>
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
    const tried = await Promise.allSettled(Array.from({ length: 8 }, () => town.ask(chief)));
    expect(tried.filter(({ status }) => status === "fulfilled")).toHaveLength(3);
    expect(await codeOf(town.ask(chief))).toBe("export.own-unfinished");
    await limit({ unfinishedInAll: 3 });
    expect(await codeOf(town.ask(staff(2n)))).toBe("export.all-unfinished");
    await writeExports(town.platform);
    await limit({ keptEach: 3 });
    expect(await codeOf(town.ask(chief))).toBe("export.own-kept");
    await limit({ megabytesInAll: 10 });
    await town.db.owner.sql.run("update exports set byte_count = 4000000");
    expect(await codeOf(town.ask(staff(2n)))).toBe("export.no-room");
    await limit({});
    expect(await town.ask(staff(2n))).toBeGreaterThan(0n);
  });

  test("by what is neither a person nor a machine: refused", async () => {
    expect(await codeOf(town.ask(town.db.actor))).toBe("export.needs-login");
  });
});
