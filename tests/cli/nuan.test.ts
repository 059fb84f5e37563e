import { globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { PassThrough } from "node:stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CliEnvironment, type CliPlatform, createCliRuntime, table } from "#src/cli/runtime.ts";
import { fail } from "#src/kernel/errors.ts";
import { fen } from "#src/kernel/money.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { nuan, objectOf } from "./terminal.ts";

const root = path.resolve(import.meta.dirname, "..", "..");
let db: TestDatabase;
let dataDir: string;
let env: Record<string, string>;
beforeAll(async () => {
  db = await createTestDatabase();
  dataDir = mkdtempSync(path.join(tmpdir(), "nuanyang-cli-"));
  env = {
    DATABASE_URL: db.ownerUrl,
    SECRET_KEY: "a-key-for-tests-with-at-least-32-characters",
    DATA_DIR: dataDir,
  };
});
afterAll(async () => {
  await db.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

type Seen = { code: number | undefined; stdout: string; stderr: string };
const runtimeFor = (argv: string[], environmentOf: Record<string, string> = env) => {
  const seen: Seen = { code: undefined, stdout: "", stderr: "" };
  const stream = (name: "stdout" | "stderr") =>
    new PassThrough().on("data", (chunk: Buffer) => void (seen[name] += chunk.toString("utf8")));
  const environment: CliEnvironment = {
    env: environmentOf,
    argv,
    stdout: stream("stdout"),
    stderr: stream("stderr"),
    setExitCode: (code) => void (seen.code = code),
  };
  return { cli: createCliRuntime(environment), seen };
};

describe("usage", () => {
  test("help is no mistake, a wrong word is", async () => {
    const help = await nuan(["--help"]);
    expect([help.code, help.stderr]).toEqual([0, ""]);
    expect(help.stdout).toContain("doctor");
    const wrong = await nuan(["db", "migrat"]);
    expect([wrong.code, wrong.stdout]).toEqual([2, ""]);
    expect(wrong.stderr).toMatch(/unknown command 'migrat'\n\(Did you mean migrate\?\)/);
    expect((await nuan(["doctor", "--colour"])).code).toBe(2);
    expect((await nuan([])).code).toBe(2);
  });

  test("with --json a mistake is one object too, wherever --json stands", async () => {
    for (const argv of [["--json", "db", "migrat"], ["db", "migrat", "--json"], ["--json"]]) {
      const run = await nuan(argv);
      expect([run.code, run.stderr]).toEqual([2, ""]);
      expect(objectOf(run)).toMatchObject({ code: "usage.wrong", remedy: "see: nuan --help" });
    }
  });
});

describe("refusals", () => {
  test("a wrong setting is one line that names it", async () => {
    const run = await nuan(["doctor"], { ...env, PORT: "many" });
    expect([run.code, run.stdout]).toEqual([1, ""]);
    expect(run.stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(run.stderr).toMatch(/^nuan: config\.invalid: PORT must be a whole number/);
    const json = await nuan(["doctor", "--json"], { ...env, PORT: "many" });
    expect([json.code, json.stderr]).toEqual([1, ""]);
    expect(objectOf(json)).toMatchObject({ code: "config.invalid", field: "PORT" });
  });

  test("a database that is not there, without its password", async () => {
    const gone = { ...env, DATABASE_URL: "postgres://owner:hidden-word@127.0.0.1:1/none" };
    const run = await nuan(["doctor", "--json"], gone);
    expect(run.code).toBe(1);
    expect(objectOf(run)).toMatchObject({ code: "database.unreachable", field: "DATABASE_URL" });
    expect(run.stdout).not.toContain("hidden-word");
  });
});

describe("on a machine that has nothing", () => {
  let own: Record<string, string>;
  beforeAll(() => {
    own = { DATA_DIR: path.join(dataDir, "own") };
  });

  test("db migrate starts the database, brings it up to date, and repeating changes nothing", async () => {
    const before = await nuan(["doctor", "--json"], own);
    expect(before.code).toBe(1);
    expect(objectOf(before)["findings"]).toContainEqual(
      expect.objectContaining({ check: "migrations", level: "bad", remedy: "run: nuan db migrate" }),
    );
    const first = await nuan(["db", "migrate", "--json"], own);
    expect([first.code, first.stderr]).toEqual([0, ""]);
    expect(objectOf(first)["applied"]).toContain("0001-platform.sql");
    const again = await nuan(["db", "migrate"], own);
    expect(again).toEqual({ code: 0, stdout: "Nothing to do: the database is up to date.\n", stderr: "" });
    const after = await nuan(["doctor"], own);
    expect([after.code, after.stderr]).toEqual([0, ""]);
    expect(after.stdout).toMatch(/\nWell\.\n$/);
  });

  test("a command works as the runtime role and knows who ran it", async () => {
    const { cli, seen } = runtimeFor(["--json"], own);
    await cli.run(async (platform) => {
      const role = await platform.database.sql.one<{ role: string }>("select current_user::text as role");
      await platform.commands.run(
        { name: "setting.set", actor: platform.actor, requestId: platform.requestId },
        async (context) => context.audit({ subject: "setting:x" }),
      );
      const audited = await platform.database.sql.one<{ kind: string; name: string }>(
        `select actor_kind as kind, actor_name as name from audit_events`,
      );
      return { ...role, ...audited };
    }, String);
    expect([seen.code, JSON.parse(seen.stdout)]).toEqual([
      0,
      { role: "nuan_app", kind: "cli", name: expect.stringMatching(/^cli:./) as unknown },
    ]);
  });

  test("every setting that a room declares is listed, and can be set", async () => {
    const declared = globSync("src/**/*.ts", { cwd: root, exclude: (name) => name.endsWith(".test.ts") })
      .flatMap((file) => [
        ...readFileSync(path.join(root, file), "utf8").matchAll(/declareSetting[^"]*\bkey: "([a-z.-]+)"/g),
      ])
      .map((match) => match[1] ?? "");
    expect(declared.length).toBeGreaterThan(10);
    const listed = await nuan(["setting", "list", "--json"], own);
    const keys = (JSON.parse(listed.stdout) as { key: string }[]).map(({ key }) => key);
    expect(keys.toSorted()).toEqual(declared.toSorted());
    const set = await nuan(["setting", "set", "billing.run-rule", '"two-people"', "--json"], own);
    expect([set.code, objectOf(set)]).toEqual([
      0,
      { key: "billing.run-rule", value: "two-people", version: 1 },
    ]);
  });
});

describe("doctor", () => {
  test("finds what would lose money and what is not sealed, and hides secrets", async () => {
    const run = await nuan(["doctor", "--json"], env);
    const report = objectOf(run);
    const findings = report["findings"] as { check: string; level: string; found: string }[];
    const of = (check: string) => findings.find((one) => one.check === check);
    expect(of("migrations")).toMatchObject({ level: "ok" });
    expect(of("clock against the database")).toMatchObject({ level: "ok" });
    expect(of("dead letters")).toMatchObject({ level: "ok", found: "0" });
    // The tests' server runs without fsync, which is exactly what a doctor must not let pass.
    expect(of("postgres fsync")).toMatchObject({ level: "bad", found: "off" });
    expect([report["ok"], run.code]).toEqual([false, 1]);
    expect(run.stdout).not.toContain(env["SECRET_KEY"]);
    expect(report["settings"]).toContainEqual({ name: "SECRET_KEY", value: "(secret)", given: true });
    const shown = await nuan(["doctor"], env);
    expect(shown.stdout).toContain("Not well: see the lines marked bad.");
    expect(shown.stdout).toMatch(/^bad +postgres fsync +off +set fsync = on/m);
  });

  test("an old event and a dead letter are not well", async () => {
    await db.owner.sql.run(`insert into outbox_events (type, subject, occurred_at, payload)
      values ('payment.posted', 'payment:1', now() - interval '2 hours', '{}')`);
    await db.owner.sql.run(`insert into dead_letters (event_id, subscriber, reason, attempts)
      select id, 'notices', 'no template', 3 from outbox_events`);
    const findings = objectOf(await nuan(["doctor", "--json"], env))["findings"] as {
      check: string;
      level: string;
    }[];
    const bad = findings.filter((one) => one.level === "bad").map((one) => one.check);
    expect(bad).toEqual(expect.arrayContaining(["outbox to ring", "dead letters"]));
    await db.owner.sql.run("delete from dead_letters");
    await db.owner.sql.run("delete from outbox_events");
  });
});

describe("the runtime", () => {
  test("amounts are whole numbers and ids are text, in one object", async () => {
    const { cli, seen } = runtimeFor(["--json"]);
    cli.note("working");
    cli.progress(10, "rows").update(5);
    await cli.runWithoutDatabase(
      async () => ({
        id: 12n,
        totalFen: fen(9_007_199_254_740_991n),
        byClass: { rentFen: fen(-5n) },
        at: new Date(0),
      }),
      () => "a table",
    );
    expect(seen).toEqual({
      code: 0,
      stdout:
        '{"id":"12","totalFen":9007199254740991,"byClass":{"rentFen":-5},"at":"1970-01-01T00:00:00.000Z"}\n',
      stderr: "",
    });
  });

  test("a refusal on a terminal is one line with place and way out", async () => {
    const { cli, seen } = runtimeFor([]);
    await cli.runWithoutDatabase(
      async () =>
        fail("roll.bad-area", "the area is not a number", {
          row: 7,
          field: "area",
          remedy: "correct the row",
          facts: { expected: 90, found: "9O", rows: [1, 2] },
        }),
      String,
    );
    expect(seen.code).toBe(1);
    expect(seen.stderr).toBe(
      "nuan: roll.bad-area: the area is not a number (row 7, field area); correct the row [expected 90, found 9O]\n",
    );
  });

  test("a result that is itself a refusal is printed and ends with 1", async () => {
    const { cli, seen } = runtimeFor([]);
    await cli.runWithoutDatabase(
      async () => ({ offenders: 2 }),
      (result) => `${result.offenders} offenders`,
      { refused: (result) => result.offenders > 0 },
    );
    expect(seen).toEqual({ code: 1, stdout: "2 offenders\n", stderr: "" });
  });

  test("a defect shows its number; the stack only to who asks for it", async () => {
    const broken = async (): Promise<never> => {
      throw new TypeError("x is not a function");
    };
    const quiet = runtimeFor([]);
    await quiet.cli.runWithoutDatabase(broken, String);
    expect(quiet.seen.code).toBe(1);
    expect(quiet.seen.stderr).toMatch(
      /^nuan: internal: something went wrong on our side; .* \[request [0-9a-f-]{36}\]\n$/,
    );
    const loud = runtimeFor(["--json"], { LOG_LEVEL: "debug" });
    await loud.cli.runWithoutDatabase(broken, String);
    expect(JSON.parse(loud.seen.stdout)).toMatchObject({ code: "internal" });
    expect(loud.seen.stderr).toContain("TypeError: x is not a function\n    at ");
  });

  test("a database without its schema is refused with the way out", async () => {
    await db.owner.sql.run("alter table schema_migrations rename to schema_migrations_away");
    try {
      const { cli, seen } = runtimeFor(["--json"]);
      await cli.run(async (platform: CliPlatform) => platform.clock.now(), String);
      expect([seen.code, JSON.parse(seen.stdout)]).toMatchObject([
        1,
        { code: "database.not-migrated", remedy: "run: nuan db migrate" },
      ]);
    } finally {
      await db.owner.sql.run("alter table schema_migrations_away rename to schema_migrations");
    }
  });
});

test("tables line up, Chinese text included", () => {
  const text = table(
    ["户名", "fen"],
    [
      ["李小暖", 5n],
      ["A", -120n],
      [null, undefined],
    ],
  );
  expect(text.split("\n")).toEqual([
    "户名     fen",
    "------  ----",
    "李小暖     5",
    "A       -120",
    "-          -",
  ]);
});
