/** Exports as the worker sees them: taken with a lease, written piece by piece, begun anew after a death, offered whole or not at all. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { fail } from "#src/kernel/errors.ts";
import { arrearsExport } from "#src/money/reminders/index.ts";
import { lookerOf } from "#src/office/exports/ask.ts";
import { dropExport } from "#src/office/exports/fetch.ts";
import { defineExport, writeNextExport } from "#src/office/exports/index.ts";
import { findOwn } from "#src/office/exports/queries.ts";
import { exportJson } from "#src/office/exports/schema.ts";
import {
  buildExportTown,
  chief,
  codeOf,
  expectWhole,
  type ExportTown,
  HOMES,
} from "#tests/support/export-town.ts";
import { writeExports } from "#tests/support/exports.ts";
import { until } from "#tests/support/until.ts";

const script = path.resolve(import.meta.dirname, "../support/export-process.ts");

let town: ExportTown;
beforeAll(async () => {
  town = await buildExportTown();
});
afterAll(() => town.db.drop());
beforeEach(() => town.reset());

/** A table whose second page comes when the test says so. */
const slowTable = (total?: number) => {
  const reached = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const definition = defineExport({
    kind: "arrears",
    command: "arrears.export",
    permission: "reminder.read",
    wanted: z.unknown(),
    table: () => ({
      header: ["n"],
      ...(total === undefined ? {} : { total: async () => total }),
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
    const child = spawn(process.execPath, [script, town.db.appUrl], {
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
      const id = await town.ask(chief);
      await killedAt(failpoint);
      const dead = await town.stored(id);
      expect(dead).toMatchObject({ state: "writing", attempt: 1, wanted: true });
      expect(dead.lying).toBeGreaterThanOrEqual(least);
      expect(await codeOf(town.fetchFile(chief, id))).toBe("export.not-ready");
      // Whoever comes too early does not know that it is dead.
      expect(await writeExports(town.platform)).toEqual([]);
      await town.letLeaseEnd();
      expect(await writeExports(town.platform)).toEqual([{ id, outcome: "ready" }]);
      const whole = await town.stored(id);
      expect(whole).toMatchObject({ state: "ready", attempt: 2, rows: HOMES, wanted: false });
      expect(whole.lying).toBe(whole.pieces);
      expectWhole(await town.fetchFile(chief, id));
      expect(await town.audited(id)).toEqual(["export.write", "export.fetch"]);
    },
  );

  test("behind the commit: it is ready, and nobody writes it again", async () => {
    const id = await town.ask(chief);
    await killedAt("after-commit");
    expect(await town.stored(id)).toMatchObject({ state: "ready", attempt: 1, rows: HOMES });
    expect(await writeExports(town.platform)).toEqual([]);
    expectWhole(await town.fetchFile(chief, id));
  });

  test("given up for dead and come back: it writes nothing more, and the file of the other stays", async () => {
    const id = await town.ask(chief);
    const slow = slowTable();
    const sleeping = writeNextExport(town.platform, [slow.definition], { settings: { pieceBytes: 512 } });
    await slow.reached;
    expect((await town.stored(id)).lying).toBeGreaterThan(0);
    await town.letLeaseEnd();
    expect(await writeExports(town.platform)).toEqual([{ id, outcome: "ready" }]);
    slow.goOn();
    expect(await sleeping).toMatchObject({ outcome: "lost" });
    const whole = await town.stored(id);
    expect(whole).toMatchObject({ state: "ready", attempt: 2 });
    expect(whole.lying).toBe(whole.pieces);
    expectWhole(await town.fetchFile(chief, id));
  });

  test("two processes at once: one of them has it", async () => {
    const id = await town.ask(chief);
    const both = await Promise.all([writeExports(town.platform), writeExports(town.platform)]);
    expect(both.flat()).toEqual([{ id, outcome: "ready" }]);
  });
});

describe("written", () => {
  test("and cancelled in the middle: nothing is left of it", async () => {
    const id = await town.ask(chief);
    const slow = slowTable();
    const writing = writeNextExport(town.platform, [slow.definition], { settings: { pieceBytes: 512 } });
    await slow.reached;
    const asked = { platform: town.platform, actor: chief, requestId: "r-3" };
    expect(await dropExport(asked, id)).toMatchObject({ state: "cancelled" });
    slow.goOn();
    expect(await writing).toMatchObject({ outcome: "lost" });
    expect(await town.stored(id)).toMatchObject({ state: "cancelled", lying: 0, wanted: false });
    expect(await codeOf(town.fetchFile(chief, id))).toBe("export.not-ready");
    // Again changes nothing, and leaves no second row in the audit.
    expect(await dropExport(asked, id)).toMatchObject({ state: "cancelled" });
    expect(await town.audited(id)).toEqual(["export.cancel"]);
  });

  test("while the process is asked to stop: the next one begins anew, and it counts for no try", async () => {
    const id = await town.ask(chief);
    const slow = slowTable();
    const ending = new AbortController();
    const writing = writeNextExport(town.platform, [slow.definition], { stopping: ending.signal });
    await slow.reached;
    ending.abort();
    slow.goOn();
    expect(await writing).toEqual({ id, outcome: "again" });
    expect(await town.stored(id)).toMatchObject({ state: "waiting", tries: 0 });
    expect(await writeExports(town.platform)).toEqual([{ id, outcome: "ready" }]);
  });

  test("says while it is written how many rows are there of how many, and at its end that all are", async () => {
    const id = await town.ask(chief);
    const now = town.db.clock.now();
    const answer = async () => {
      const looker = lookerOf(chief, "2026-11-25");
      const row = await findOwn(town.platform.database.sql, { ...looker, id });
      return row === null ? null : exportJson(row, chief, now);
    };
    expect(await answer()).toMatchObject({ state: "waiting", rows: 0, ofRows: null });
    const slow = slowTable(6);
    const settings = { pieceBytes: 512, beatMs: 20 };
    const writing = writeNextExport(town.platform, [slow.definition], { settings });
    await slow.reached;
    await until("the rows of the first page are counted", async () => (await answer())?.rows === 3);
    expect(await answer()).toMatchObject({ state: "writing", rows: 3, ofRows: 6 });
    slow.goOn();
    expect(await writing).toMatchObject({ outcome: "ready" });
    expect(await answer()).toMatchObject({ state: "ready", rows: 6, ofRows: 6 });
  });

  test("knows how many the real list has", async () => {
    const id = await town.ask(chief);
    await writeExports(town.platform);
    const { rows, expected } = await town.db.owner.sql.one<{ rows: number; expected: number }>(
      "select rows_done as rows, rows_expected as expected from exports where id = :id",
      { id },
    );
    expect([rows, expected]).toEqual([HOMES, HOMES]);
  });

  test("with what the question itself makes impossible: refused once, with the reason", async () => {
    const id = await town.ask(chief);
    const short = {
      ...arrearsExport,
      tableOf: (wanted: unknown) => ({ ...arrearsExport.tableOf(wanted), mostRows: 10 }),
    };
    expect(await writeNextExport(town.platform, [short])).toMatchObject({ id, outcome: "failed" });
    expect(await town.stored(id)).toMatchObject({
      state: "failed",
      failure: "export.too-many-rows",
      lying: 0,
    });
    expect(await town.audited(id)).toEqual(["export.fail"]);
  });

  test("with a failure that comes each time: five tries, then given up", async () => {
    const id = await town.ask(chief);
    const broken = {
      ...arrearsExport,
      tableOf: () => {
        throw new Error("broken");
      },
    };
    const outcomes: unknown[] = [];
    for (let tries = 0; tries < 6; tries += 1) {
      const next = await writeNextExport(town.platform, [broken], { settings: { pauseMs: 0 } });
      outcomes.push(next?.outcome ?? null);
    }
    expect(outcomes).toEqual(["again", "again", "again", "again", "failed", null]);
    expect(await town.stored(id)).toMatchObject({ state: "failed", failure: "export.given-up", lying: 0 });
  });

  /** Writes it again and again with this failure; answers what came of the last time. */
  const failAgain = async (times: number, failure: () => never): Promise<unknown> => {
    let last: unknown;
    for (let time = 0; time < times; time += 1) {
      const failing = { ...arrearsExport, tableOf: failure };
      last = (await writeNextExport(town.platform, [failing], { settings: { pauseMs: 0 } }))?.outcome;
    }
    return last;
  };

  test.each([
    ["every connection is in use", () => fail("database.busy", "every database connection is in use")],
    [
      "the connection is taken away",
      () => {
        throw Object.assign(new Error("terminating connection"), { code: "57P01" });
      },
    ],
  ])("while %s: later, and it counts for no try", async (_, failure: () => never) => {
    const id = await town.ask(chief);
    expect(await failAgain(7, failure)).toBe("again");
    expect(await town.stored(id)).toMatchObject({ state: "waiting", tries: 0 });
    expect(await writeExports(town.platform)).toEqual([{ id, outcome: "ready" }]);
  });

  test("an export that takes the connection with it each time: given up in the end", async () => {
    const id = await town.ask(chief);
    await town.db.owner.sql.run("update exports set attempt = 19");
    const lost = () => {
      throw Object.assign(new Error("terminating connection"), { code: "57P01" });
    };
    expect(await failAgain(5, lost)).toBe("failed");
    expect(await town.stored(id)).toMatchObject({ state: "failed", failure: "export.given-up" });
  });

  test("by a process of an older version: what it does not know waits for a newer one", async () => {
    const id = await town.ask(chief);
    const older = { ...arrearsExport, kind: "of-before" };
    expect(await writeNextExport(town.platform, [older])).toBeNull();
    expect(await town.stored(id)).toMatchObject({ state: "waiting", attempt: 0, tries: 0 });
    expect(await writeExports(town.platform)).toEqual([{ id, outcome: "ready" }]);
  });

  test("beyond the room that all files have: refused with the reason, also when it was there at the asking", async () => {
    const id = await town.ask(chief);
    const other = await town.ask(chief);
    await town.db.owner.sql.run(
      "update exports set byte_count = 3000000000, lease_until = now() + interval '1 hour' where id = :other",
      { other },
    );
    expect(await writeExports(town.platform)).toMatchObject([{ id, outcome: "failed" }]);
    expect(await town.stored(id)).toMatchObject({ state: "failed", failure: "export.no-room", lying: 0 });
  });

  test("a process that dies of it each time: given up as well", async () => {
    const id = await town.ask(chief);
    await town.db.owner.sql.run(
      "update exports set state = 'writing', attempt = 5, tries = 5, lease_until = now()",
    );
    expect(await writeExports(town.platform)).toEqual([{ id, outcome: "failed" }]);
    expect(await town.stored(id)).toMatchObject({ state: "failed", failure: "export.given-up" });
  });

  test("260,000 rows by a process that holds little of them", async () => {
    const id = await town.ask(chief);
    const child = spawn(process.execPath, ["--max-old-space-size=96", script, town.db.appUrl, "260000"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const said = JSON.parse(await text(child.stdout)) as { outcome: string; heldBytes: number };
    const { rows, pieces } = await town.stored(id);
    expect([said.outcome, rows]).toEqual(["ready", 260_000]);
    expect(pieces).toBeGreaterThan(100);
    expect(said.heldBytes).toBeLessThan(16 * 1024 * 1024);
  });
});
