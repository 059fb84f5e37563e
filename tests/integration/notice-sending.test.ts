/** A notice through to the provider: counted in the log of a gateway that is simulated over HTTP, not in ours. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { CLAIM_CHECKS } from "#workers/claim-checks.ts";
import { askWords, draftWords } from "#src/messages/messaging/index.ts";
import {
  approveNotice,
  funnelOf,
  pauseNotice,
  resumeNotice,
  startNotice,
  stopNotice,
  workOnNotice,
} from "#src/messages/notices/index.ts";
import { decideApproval } from "#src/office/approvals/index.ts";
import { type NoticeDesk, openNoticeDesk } from "#tests/support/notice-town.ts";
import { createSendingTown, type SendingTown } from "#tests/support/sending.ts";
import { sendingWith } from "#tests/support/sending-with.ts";
import { as } from "#tests/support/tickets.ts";

let town: SendingTown;
let desk: NoticeDesk;
const HOMES = 22;
const numberOf = (n: number): string => (n <= 3 ? "13900000123" : `139000010${String(n).padStart(2, "0")}`);
beforeAll(async () => {
  town = await createSendingTown("2026-10-28T10:00:00+08:00");
  for (let n = 1; n <= HOMES; n += 1) await town.home(String(10_000_000 + n), numberOf(n));
  desk = await openNoticeDesk(town.db);
  town.checks.push(...CLAIM_CHECKS);
  // As if many were on the way at once: claimed before the pause, worked after it.
  town.settings = { ...town.settings, window: 10, jobSize: 5 };
}, 60_000);
afterAll(() => town.close());

const begin = async (): Promise<bigint> => {
  const id = await desk.ask({ audience: { everybody: true } });
  // The sample goes by itself.
  await town.sendDue();
  await as(town.db, desk.checker, (context) => approveNotice(context, id, null, { again: true }));
  await as(town.db, desk.maker, (context) => startNotice(context, id, null));
  await workOnNotice({ commands: town.db.commands }, id);
  return id;
};
const work = (id: bigint) => workOnNotice({ commands: town.db.commands }, id);
/** What the gateway took of a notice. */
const takenOf = async (id: bigint): Promise<{ to: string; text: string }[]> => {
  const rows = await town.rows<{ id: bigint }>(
    "select id from messages where regarding = 'notice:' || :id order by id",
    {
      id,
    },
  );
  return rows.flatMap((row) =>
    town.gateway.log.takenOf(String(row.id)).map(({ to, text }) => ({ to, text })),
  );
};
const states = (id: bigint) =>
  town.rows<{ state: string; n: number }>(
    "select state, count(*)::int as n from messages where regarding = 'notice:' || :id group by 1 order by 1",
    { id },
  );

test("each phone gets it once, and the phone of three homes reads all three", async () => {
  const id = await begin();
  await town.sendDue();
  const taken = await takenOf(id);
  expect(taken).toHaveLength(HOMES - 2);
  expect(new Set(taken.map(({ to }) => to)).size).toBe(HOMES - 2);
  const shared = taken.find(({ to }) => to.endsWith("13900000123"));
  for (const n of [1, 2, 3]) expect(shared?.text).toContain(`1单元${10_000_000 + n}`);
  const figures = await funnelOf(town.db.database.sql, desk.maker, "2026-10-28", id);
  expect(figures).toMatchObject({ audience: HOMES, sent: HOMES, messages: HOMES - 2 });
  await work(id);
  expect(await town.rows("select state from notices where id = :id", { id })).toEqual([
    { state: "finished" },
  ]);
});

test("what was claimed before a pause is not called after it, and goes when it goes on", async () => {
  const id = await begin();
  const claimed = await town.claim();
  expect(claimed).toHaveLength(2);
  await as(town.db, desk.maker, (context) => pauseNotice(context, id, "用语有误"));
  await town.work(claimed);
  await town.sendDue();
  expect(await takenOf(id)).toEqual([]);
  await work(id);
  await town.sendDue();
  expect(await takenOf(id)).toEqual([]);
  expect(await states(id)).toEqual([{ state: "queued", n: HOMES - 2 }]);

  await as(town.db, desk.maker, (context) => resumeNotice(context, id, "已核对"));
  await work(id);
  await town.sendDue();
  expect(await takenOf(id)).toHaveLength(HOMES - 2);
});

test("after a stop nothing is called, claimed or not; what was called stays what it was", async () => {
  const id = await begin();
  await town.work(await town.claim());
  const before = (await takenOf(id)).length;
  expect(before).toBe(10);
  const claimed = await town.claim();
  await as(town.db, desk.maker, (context) => stopNotice(context, id, "发错片区"));
  await town.work(claimed);
  await town.sendDue();
  await work(id);
  await town.sendDue();
  expect(await takenOf(id)).toHaveLength(before);
  const figures = await funnelOf(town.db.database.sql, desk.maker, "2026-10-28", id);
  expect(figures.byOutcome.queued).toBe(0);
  expect(Object.values(figures.byOutcome).reduce((sum, n) => sum + n, 0)).toBe(HOMES);
});

/** New words of the template, live a minute later. */
const rewrite = async (zh: string): Promise<void> => {
  const key = { channel: "sms", name: "notice-general" } as const;
  const words = { "zh-CN": zh, en: "To {{homes}}: {{text}} Thank you" };
  const asked = await as(town.db, desk.maker, async (context) => {
    const { id, version } = await draftWords(context, key, { words });
    return askWords(context, id, version, { reason: "更客气", liveDay: null, signature: "暖阳供热" });
  });
  town.db.clock.advanceMs(60_000);
  await as(town.db, desk.checker, (context) =>
    decideApproval(context, asked.approvalId ?? 0n, "approved", ""),
  );
  town.db.clock.advanceMs(60_000);
};
const versionsOf = (id: bigint) =>
  town.rows<{ version: string; n: number }>(
    `select template_version as version, count(*)::int as n from messages where regarding = 'notice:' || :id group by 1 order by 1`,
    { id },
  );

test("new words in the middle of a notice are not its words: each home reads what was approved with it", async () => {
  const id = await begin();
  await town.work(await town.claim());
  expect(await takenOf(id)).toHaveLength(10);
  await rewrite("{{homes}}的用户您好：{{text}}敬请谅解");
  // Processes that read the new words.
  const sending = sendingWith(town, {});
  await sending.sendDue();
  const told = await takenOf(id);
  expect([told.length, told.every(({ text }) => text.endsWith("拨打客服热线。"))]).toEqual([HOMES - 2, true]);
  expect(await versionsOf(id)).toEqual([{ version: expect.stringMatching(/^1-/), n: HOMES - 2 }]);
  await work(id);

  const next = await desk.ask({ audience: { everybody: true } });
  await sending.sendDue();
  // What was asked for in the old words is not approved in the new ones.
  await rewrite("{{homes}}的用户您好：{{text}}谢谢配合");
  await expect(
    as(town.db, desk.checker, (context) => approveNotice(context, next, null, { again: true })),
  ).rejects.toMatchObject({ code: "approval.changed" });

  const third = await begin();
  await sending.sendDue();
  sending.close();
  const taken = await takenOf(third);
  expect(taken).toHaveLength(HOMES - 2);
  expect(taken.every(({ text }) => text.endsWith("谢谢配合"))).toBe(true);
  expect(await versionsOf(third)).toEqual([{ version: expect.stringMatching(/^1\.2-/), n: HOMES - 2 }]);
});
