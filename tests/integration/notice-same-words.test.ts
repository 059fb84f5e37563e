/** Never two of the same to one home: a notice that was written twice is seen before it goes. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { approveNotice, previewNotice, startNotice, workOnNotice } from "#src/messages/notices/index.ts";
import { createNoticeTown, EVERYWHERE, type NoticeTown, refusal } from "#tests/support/notice-town.ts";
import { platformOf } from "#tests/support/people.ts";
import { as } from "#tests/support/tickets.ts";

let town: NoticeTown;
beforeAll(async () => {
  town = await createNoticeTown();
}, 60_000);
afterAll(() => town.db.drop());

const words = (text: string) => ({ variables: { text }, audience: { buildingIds: [11n] } });
const approve = (id: bigint, again?: boolean) =>
  as(town.db, town.desk.checker, (context) => approveNotice(context, id, null, { again }));
const preview = async (id: bigint) =>
  (await previewNotice(platformOf(town.db), await town.noticeOf(id), EVERYWHERE)).sameWords;
/** It went, and this became of all of its messages. */
const gone = async (id: bigint, state: string): Promise<void> => {
  await as(town.db, town.desk.maker, (context) => startNotice(context, id, null));
  await workOnNotice(platformOf(town.db), id);
  await town.db.owner.sql.run(
    "update messages set state = :state where regarding = 'notice:' || :id::bigint",
    {
      state,
      id,
    },
  );
  await workOnNotice(platformOf(town.db), id);
  expect(await town.noticeOf(id)).toMatchObject({ state: "finished" });
};

test("preview, request and approval say how many homes get it twice; it goes only if that is meant", async () => {
  const first = await town.desk.approved(words("停水检修。"));
  const { reachable } = await town.noticeOf(first);
  const second = await town.desk.ask(words("停水检修。"));
  expect(await preview(second)).toEqual({ homes: reachable, noticeIds: [first] });
  expect(await refusal(approve(second))).toBe("notice.same-words");
  expect(await town.noticeOf(second)).toMatchObject({ state: "waiting" });
  // Also when the first has gone by now.
  await gone(first, "delivered");
  expect(await refusal(approve(second))).toBe("notice.same-words");
  await approve(second, true);
  expect(await town.noticeOf(second)).toMatchObject({ state: "approved", reachable });
  expect(
    await town.sql.one(
      "select details ->> 'again' as again from audit_events where subject = :subject and details ? 'again'",
      {
        subject: `notice:${second}`,
      },
    ),
  ).toEqual({ again: String(reachable) });
});

test("other words, and homes that the first did not reach, are nothing twice", async () => {
  const first = await town.desk.approved(words("上门抄表。"));
  expect(await preview(await town.desk.ask(words("上门检查。")))).toEqual({ homes: 0, noticeIds: [] });
  await gone(first, "undelivered");
  const again = await town.desk.ask(words("上门抄表。"));
  expect(await preview(again)).toEqual({ homes: 0, noticeIds: [] });
  expect(await refusal(approve(again))).toBe("");
});

test("two that are approved in the same moment see each other", async () => {
  const twins = [await town.desk.ask(words("换热站检修。")), await town.desk.ask(words("换热站检修。"))];
  const codes = await Promise.all(twins.map((id) => refusal(approve(id))));
  expect(codes.toSorted()).toEqual(["", "notice.same-words"]);
});
