/** Whoever has an order of an authority is told before its own deadline, once for each of the hours. */
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Actor } from "#src/platform/actor.ts";
import { changeStaff } from "#src/office/staff/index.ts";
import {
  receiveReferral,
  referralDeadlineCheck,
  referralSubscribers,
  tellOfDeadlines,
} from "#src/service/referrals/index.ts";
import { setOwner } from "#src/service/tickets/index.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { handleEvents } from "#tests/support/handle-events.ts";
import { person } from "#tests/support/people.ts";
import { as, buildTicketTown } from "#tests/support/tickets.ts";

let db: TestDatabase;
let owner: Actor;
let referralId: bigint;
beforeEach(async () => {
  db = await createTestDatabase("2026-11-23T09:10:00+08:00");
  await buildTicketTown(db);
  owner = await person(db, "owner", ["agent"]);
  const taken = await as(db, db.actor, (context) =>
    receiveReferral(context, {
      authority: "12345",
      outsideNo: "ZZ-1",
      demand: "暖气不热",
      addressText: "金水区书香苑A1号楼1单元301",
      dueAt: new Date("2026-11-25T18:00:00+08:00"),
    }),
  );
  referralId = taken.referralId;
  await as(db, db.actor, (context) =>
    setOwner(context, taken.ticketId, { staffId: owner.id, role: "agent", areaId: null, level: "area" }),
  );
}, 60_000);
afterEach(() => db.drop());

const tell = () => as(db, db.actor, tellOfDeadlines);
const at = (text: string) => db.clock.set(`2026-11-${text}:00+08:00`);
const withMobile = (mobile: string | null) =>
  as(db, db.actor, async (context) => {
    const { version } = await db.owner.sql.one<{ version: number }>(
      "select version from staff_members where login = 'owner'",
    );
    await changeStaff(context, owner.id ?? 0n, version, { mobile });
  });
const messages = () =>
  db.owner.sql.rows<{ id: bigint; recipient: string; template: string; due: string }>(
    `select id, recipient, template, variables ->> 'due' as due from messages where purpose = 'referral' order by id`,
  );

test("a day and four hours before, each once, to the owner's mobile", async () => {
  await withMobile("138 1234 8000");
  at("24T17:00");
  expect(await tell()).toBe(0);
  at("24T18:30");
  expect(await tell()).toBe(1);
  expect(await tell()).toBe(0);
  at("25T14:30");
  expect(await tell()).toBe(1);
  expect(await tell()).toBe(0);
  expect(await messages()).toMatchObject([
    { recipient: "tel:+8613812348000", template: "referral-due", due: "2026-11-25 18:00" },
    { recipient: "tel:+8613812348000" },
  ]);
  at("25T18:30");
  expect(await tell()).toBe(0);
});

test("where nobody has a mobile it is a task; a landline is refused", async () => {
  at("24T18:30");
  expect(await tell()).toBe(1);
  expect(await tell()).toBe(0);
  expect(await messages()).toEqual([]);
  const [task] = await db.owner.sql.rows<{ title: string; ownerId: bigint }>(
    `select title, owner_id as "ownerId" from tasks where kind = 'referral-due'`,
  );
  expect(task?.title).toContain("转办 ZZ-1 应于 2026-11-25 18:00 前回复");
  expect(task?.ownerId).toBe(owner.id);
  await expect(withMobile("0371-12345678")).rejects.toMatchObject({ code: "staff.not-a-mobile" });
});

test.each(["undelivered", "skipped"])(
  "a message that is %s is the task that it would have been",
  async (state) => {
    await withMobile("13812348000");
    at("24T18:30");
    await tell();
    const [message] = await messages();
    const messageId = message?.id ?? 0n;
    await db.owner.sql.run("update messages set state = :state where id = :messageId", { messageId, state });
    await as(db, db.actor, async (context) =>
      context.emit({
        type: "messages.failed",
        subject: `outgoing:${messageId}`,
        payload: { messageIds: [String(messageId)] },
      }),
    );
    await handleEvents(db, referralSubscribers);
    const tasks = await db.owner.sql.rows<{ title: string; ownerId: bigint }>(
      `select title, owner_id as "ownerId" from tasks where kind = 'referral-due'`,
    );
    expect(tasks).toMatchObject([{ ownerId: owner.id, title: expect.stringContaining("转办 ZZ-1 应于") }]);
  },
);

test("what was answered meanwhile is not spoken of", async () => {
  await withMobile("13812348000");
  at("24T18:30");
  await tell();
  const [message] = await messages();
  const home = {
    messageId: message?.id ?? 0n,
    purpose: "referral",
    step: "",
    regarding: `referral:${referralId}`,
    accountId: null,
    personId: null,
  };
  const check = () => referralDeadlineCheck.check(db.database.sql, [home], db.clock.now());
  expect(await check()).toEqual([]);
  await db.owner.sql.run("update referrals set state = 'taken-back', taken_back_at = now()");
  expect(await check()).toEqual([{ messageId: message?.id, accountId: null, reason: "answered-meanwhile" }]);
});
