/** The English names of channels: those of the demo, what the migration gives to towns that have them already, and what the table refuses. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CHANNELS } from "#src/demo/channels.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase("2026-11-10T09:00:00+08:00");
});
afterAll(() => db.drop());

test("a town that has the channels gets the names that a new one is planted with, and no other name is touched", async () => {
  const own = [
    { code: "store-c", name: "街角小店", kind: "agent" },
    // No counter of ours, whatever it is called.
    { code: "agent-hall", name: "营业厅", kind: "agent" },
  ];
  await db.owner.sql.run(
    `insert into channels (code, name, kind, real_time)
     select code, name, kind, true from jsonb_to_recordset(:rows::jsonb) as row (code text, name text, kind text)`,
    { rows: JSON.stringify([...CHANNELS, ...own]) },
  );
  const migration = readFileSync("migrations/0260-channel-names.sql", "utf8");
  await db.owner.sql.run(migration.slice(migration.indexOf("update channels")));
  const named = await db.owner.sql.rows<{ code: string; nameEn: string | null }>(
    `select code, name_en as "nameEn" from channels`,
  );
  expect(new Map(named.map(({ code, nameEn }) => [code, nameEn]))).toEqual(
    new Map<string, string | null>([
      ...CHANNELS.map(({ code, nameEn }) => [code, nameEn] as const),
      ...own.map(({ code }) => [code, null] as const),
    ]),
  );
});

test("a name that says nothing is none", async () => {
  await expect(
    db.owner.sql.run(
      "insert into channels (code, name, name_en, kind, real_time) values ('mute', '无声', ' ', 'agent', true)",
    ),
  ).rejects.toThrow("channels_name_en_said");
});
