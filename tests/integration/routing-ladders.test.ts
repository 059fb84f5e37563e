/** Ladders are rows: steps fire once, to named people, also after a stop, with a read receipt. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { fireLadders, readNotice, setLadder } from "#src/service/routing/index.ts";
import { findAssignments } from "#src/service/routing/queries.ts";
import { runTicketCommand } from "#src/service/tickets/index.ts";
import { createRoutingTown, type RoutingTown } from "#tests/support/routing-town.ts";

let town: RoutingTown;
beforeAll(async () => {
  town = await createRoutingTown();
});
afterAll(() => town.drop());
beforeEach(() => {
  town.db.clock.set("2026-11-23T09:00:00+08:00");
});

const at = (time: string) => town.db.clock.set(`2026-11-23T${time}:00+08:00`);
const fire = () => town.as(town.db.actor, fireLadders);
const opened = async () => {
  const { ticketId } = await town.open({});
  await town.work();
  return ticketId;
};
const told = (ticketId: bigint, ladder: string) =>
  town.db.owner.sql.rows<{ position: number; login: string | null; read: boolean }>(
    `select f.position, m.login, n.read_at is not null as read from ladder_firings f
     left join ladder_notices n on n.firing_id = f.id left join staff_members m on m.id = n.staff_id
     where f.ticket_id = :ticketId and f.ladder_code = :ladder order by f.id, n.id`,
    { ticketId, ladder },
  );

describe("a clock that stands still at night", () => {
  const set = (time: string) => town.db.clock.set(`2026-06-${time.replace(" ", "T")}:00+08:00`);
  beforeAll(async () => {
    await town.db.owner.sql.run("update ladders set active = false");
    await town.db.owner.sql.run(
      "insert into ladders (code, name, category) values ('halves', '过半提醒', '*')",
    );
    await town.db.owner.sql.run(
      `insert into ladder_steps (ladder_code, position, clock_kind, share_basis_points, offset_seconds, told, action, words)
       values ('halves', 1, 'solution', 5000, 0, 'owner', 'tell', '过半'), ('halves', 2, 'solution', 10000, 0, 'owner', 'tell', '到时')`,
    );
  });
  afterAll(async () => {
    await town.db.owner.sql.run("update ladders set active = false where code = 'halves'");
  });
  /** Four hours of the service calendar, which is open 8:30 to 12:00 and 14:00 to 18:00 in summer. */
  const fourHours = async (due: string): Promise<bigint> => {
    const ticketId = await opened();
    await town.db.owner.sql.run(
      "delete from ticket_clocks where ticket_id = :ticketId and kind <> 'solution'",
      {
        ticketId,
      },
    );
    await town.db.owner.sql.run(
      `update ticket_clocks set target_ms = 14400000, warn_ms = 14400000, due_at = :due, warn_at = :due,
         calendar_id = (select max(id) from working_calendars where name = 'service' and approved_at is not null)
       where ticket_id = :ticketId`,
      { ticketId, due: new Date(`2026-06-${due.replace(" ", "T")}:00+08:00`) },
    );
    return ticketId;
  };

  test("tells half of its time in the morning and not at two at night, the whole when it is due", async () => {
    set("15 17:00");
    const ticketId = await fourHours("16 11:30");
    for (const time of ["16 02:15", "16 09:29"]) {
      set(time);
      expect([time, await fire()]).toEqual([time, 0]);
    }
    set("16 09:30");
    expect(await fire()).toBe(1);
    set("16 11:30");
    expect(await fire()).toBe(1);
    expect((await told(ticketId, "halves")).map((row) => row.position)).toEqual([1, 2]);
  });

  test("leaves a pause out, and is not late where the time on the wall would be", async () => {
    set("17 08:30");
    const ticketId = await fourHours("17 15:30");
    await town.db.owner.sql.run(
      `insert into clock_pauses (clock_id, reason, paused_at, resumed_at)
       select id, 'parts', '2026-06-17 09:00+08', '2026-06-17 10:00+08' from ticket_clocks where ticket_id = :ticketId`,
      { ticketId },
    );
    set("17 11:29");
    expect(await fire()).toBe(0);
    set("17 11:30");
    expect(await fire()).toBe(1);
    const [firing] = await town.db.owner.sql.rows<{ due: Date }>(
      "select due_at as due from ladder_firings where ticket_id = :ticketId",
      { ticketId },
    );
    expect(firing?.due).toEqual(new Date("2026-06-17T11:30:00+08:00"));
  });
});

describe("a four-step ladder, added as rows only", () => {
  beforeAll(async () => {
    await town.db.owner.sql.run("update ladders set active = false");
    await town.db.owner.sql.run(
      "insert into ladders (code, name, category) values ('four-steps', '四档督办', 'heat.not-hot')",
    );
    await town.db.owner.sql.run(
      `insert into ladder_steps (ladder_code, position, clock_kind, share_basis_points, offset_seconds, told, role_code, level,
         action, words, words_en) values
       ('four-steps', 1, 'first-response', 5000, 0, 'owner', null, null, 'tell', '过半', ''),
       ('four-steps', 2, 'first-response', 10000, 0, 'role', 'area-manager', 'branch', 'tell', '到时', ''),
       ('four-steps', 3, 'first-response', 10000, 600, 'role', 'ruling-desk', 'company', 'tell', '超十分钟', ''),
       ('four-steps', 4, 'first-response', 10000, 1200, 'role', 'head-office', 'company', 'escalate', '超二十分钟',
         'Twenty minutes over')`,
    );
  });
  afterAll(async () => {
    await town.db.owner.sql.run("update ladders set active = false where code = 'four-steps'");
  });

  test("each step at its instant, to its person, once; the last hands the case up", async () => {
    const ticketId = await opened();
    at("09:14");
    expect(await fire()).toBe(0);
    at("09:15");
    expect(await fire()).toBe(1);
    expect(await fire()).toBe(0);
    at("09:30");
    expect(await fire()).toBe(1);
    at("09:40");
    expect(await fire()).toBe(1);
    at("09:50");
    expect(await fire()).toBe(1);
    expect(await fire()).toBe(0);
    expect(await told(ticketId, "four-steps")).toEqual([
      { position: 1, login: "manager1", read: false },
      { position: 2, login: "branch", read: false },
      { position: 3, login: "judge", read: false },
      { position: 4, login: "head", read: false },
    ]);
    expect((await town.routeOf(ticketId)).at(-1)).toMatchObject({
      cause: "ladder",
      role: "head-office",
      level: "company",
      login: "head",
    });
    // Why it went up stands in both languages, with the case and on its timeline.
    const { sql } = town.db.owner;
    expect((await findAssignments(sql, ticketId)).map(({ reason, reasonEn }) => [reason, reasonEn])).toEqual([
      [null, null],
      ["超二十分钟", "Twenty minutes over"],
    ]);
    expect(
      await sql.rows<{ en: string }>(
        "select text_en as en from ticket_entries where ticket_id = :ticketId and text like '%原因：超二十分钟'",
        { ticketId },
      ),
    ).toEqual([{ en: expect.stringMatching(/reason: Twenty minutes over$/) as string }]);
  });

  test("after a stop of an hour everything is made up for, once, also by two workers at the same moment", async () => {
    const ticketId = await opened();
    at("10:30");
    const counts = await Promise.all([fire(), fire()]);
    expect(counts.reduce((a, b) => a + b)).toBe(4);
    expect(await fire()).toBe(0);
    expect((await told(ticketId, "four-steps")).map((row) => row.position)).toEqual([1, 2, 3, 4]);
  });

  test("what was answered in time fires nothing; nor does what is closed", async () => {
    const ticketId = await opened();
    at("09:10");
    await town.as(town.who("manager1"), (context) => runTicketCommand(context, ticketId, "accept"));
    await town.db.owner.sql.run(
      "update ticket_clocks set state = 'stopped', stopped_at = now(), met = true where ticket_id = :ticketId and state = 'running'",
      { ticketId },
    );
    at("12:00");
    expect(await fire()).toBe(0);
  });

  test("a category that the ladder does not name has no step of it", async () => {
    const { ticketId } = await town.open({ category: "heat.partly" });
    await town.work();
    at("11:00");
    await fire();
    expect(await told(ticketId, "four-steps")).toEqual([]);
  });

  test("whoever is away is not told: the next in line is", async () => {
    const ticketId = await opened();
    await town.db.owner.sql.run(
      `insert into absences (staff_id, valid, kind, entered_at)
       select id, daterange('2026-11-23', '2026-11-24'), 'sick', now() from staff_members where login = 'branch'`,
    );
    at("09:35");
    await fire();
    expect(await told(ticketId, "four-steps")).toContainEqual({ position: 2, login: "chief", read: false });
    await town.db.owner.sql.run("delete from absences");
  });

  test("the read receipt is the own one only, and the first reading counts", async () => {
    const ticketId = await opened();
    at("09:15");
    await fire();
    const { id } = await town.db.owner.sql.one<{ id: bigint }>(
      "select n.id from ladder_notices n join ladder_firings f on f.id = n.firing_id where f.ticket_id = :ticketId",
      { ticketId },
    );
    await expect(town.as(town.who("manager2"), (context) => readNotice(context, id))).rejects.toMatchObject({
      code: "notice.not-found",
    });
    const first = await town.as(town.who("manager1"), (context) => readNotice(context, id));
    at("09:20");
    expect(await town.as(town.who("manager1"), (context) => readNotice(context, id))).toEqual(first);
  });

  test("a step that has fired cannot be taken away; a new one may come", async () => {
    const step = {
      position: 1,
      clockKind: "first-response",
      shareBasisPoints: 5000,
      offsetSeconds: 0,
      told: "owner",
      role: null,
      level: null,
      action: "tell",
      words: "过半",
      wordsEn: "half",
    } as const;
    const ladder = {
      code: "four-steps",
      name: "四档督办",
      nameEn: "",
      category: "heat.not-hot",
      severity: "*",
      active: true,
    } as const;
    await expect(
      town.as(town.db.actor, (context) => setLadder(context, { ...ladder, steps: [step] })),
    ).rejects.toMatchObject({ code: "ladder.step-fired" });
    await town.as(town.db.actor, (context) =>
      setLadder(context, { ...ladder, code: "one-step", steps: [step] }),
    );
  });
});

test("the ladders that are shipped, with their steps", async () => {
  const shipped = await town.db.owner.sql.rows<{ name: string; steps: number }>(
    `select l.name, count(*)::int as steps from ladders l join ladder_steps s on s.ladder_code = l.code
     where l.name_en <> '' group by l.name`,
  );
  expect(Object.fromEntries(shipped.map(({ name, steps }) => [name, steps]))).toEqual({
    三级客服: 3,
    四档管理: 4,
    五级服务: 5,
    转办督办: 5,
    裁定督办: 2,
    回访督办: 2,
  });
});

test("they are told on the timeline in both languages, as their steps are", async () => {
  const unsaid = `select s.ladder_code from ladder_steps s join ladders l on l.code = s.ladder_code
    where l.name_en <> '' and s.words_en = ''`;
  expect(await town.db.owner.sql.rows(unsaid)).toEqual([]);
  await town.db.owner.sql.run("update ladders set active = code = 'three-level-service'");
  const ticketId = await opened();
  at("09:24");
  // What the cases of the tests before are owed fires as well.
  expect(await fire()).toBeGreaterThan(0);
  expect(
    await town.db.owner.sql.rows(
      `select text, text_en as en from ticket_entries where ticket_id = :ticketId and ref like 'ladder-firing:%'`,
      { ticketId },
    ),
  ).toEqual([
    {
      text: "三级客服第1级：首次响应将到时限",
      en: "Three levels of service, step 1: the first answer is nearly due",
    },
  ]);
});
