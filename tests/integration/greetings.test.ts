/** Greetings by the festival calendar, from the timetable: one draft a festival, whoever looks and however often. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { day } from "#src/kernel/day.ts";
import { draftGreetings, setFestival } from "#src/messages/notices/index.ts";
import { TIMETABLE } from "#workers/scheduler.ts";
import { runIfDue } from "#src/platform/scheduled-runs.ts";
import type { Services } from "#workers/services.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { platformOf } from "#tests/support/people.ts";
import { as } from "#tests/support/tickets.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase("2026-12-24T09:00:00+08:00");
  for (const festival of [
    { day: day("2026-12-31"), name: "跨年", template: "greeting-festival" },
    { day: day("2027-01-01"), name: "元旦", template: "greeting-festival" },
  ]) {
    await as(db, db.actor, (context) => setFestival(context, festival));
  }
});
afterAll(() => db.drop());

const drafts = () =>
  db.database.sql.rows(
    `select title, state, source, to_char(starts_at at time zone 'Asia/Shanghai', 'MM-DD HH24:MI') as starts
     from notices order by id`,
  );

test("a week before a festival its draft is made once, and a person is asked", async () => {
  const job = TIMETABLE.find(({ name }) => name === "greetings");
  if (job === undefined) throw new Error("the timetable has no greetings");
  const services = { platform: platformOf(db) } as Services;
  const runs = await Promise.all(
    Array.from({ length: 4 }, () => runIfDue(db.database, job, services, db.clock.now())),
  );
  expect(runs.filter((run) => run !== null).map((run) => run?.outcome)).toEqual([{ drafted: 1 }]);
  expect(await draftGreetings(platformOf(db), day("2026-12-24"))).toEqual({ drafted: 0 });
  expect(await drafts()).toEqual([
    { title: "跨年问候", state: "draft", source: "festival:1", starts: "12-31 09:00" },
  ]);
  expect(
    await db.database.sql.rows("select kind, owner_role as role from tasks where kind = 'notice-greeting'"),
  ).toEqual([{ kind: "notice-greeting", role: "supervisor" }]);

  db.clock.set("2026-12-25T08:30:00+08:00");
  expect((await runIfDue(db.database, job, services, db.clock.now()))?.outcome).toEqual({ drafted: 1 });
  expect(await drafts()).toHaveLength(2);
});
