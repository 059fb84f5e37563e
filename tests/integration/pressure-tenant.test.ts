/** Whoever lives in a home is told, or the home stands by name in the list of doors to knock on. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { receiveSms } from "#src/messages/messaging/index.ts";
import { intakeSubscriber } from "#src/service/intake/index.ts";
import {
  gapsOfTest,
  moveToWindow,
  pressureReplySubscriber,
  reachOfTest,
} from "#src/service/pressure-tests/index.ts";
import { handleEvents } from "#tests/support/handle-events.ts";
import { createTestDesk, fateOf, SHARED, SILENT, type TestDesk, windowOf } from "#tests/support/test-desk.ts";
import { homeId, numberOf } from "#tests/support/test-town.ts";

const LANDLORD = homeId(1, 2, 3);
const TENANT = "+8613966660001";

let town: TestDesk;
let roundId: bigint;
let one: bigint;
beforeEach(async () => {
  town = await createTestDesk();
  const planned = await town.plan();
  roundId = planned.roundId;
  one = planned.tests[0]?.id ?? 0n;
  await town.tellAll(roundId);
  town.clockTo("10-24T15:00:00");
});
afterEach(() => town.db.drop());

/** `number` null: nobody knows one. */
const moveIn = async (
  home: bigint,
  number: string | null,
  since: string,
  confirmed: boolean | null = true,
): Promise<void> => {
  const tenant = { id: 900_000n + home, home, number, since, confirmed };
  await town.db.owner.sql.run(
    "insert into people (id, name, folded_name) values (:id, '租户', '租户')",
    tenant,
  );
  if (number !== null) {
    await town.db.owner.sql.run(
      `insert into person_phones (person_id, number, kind, as_written, confirmed) values (:id, :number, 'mobile', '', :confirmed::boolean)`,
      tenant,
    );
  }
  await town.db.owner.sql.run(
    `insert into account_roles (account_id, person_id, role, valid)
     values (:home, :id, 'tenant', daterange(:since::date, null))`,
    tenant,
  );
};
/** Approved, and queued for its hour. */
const announceDayBefore = async (): Promise<void> => {
  const { noticeIds } = await town.announce(roundId, "day-before");
  await town.approve(noticeIds[0] ?? 0n);
  await town.carry(fateOf);
};
const dayBefore = async (fate = fateOf): Promise<void> => {
  town.clockTo("10-29T09:00:00");
  await town.carry(fate);
};
const gaps = async () =>
  new Map((await gapsOfTest(town.sql, one, 1, "notice")).map((gap) => [gap.premisesId, gap.reason]));

test("a tenant who moved in since the approval hears of the day before; where no message can go there the door stands in the list", async () => {
  await announceDayBefore();
  await moveIn(LANDLORD, TENANT, "2026-10-25");
  await moveIn(SHARED[0], "+8613966660002", "2026-10-25");
  const before = town.sent.length;
  await dayBefore();
  const sent = town.sent.slice(before);
  expect(sent.filter((order) => order.to === TENANT).map((order) => order.text)).toEqual([
    expect.stringContaining("春晖苑1号楼2单元3将于10月30日"),
  ]);
  expect(sent.filter((order) => order.to === numberOf(LANDLORD))).toEqual([]);
  // The phone of two homes: its owner hears of the other one alone.
  const shared = sent.filter((order) => order.to === numberOf(SHARED[0]));
  expect(shared).toHaveLength(1);
  expect(shared[0]?.text).toContain("春晖苑1号楼2单元2将于");
  expect(shared[0]?.text).not.toContain("春晖苑1号楼2单元1");
  const left = await gaps();
  expect(left.has(SHARED[0])).toBe(true);
  expect(left.has(SHARED[1])).toBe(false);
  expect(left.has(LANDLORD)).toBe(false);
});

test("a tenant of two homes, each told instead of its owner, who answers that nobody is in: somebody looks for both keys", async () => {
  await announceDayBefore();
  await moveIn(LANDLORD, TENANT, "2026-10-25");
  await town.db.owner.sql.run(
    `insert into account_roles (account_id, person_id, role, valid)
     select :other, person_id, 'tenant', daterange('2020-01-01', null) from account_roles
     where account_id = :home and role = 'tenant'`,
    { other: homeId(3, 1, 1), home: LANDLORD },
  );
  await dayBefore();
  await receiveSms(town.platform, {
    provider: "gateway",
    providerMessageId: "A-1",
    from: TENANT,
    to: "10690000",
    text: "不在家",
    raw: Buffer.from("{}"),
    rawHeaders: {},
  });
  await handleEvents(town.db, [intakeSubscriber, pressureReplySubscriber]);
  expect((await town.tasksOf("key-holder")).map((task) => task.accountId)).toEqual([
    LANDLORD,
    homeId(3, 1, 1),
  ]);
});

test("what the landlord got a week before reaches no tenant whose own message does not arrive", async () => {
  await announceDayBefore();
  expect((await gaps()).has(LANDLORD)).toBe(false);
  await moveIn(LANDLORD, TENANT, "2026-10-25");
  await dayBefore((number) => (number === TENANT ? "undelivered" : fateOf(number)));
  expect((await gaps()).get(LANDLORD)).toBe("failed");
});

test("a tenant without a number is a door to knock on, however surely the landlord was told; both hear of a change", async () => {
  expect((await gaps()).has(LANDLORD)).toBe(false);
  const before = await reachOfTest(town.sql, one, 1, "notice");
  await moveIn(LANDLORD, null, "2026-10-25");
  await announceDayBefore();
  await dayBefore();
  expect(town.sent.filter((order) => order.to === numberOf(LANDLORD))).toHaveLength(2);
  expect((await gaps()).get(LANDLORD)).toBe("no-number");
  expect((await gaps()).get(SILENT)).toBe("no-number");
  expect(await reachOfTest(town.sql, one, 1, "notice")).toMatchObject({
    delivered: before.delivered - 1,
    reached: before.reached - 1,
    unnamed: before.unnamed + 1,
  });
  await town.knock(one, LANDLORD, "told");
  expect((await gaps()).has(LANDLORD)).toBe(false);
  await town.run((context) =>
    moveToWindow(context, { id: one, window: windowOf("2026-11-03"), reason: "检修" }),
  );
  const moved = (await town.toldAt(one, "moved"))[0]?.noticeId ?? 0n;
  await town.approve(moved);
  expect(await town.audienceOf(moved)).toContain(LANDLORD);
});

test("a tenancy that begins after the day of the test changes nothing about it", async () => {
  await moveIn(LANDLORD, null, "2026-11-01");
  expect((await gaps()).has(LANDLORD)).toBe(false);
});

test("a home that a message had to leave out is reached by the next one that goes to whoever lives there", async () => {
  await moveIn(SHARED[0], TENANT, "2026-10-25");
  // Frozen while it was the phone's: as a tenant of the 25th would have found the word of the week before.
  await town.db.owner.sql.run(
    `update message_homes home set left_out = 'way-changed' from messages message
     where message.id = home.message_id and home.account_id = :home`,
    { home: SHARED[0] },
  );
  expect((await gaps()).has(SHARED[0])).toBe(true);
  town.clockTo("10-25T15:00:00");
  await announceDayBefore();
  await dayBefore();
  expect((await gaps()).has(SHARED[0])).toBe(false);
});

test("a tenant whose number nobody has confirmed yet is told before the landlord whose number is, by mail where that is all", async () => {
  await town.db.owner.sql.run(
    "update person_phones set confirmed = true where person_id = any(:ids::bigint[])",
    {
      ids: [LANDLORD, homeId(2, 1, 1)],
    },
  );
  await moveIn(LANDLORD, TENANT, "2026-10-20", null);
  await moveIn(homeId(2, 1, 1), null, "2026-10-20");
  await town.db.owner.sql.run(
    `insert into person_mails (person_id, address, source, recorded_at) values (:id, 'tenant@example.com', 'test', now())`,
    { id: 900_000n + homeId(2, 1, 1) },
  );
  await announceDayBefore();
  const before = town.sent.length;
  await dayBefore();
  const numbers = town.sent.slice(before).map((order) => order.to);
  expect(numbers).toContain(TENANT);
  expect(numbers).not.toContain(numberOf(LANDLORD));
  expect(numbers).not.toContain(numberOf(homeId(2, 1, 1)));
  expect(town.mails.map((mail) => mail.to)).toEqual(["tenant@example.com"]);
  expect((await gaps()).has(LANDLORD)).toBe(false);
});
