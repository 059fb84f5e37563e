/** The life of a message against a gateway over real HTTP: what is sent, once; what is not known, asked; what is refused, kept. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { claimOf, createSendingTown, type SendingTown } from "#tests/support/sending.ts";
import { ACCEPT, type Behaviour } from "#tests/support/message-providers/behaviour.ts";
import { sendBatch, SENDING_SETTINGS } from "#src/messages/messaging/index.ts";

let town: SendingTown;
let taken = 0;
beforeAll(async () => {
  town = await createSendingTown();
});
afterAll(() => town.close());
beforeEach(async () => {
  town.db.clock.set("2026-11-20T10:00:00+08:00");
  town.settings = SENDING_SETTINGS;
  town.gateway.behave(() => ACCEPT);
  await town.rows(
    "update messages set state = 'cancelled', ask_at = null, decide_since = null, lease_until = null where state in ('queued', 'claimed', 'calling', 'unknown')",
  );
  await town.rows("update messages set ask_at = null");
  await town.rows("delete from message_gates");
  taken = town.gateway.log.taken.length;
});

const sent = (id: bigint) => town.gateway.log.takenOf(String(id));
const always = (behaviour: Behaviour) => town.gateway.behave(() => behaviour);
const later = (ms: number) => town.db.clock.advanceMs(ms);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe("a message that goes well", () => {
  test("is sent once in its words, and delivered by its receipts", async () => {
    const id = await town.queueOne();
    await town.sendDue();
    expect(sent(id)).toHaveLength(1);
    expect(sent(id)[0]).toMatchObject({
      to: "+8613812348000",
      text: expect.stringMatching(/^【暖阳供热】供热上门预约：2026-11-21/),
    });
    expect(await town.row(id)).toMatchObject({ state: "accepted", provider: "gateway", attempts: 1 });
    const [one] = sent(id);
    if (one !== undefined) await town.receipts(town.reportsOf(one));
    expect(await town.row(id)).toMatchObject({ state: "delivered", askAt: null });
    const [figures] = await town.rows<{ segments: number; cost: bigint; settled: boolean }>(
      `select segments, cost_milli_fen as cost, settled_at is not null as settled from messages where id = :id`,
      { id },
    );
    expect(figures).toEqual({ segments: 1, cost: 4500n, settled: true });
  });

  test("a job carries ids and a fence, nothing of people", async () => {
    const ids = [await town.queueOne(), await town.queueOne()];
    const [job] = await town.claim();
    expect(Object.keys(job?.data ?? {}).toSorted()).toEqual(["fence", "ids"]);
    expect(job?.data["ids"]).toBe(ids.join(","));
  });

  test("an emergency overtakes what was queued before it, and a job holds no more than its size", async () => {
    town.settings = { ...SENDING_SETTINGS, jobSize: 2 };
    const ids = [await town.queueOne({ purpose: "survey", to: { number: "13812348001" } })];
    ids.push(await town.queueOne(), await town.queueOne(), await town.queueOne({ purpose: "emergency" }));
    // Nobody agreed to a survey.
    const jobs = await town.claim();
    expect(jobs.map((job) => claimOf(job).ids.length)).toEqual([1, 2]);
    expect(jobs.map((job) => job.first ?? false)).toEqual([true, false]);
    expect(jobs[0] === undefined ? [] : claimOf(jobs[0]).ids).toEqual([ids[3]]);
    town.settings = { ...SENDING_SETTINGS, window: 1 };
    await town.rows("update messages set state = 'queued', lease_until = null where state = 'claimed'");
    const [first] = await town.claim();
    expect(first === undefined ? [] : claimOf(first).ids).toEqual([ids[3]]);
  });

  test("what is not due yet waits", async () => {
    await town.queueOne({ notBefore: new Date("2026-11-20T11:00:00+08:00") });
    expect(await town.claim()).toEqual([]);
    later(HOUR);
    expect(await town.claim()).toHaveLength(1);
  });
});

describe("twice is once", () => {
  test("two workers with the same job at the same time send each message once", async () => {
    const ids = [];
    for (let n = 0; n < 30; n += 1) ids.push(await town.queueOne());
    const jobs = await town.claim();
    await Promise.all([town.work(jobs), town.work(jobs), town.work(jobs)]);
    expect(ids.map((id) => sent(id).length)).toEqual(ids.map(() => 1));
  });

  test("a job whose claim is over finds nothing that is its own", async () => {
    const id = await town.queueOne();
    const old = await town.claim();
    await town.rows("update messages set lease_until = now() - interval '1 second' where id = :id", { id });
    expect(await town.sweep()).toMatchObject({ requeued: 1, unknown: 0 });
    const fresh = await town.claim();
    await town.work(old);
    expect(sent(id)).toHaveLength(0);
    await town.work(fresh);
    await town.work(old);
    expect(sent(id)).toHaveLength(1);
  });

  test("a worker that was held up after its claim calls nobody, and the message goes with the next", async () => {
    const id = await town.queueOne();
    town.settings = { ...SENDING_SETTINGS, callWithinMs: -1 };
    await town.work(await town.claim());
    expect(await town.row(id)).toMatchObject({ state: "queued", attempts: 0 });
    town.settings = SENDING_SETTINGS;
    await town.sendDue();
    expect(sent(id)).toHaveLength(1);
  });

  test("a late answer is still written down when the sweeper had called the message unknown", async () => {
    const id = await town.queueOne();
    const jobs = await town.claim();
    always({ kind: "delay", ms: 400 });
    const working = town.work(jobs);
    await expect.poll(async () => (await town.row(id)).state).toBe("calling");
    await town.rows("update messages set lease_until = now() - interval '1 second' where id = :id", { id });
    await town.sweep();
    expect(await town.row(id)).toMatchObject({ state: "unknown", reason: "worker-died" });
    await working;
    expect(await town.row(id)).toMatchObject({ state: "accepted" });
    expect(sent(id)).toHaveLength(1);
  });
});

describe("what nobody knows", () => {
  test.each<[string, Behaviour]>([
    ["the line broke after it was taken", { kind: "accept-then-reset" }],
    ["the answer was rubbish", { kind: "accept-then-rubbish" }],
    ["500, and it was taken", { kind: "fail-after-accept", status: 500 }],
  ])("%s: unknown, asked after five minutes, never sent again", async (_, behaviour) => {
    const id = await town.queueOne();
    always(behaviour);
    await town.sendDue();
    expect(await town.row(id)).toMatchObject({ state: "unknown" });
    always(ACCEPT);
    later(4 * MINUTE);
    await town.sendDue();
    expect(await town.ask()).toBe(0);
    later(MINUTE);
    expect(await town.ask()).toBe(1);
    expect(await town.row(id)).toMatchObject({ state: "delivered", askAt: null });
    await town.sendDue();
    expect(sent(id)).toHaveLength(1);
  });

  test("the provider is certain that it never had it: sent, and not blindly", async () => {
    const id = await town.queueOne();
    always({ kind: "fail", status: 500 });
    await town.sendDue();
    always(ACCEPT);
    later(5 * MINUTE);
    await town.ask();
    expect(await town.row(id)).toMatchObject({ state: "queued", reason: "provider-never-had-it" });
    await town.sendDue();
    expect(await town.row(id)).toMatchObject({ state: "accepted" });
    expect(sent(id)).toHaveLength(1);
  });

  test("a worker that died while it called leaves an unknown message, not a second send", async () => {
    const id = await town.queueOne();
    await town.claim();
    await town.rows(
      "update messages set state = 'calling', provider = 'gateway', address = recipient, called_at = :now, lease_until = now() - interval '1 second' where id = :id",
      { id, now: town.db.clock.now() },
    );
    expect(await town.sweep()).toMatchObject({ unknown: 1 });
    await town.sendDue();
    expect(sent(id)).toHaveLength(0);
    later(5 * MINUTE);
    await town.ask();
    await town.sendDue();
    expect(sent(id)).toHaveLength(1);
  });

  test("asked at five minutes, an hour and a day in vain, it becomes the task of a person, once", async () => {
    const ids = [await town.queueOne(), await town.queueOne({ to: { number: "13812348009" } })];
    always({ kind: "accept-then-reset" });
    await town.sendDue();
    // Its provider is not the one that is set up any more: nobody can be asked.
    await town.rows("update messages set provider = 'gone' where id = any(:ids::bigint[])", { ids });
    for (const [ms, left] of [
      [5 * MINUTE, true],
      [55 * MINUTE, true],
      [23 * HOUR, false],
    ] as const) {
      later(ms);
      expect(await town.ask()).toBe(2);
      expect((await town.row(ids[0] ?? 0n)).askAt !== null).toBe(left);
    }
    expect(await town.row(ids[0] ?? 0n)).toMatchObject({ state: "unknown", askAt: null });
    expect((await town.row(ids[0] ?? 0n)).decideSince).toEqual(town.db.clock.now());
    const tasks = await town.rows(
      `select kind, owner_role as "ownerRole", state, details ->> 'messages' as messages from tasks where kind = 'messages-unknown'`,
    );
    expect(tasks).toEqual([
      { kind: "messages-unknown", ownerRole: "supervisor", state: "open", messages: "2" },
    ]);
    expect(await town.ask()).toBe(0);
  });
});

describe("what is refused", () => {
  test("for good: a dead letter with the provider's code, announced, and nothing else stops", async () => {
    const [bad, good] = [await town.queueOne(), await town.queueOne()];
    town.gateway.behave((_, ref) =>
      ref === String(bad) ? { kind: "refuse", status: 400, code: "black-list" } : ACCEPT,
    );
    await town.sendDue();
    expect(await town.row(bad)).toMatchObject({ state: "rejected", reason: "black-list" });
    expect(await town.row(good)).toMatchObject({ state: "accepted" });
    const told = await town.rows<{ payload: { messageIds: string[] } }>(
      "select payload from outbox_events where type = 'messages.failed' order by id desc limit 1",
    );
    expect(told[0]?.payload.messageIds).toEqual([String(bad)]);
  });

  test("words that cannot be made are a dead letter of their own", async () => {
    const bad = await town.queueOne({ template: "no-such-text" });
    const worse = await town.queueOne({ variables: {} });
    const good = await town.queueOne();
    await town.sendDue();
    expect(await town.row(bad)).toMatchObject({ state: "rejected", reason: "template.not-found" });
    expect(await town.row(worse)).toMatchObject({ state: "rejected", reason: "template.value-missing" });
    expect(await town.row(good)).toMatchObject({ state: "accepted" });
  });

  test("for now: tried again after a pause that grows, and not for ever", async () => {
    const id = await town.queueOne();
    always({ kind: "refuse", status: 401, code: "key" });
    town.settings = { ...SENDING_SETTINGS, mostAttempts: 2 };
    await town.sendDue();
    expect(await town.row(id)).toMatchObject({ state: "queued", reason: "try-again:key", attempts: 1 });
    expect(await town.claim()).toEqual([]);
    later(MINUTE);
    await town.sendDue();
    expect(await town.row(id)).toMatchObject({ state: "rejected", reason: "gave-up:key" });
  });
});

describe("a channel", () => {
  const gate = async () =>
    (
      await town.rows<{ breaker: string; paused: Date | null; until: Date | null }>(
        `select breaker, paused_until as paused, open_until as until from message_gates where channel = 'sms'`,
      )
    )[0];

  test("429 holds the whole queue for as long as the provider says; then everything goes, once", async () => {
    const ids: bigint[] = [];
    for (let n = 0; n < 60; n += 1)
      ids.push(await town.queueOne({ to: { number: `138123481${String(n).padStart(2, "0")}` } }));
    town.settings = { ...SENDING_SETTINGS, jobSize: 20 };
    town.gateway.behave(() => ({ kind: "limit", retryAfterSeconds: 60 }));
    const jobs = await town.claim();
    expect(jobs.length).toBeGreaterThanOrEqual(3);
    await town.work(jobs);
    const calls = town.gateway.log.calls();
    expect(
      await town.rows(`select distinct state, attempts from messages where id = any(:ids::bigint[])`, {
        ids,
      }),
    ).toEqual([{ state: "queued", attempts: 0 }]);
    later(59_000);
    expect(await town.claim()).toEqual([]);
    expect(town.gateway.log.calls()).toBe(calls);
    always(ACCEPT);
    later(1001);
    await town.sendDue();
    expect(ids.map((id) => sent(id).length)).toEqual(ids.map(() => 1));
  });

  test("fails ten times: the breaker opens, two messages try it, and it closes again", async () => {
    for (let n = 0; n < 40; n += 1)
      await town.queueOne({ to: { number: `138123482${String(n).padStart(2, "0")}` } });
    town.settings = { ...SENDING_SETTINGS, waveSize: 5 };
    always({ kind: "reset" });
    await town.sendDue();
    expect(await gate()).toMatchObject({ breaker: "open", until: new Date("2026-11-20T10:00:30+08:00") });
    const states = await town.rows<{ state: string; n: number }>(
      `select state, count(*)::int as n from messages where state in ('unknown', 'queued') group by state order by state`,
    );
    expect(states).toEqual([
      { state: "queued", n: 30 },
      { state: "unknown", n: 10 },
    ]);
    later(30_000);
    const [trial, ...more] = await town.claim();
    expect(more).toEqual([]);
    expect(trial === undefined ? 0 : claimOf(trial).ids.length).toBe(2);
    expect(await gate()).toMatchObject({ breaker: "half-open" });
    expect(await town.claim()).toEqual([]);
    always(ACCEPT);
    if (trial !== undefined) await town.work([trial]);
    expect(await gate()).toMatchObject({ breaker: "closed", until: null });
    await town.sendDue();
    expect(town.gateway.log.taken.length - taken).toBe(30);
  });

  test("its rate holds over all claims", async () => {
    for (let n = 0; n < 30; n += 1) await town.queueOne();
    await town.rows(
      "insert into message_gates (channel, provider, rate_per_second) values ('sms', 'gateway', 10)",
    );
    const claimed = async () => (await town.claim()).flatMap((job) => claimOf(job).ids).length;
    expect([await claimed(), await claimed()]).toEqual([10, 0]);
    later(500);
    expect(await claimed()).toBe(5);
  });

  test("stopped by a person: nothing of it is claimed, and what was claimed goes back", async () => {
    const id = await town.queueOne();
    const jobs = await town.claim();
    await town.rows("update message_gates set stopped_reason = 'contract' where channel = 'sms'");
    await town.work(jobs);
    expect(await town.row(id)).toMatchObject({ state: "queued", attempts: 0 });
    expect(await town.claim()).toEqual([]);
    expect(sent(id)).toHaveLength(0);
  });

  test("a queue that cannot be reached: what was claimed is given back as if nothing had been", async () => {
    const id = await town.queueOne();
    town.queue.down = true;
    await expect(town.claim()).rejects.toThrow("the queue is down");
    town.queue.down = false;
    expect(await town.row(id)).toMatchObject({ state: "queued", attempts: 0 });
    await town.sendDue();
    expect(sent(id)).toHaveLength(1);
  });
});

test("a restored database sends nothing, not even what was claimed, until a person releases it", async () => {
  const [claimed, id] = [await town.queueOne(), await town.queueOne()];
  town.settings = { ...SENDING_SETTINGS, window: 1 };
  const jobs = await town.claim();
  town.settings = SENDING_SETTINGS;
  await town.rows("update database_facts set sending_held = true");
  await town.work(jobs);
  expect(await town.claim()).toEqual([]);
  expect(await town.ask()).toBe(0);
  expect([sent(claimed).length, sent(id).length]).toEqual([0, 0]);
  await town.rows("update database_facts set sending_held = false");
  await town.rows("update messages set lease_until = now() - interval '1 second' where state = 'claimed'");
  await town.sweep();
  await town.sendDue();
  expect([sent(claimed).length, sent(id).length]).toEqual([1, 1]);
  await expect(sendBatch(town.dependencies, { fence: 1, ids: [id] })).resolves.toBeUndefined();
});
