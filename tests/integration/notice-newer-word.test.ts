/** What is newer for a home takes the place of what has not gone yet, and nobody gets the same words of an incident twice. */
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { queueMessage } from "#src/messages/messaging/index.ts";
import {
  approveNotice,
  askNoticeApproval,
  cancelNotice,
  noticeForSupply,
  noticeSupersededCheck,
  sendSample,
  startApproved,
  type SupplyNews,
  toldByNoticeCheck,
} from "#src/messages/notices/index.ts";
import { createNoticeTown, type NoticeTown } from "#tests/support/notice-town.ts";
import { as } from "#tests/support/tickets.ts";

let town: NoticeTown;
let buildingIds: bigint[] = [];
beforeAll(async () => {
  town = await createNoticeTown();
  for (const template of ["supply-outage", "supply-new-time", "supply-back"])
    await town.desk.approveText(template);
  const buildings = await town.sql.rows<{ id: bigint }>(
    `select distinct home.building_id as id from heat_accounts account join premises home on home.id = account.premises_id
     where account.id between 20001 and 20012`,
  );
  buildingIds = buildings.map(({ id }) => id);
}, 60_000);
afterAll(() => town.db.drop());

let incidentId = 0n;
let updateId = 0n;
beforeEach(() => {
  incidentId += 1n;
});

const tell = (
  kind: SupplyNews["kind"],
  back = "",
  of = incidentId,
  concerned: readonly bigint[] = buildingIds,
  planned = false,
) => {
  updateId += 1n;
  const news: SupplyNews = {
    incidentId: of,
    updateId,
    kind,
    title: "2号站停热",
    since: `${String(of).padStart(2, "0")}:10`,
    back,
    buildingIds: concerned,
    standingIds: kind === "restored" ? [] : concerned,
    planned,
    followsDispatch: false,
  };
  return as(town.db, town.db.actor, (context) => noticeForSupply(context, news));
};
const outage = async (back: string, of = incidentId): Promise<bigint> => {
  const id = (await tell("opened", back, of)) ?? 0n;
  await as(town.db, town.desk.checker, async (context) => {
    await approveNotice(context, id, null, { atNight: true, again: true });
    await startApproved(context, id);
  });
  await town.work(id);
  return id;
};
const follow = async (kind: SupplyNews["kind"], back = "", of = incidentId): Promise<bigint> => {
  const id = (await tell(kind, back, of)) ?? 0n;
  await town.work(id);
  return id;
};
const settle = (id: bigint, state: string, accounts = "true") =>
  town.db.owner.sql.run(
    `update messages set state = :state where regarding = 'notice:' || :id::bigint and state = 'queued' and ${accounts}`,
    { id, state },
  );
const reachedBy = async (id: bigint) => {
  const { households, reachable, frozen } = await town.noticeOf(id);
  return { households, reachable, frozen };
};
/** What its messages would be told when they are claimed. */
const verdictsOn = async (id: bigint) => {
  const homes = await town.sql.rows<{ messageId: bigint; accountId: bigint }>(
    `select id as "messageId", account_id as "accountId" from messages
     where regarding = 'notice:' || :id and state = 'queued' order by 2`,
    { id },
  );
  const regarding = `notice:${id}`;
  const asked = homes.map((home) => ({
    ...home,
    personId: null,
    purpose: "incident-update",
    step: regarding,
    regarding,
  }));
  const verdicts = await noticeSupersededCheck.check(town.sql, asked, town.db.clock.now());
  return {
    asked: homes.length,
    superseded: verdicts.filter((one) => "reason" in one && one.reason === "superseded").length,
    putOff: verdicts.filter((one) => "until" in one).length,
  };
};

test("an hour that stands is not said again; another one is, and the first one again after that", async () => {
  await settle(await outage("14:30"), "delivered");
  expect(await tell("update", "14:30")).toBeNull();
  const later = await follow("update", "16:00");
  expect(await reachedBy(later)).toEqual({ households: 12, reachable: 12, frozen: true });
  await settle(later, "delivered");
  expect(await tell("update", "16:00")).toBeNull();
  expect(await town.noticeOf(later)).toMatchObject({ state: "running" });
  const again = await follow("update", "14:30");
  expect(await reachedBy(again)).toEqual({ households: 12, reachable: 12, frozen: true });
  await settle(again, "delivered");
  // The very words of `later`, and something else was heard since.
  expect(await reachedBy(await follow("update", "16:00"))).toMatchObject({ reachable: 12 });
});

test("heat that is gone again before anybody heard that it was back: the same hour is not said twice", async () => {
  await settle(await outage("13:00"), "delivered");
  await settle(await follow("update", "15:00"), "delivered");
  const back = await follow("restored");
  expect(await town.messagesOf(back)).toHaveLength(12);
  const again = await follow("back-again", "15:00");
  expect(await town.noticeOf(back)).toMatchObject({ state: "stopped" });
  expect(await reachedBy(again)).toEqual({ households: 12, reachable: 0, frozen: true });
  expect(await town.messagesOf(again)).toEqual([]);
});

test("an old hour that has not gone gives way to the new one, home by home", async () => {
  const old = await outage("06:00");
  await settle(old, "delivered", "account_id <= 20005");
  expect(await verdictsOn(old)).toEqual({ asked: 7, superseded: 0, putOff: 0 });
  const newer = (await tell("update", "08:30")) ?? 0n;
  // Whose homes are just being frozen: nothing of the old hour goes meanwhile.
  expect(await verdictsOn(old)).toEqual({ asked: 7, superseded: 0, putOff: 7 });
  await town.work(newer);
  expect(await town.messagesOf(newer)).toHaveLength(12);
  expect(await verdictsOn(old)).toEqual({ asked: 7, superseded: 7, putOff: 0 });
  // And whoever waits for the new hour hears of a still newer one.
  await town.db.owner.sql.run(
    `update messages set state = 'skipped', reason = 'superseded' where regarding = 'notice:' || :old::bigint and state = 'queued'`,
    { old },
  );
  const newest = await follow("update", "09:30");
  await town.work(newer);
  expect(await town.noticeOf(newer)).toMatchObject({ state: "stopped", stateReason: "overtaken" });
  expect(await town.messagesOf(newest)).toHaveLength(12);
});

test("an old hour waits for the person who has the new one to approve, a quarter of an hour at most", async () => {
  const old = await outage("06:00");
  const text = "update notice_emergency_templates set withdrawn_at = :at where template = 'supply-new-time'";
  await town.db.owner.sql.run(text, { at: town.db.clock.now() });
  const half = buildingIds.slice(0, 1);
  const inHalf = await town.sql.rows(
    `select account.id from heat_accounts account join premises home on home.id = account.premises_id
     where account.id between 20001 and 20012 and home.building_id = any(:half::bigint[])`,
    { half },
  );
  const newer = (await tell("update", "08:30", incidentId, half)) ?? 0n;
  expect(await town.noticeOf(newer)).toMatchObject({ state: "draft" });
  // Of the others nothing newer is known.
  expect(await verdictsOn(old)).toEqual({ asked: 12, superseded: 0, putOff: inHalf.length });
  town.db.clock.advanceMs(14 * 60_000);
  // Another update takes the place of the draft, and not another quarter of an hour.
  const last = (await tell("update", "09:30", incidentId, half)) ?? 0n;
  expect(await town.noticeOf(newer)).toMatchObject({ state: "cancelled" });
  expect(await verdictsOn(old)).toMatchObject({ putOff: inHalf.length });
  town.db.clock.advanceMs(60_000);
  expect(await verdictsOn(old)).toMatchObject({ superseded: 0, putOff: 0 });
  await as(town.db, town.desk.checker, async (context) => {
    await cancelNotice(context, last, null, "不再需要");
  });
  await town.db.owner.sql.run(text, { at: null });
});

test("a caller hears from the notice what it told the own number, whomever it was queued for", async () => {
  await outage("06:00");
  const newer = await follow("update", "08:30");
  const { source } = await town.noticeOf(newer);
  const [home] = await town.messagesOf(newer);
  const [owner, tenant] = [home?.recipient ?? "", "tel:+8613966660001"];
  const call = async (recipient: string) =>
    (
      await as(town.db, town.db.actor, (context) =>
        queueMessage(context, {
          purpose: "incident-update",
          channel: "sms",
          to: { number: recipient.slice(4) },
          template: "incident-update",
          variables: {},
          uniqueKey: source ?? "",
        }),
      )
    ).messageId;
  const calls = new Map([
    ["owner", await call(owner)],
    ["tenant", await call(tenant)],
  ]);
  const told = async () => {
    const asked = [...calls.values()].map((messageId) => ({
      messageId,
      accountId: null,
      personId: null,
      purpose: "incident-update" as const,
      step: source ?? "",
      regarding: "call:1",
    }));
    const ids = (await toldByNoticeCheck.check(town.sql, asked, town.db.clock.now())).map(
      ({ messageId }) => messageId,
    );
    return [...calls].filter(([, id]) => ids.includes(id)).map(([who]) => who);
  };
  expect(await told()).toEqual(["owner"]);
  await town.db.owner.sql.run(
    `update messages set state = 'delivered', address = :tenant where regarding = 'notice:' || :newer::bigint and recipient = :owner`,
    { newer, owner, tenant },
  );
  expect(await told()).toEqual(["tenant"]);
});

test("an all-clear that waits is said although heat will stop on another day", async () => {
  await settle(await outage(""), "delivered");
  const clear = await follow("restored");
  expect(await verdictsOn(clear)).toEqual({ asked: 12, superseded: 0, putOff: 0 });
  incidentId += 1n;
  const planned = (await tell("opened", "18:00", incidentId, buildingIds, true)) ?? 0n;
  await as(town.db, town.desk.maker, (context) => sendSample(context, planned));
  const { version } = await town.noticeOf(planned);
  await as(town.db, town.desk.maker, (context) => askNoticeApproval(context, planned, version));
  await as(town.db, town.desk.checker, async (context) => {
    await approveNotice(context, planned);
    await startApproved(context, planned);
  });
  await town.work(planned);
  expect(await town.messagesOf(planned)).toHaveLength(12);
  expect(await verdictsOn(clear)).toEqual({ asked: 12, superseded: 0, putOff: 0 });
});

test("out, back, out, back in a night: of two all-clears that wait one is left", async () => {
  const [first, second] = [incidentId, incidentId + 1n];
  incidentId = second;
  await settle(await outage("", first), "delivered");
  const clear = await follow("restored", "", first);
  expect(await town.messagesOf(clear)).toHaveLength(12);
  await settle(await outage("", second), "delivered");
  // Without heat again: the all-clear that waits is none for them.
  expect(await verdictsOn(clear)).toEqual({ asked: 12, superseded: 12, putOff: 0 });
  const last = await follow("restored", "", second);
  expect(await town.messagesOf(last)).toHaveLength(12);
  expect(await verdictsOn(clear)).toEqual({ asked: 12, superseded: 12, putOff: 0 });
  expect(await verdictsOn(last)).toEqual({ asked: 12, superseded: 0, putOff: 0 });
});

test("an all-clear said twice goes once", async () => {
  await settle(await outage(""), "delivered");
  const clear = await follow("partial");
  expect(await town.messagesOf(clear)).toHaveLength(12);
  const again = await follow("restored");
  expect(await reachedBy(again)).toEqual({ households: 12, reachable: 0, frozen: true });
  expect(await verdictsOn(clear)).toEqual({ asked: 12, superseded: 0, putOff: 0 });
});
