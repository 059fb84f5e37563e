/** Heat that comes back while the word of its going still stands in the queue: who heard of neither is not told that it is back. */
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  approveNotice,
  noticeForSupply,
  noticeSupplyCheck,
  startApproved,
  type SupplyNews,
} from "#src/messages/notices/index.ts";
import { createNoticeTown, type NoticeTown } from "#tests/support/notice-town.ts";
import { as } from "#tests/support/tickets.ts";

let town: NoticeTown;
beforeAll(async () => {
  town = await createNoticeTown();
  for (const template of ["supply-outage", "supply-new-time", "supply-back"])
    await town.desk.approveText(template);
}, 60_000);
afterAll(() => town.db.drop());

test("the all-clear goes to those who were told, not to those whose word was called back", async () => {
  const buildings = await town.sql.rows<{ id: bigint }>(
    `select distinct home.building_id as id from heat_accounts account join premises home on home.id = account.premises_id
     where account.id between 20001 and 20012`,
  );
  const buildingIds = buildings.map(({ id }) => id);
  const news = (kind: SupplyNews["kind"], updateId: bigint): SupplyNews => ({
    incidentId: 1n,
    updateId,
    kind,
    title: "2号站停热",
    since: "10:00",
    back: "",
    buildingIds,
    standingIds: kind === "restored" ? [] : buildingIds,
    planned: false,
    followsDispatch: false,
  });
  const tell = (kind: SupplyNews["kind"], updateId: bigint) =>
    as(town.db, town.db.actor, (context) => noticeForSupply(context, news(kind, updateId)));
  const outage = (await tell("opened", 1n)) ?? 0n;
  await as(town.db, town.desk.checker, async (context) => {
    await approveNotice(context, outage, null, { atNight: true, again: true });
    await startApproved(context, outage);
  });
  await town.work(outage);
  expect(await town.messagesOf(outage)).toHaveLength(12);
  // Three are gone before it is over; the others are still in the queue.
  await town.db.owner.sql.run(
    `update messages set state = case account_id when 20001 then 'delivered' when 20002 then 'unknown' else 'rejected' end
     where regarding = 'notice:' || :outage and account_id between 20001 and 20003`,
    { outage },
  );
  const back = (await tell("restored", 2n)) ?? 0n;
  // An event has thirty seconds, a whole town takes longer: its homes are the worker's to freeze.
  expect(await town.noticeOf(back)).toMatchObject({ state: "running", frozen: false, households: 0 });
  await town.work(back);
  expect(await town.noticeOf(back)).toMatchObject({ frozen: true, households: 11 });
  await town.work(outage);
  const asked = (await town.messagesOf(back)).map(({ accountId }) => accountId);
  // Frozen while they stood in the queue: whoever was refused by the provider is not among them.
  expect(asked).toHaveLength(11);
  const ids = await town.sql.rows<{ messageId: bigint; accountId: bigint }>(
    `select id as "messageId", account_id as "accountId" from messages where regarding = 'notice:' || :back order by 2`,
    { back },
  );
  const verdicts = await noticeSupplyCheck.check(
    town.sql,
    ids.map((home) => ({
      ...home,
      personId: null,
      purpose: "incident-update",
      step: `notice:${back}`,
      regarding: `notice:${back}`,
    })),
    town.db.clock.now(),
  );
  expect(verdicts.every((one) => "reason" in one && one.reason === "never-told")).toBe(true);
  const kept = ids.filter(({ accountId }) => verdicts.every((one) => one.accountId !== accountId));
  expect(kept.map(({ accountId }) => accountId)).toEqual([20001n, 20002n]);
});
