/** Jobs of sending: none is taken for dead while it is at work, none calls by an old word, and what fails is said of what it is. */
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { claimOf, createSendingTown, type SendingTown } from "#tests/support/sending.ts";
import { ACCEPT, type Behaviour } from "#tests/support/message-providers/behaviour.ts";
import { type ClaimCheck, SENDING_SETTINGS } from "#src/messages/messaging/index.ts";
import { PRIORITIES } from "#src/messages/messaging/purposes.ts";
import { findDueChannels } from "#src/messages/messaging/sending/gate-queries.ts";
import { monotonicMs } from "#src/platform/clock.ts";
import type { Sql } from "#src/platform/sql.ts";

let town: SendingTown;
beforeAll(async () => {
  town = await createSendingTown();
});
afterAll(() => town.close());
beforeEach(async () => {
  town.db.clock.set("2026-11-20T10:00:00+08:00");
  town.settings = SENDING_SETTINGS;
  town.gateway.behave(() => ACCEPT);
  await town.rows(
    "update messages set state = 'cancelled', lease_until = null where state in ('queued', 'claimed', 'calling', 'unknown')",
  );
});

const sent = (id: bigint) => town.gateway.log.takenOf(String(id));
const always = (behaviour: Behaviour) => town.gateway.behave(() => behaviour);
const leaseOver = (ids: readonly bigint[]) =>
  town.rows("update messages set lease_until = now() - interval '1 second' where id = any(:ids::bigint[])", {
    ids,
  });
const later = (ms: number) => town.db.clock.advanceMs(ms);

test("whether anything is due is asked of the index, though most messages are queued", async () => {
  const id = await town.queueOne();
  await town.rows(
    `insert into messages (purpose, channel, recipient, step, consent, template, variables, priority, not_before, queued_at, changed_at)
     select purpose, channel, recipient, 'many:' || n, consent, template, variables, priority, not_before, queued_at, changed_at
     from messages, generate_series(1, 4000) n where id = :id`,
    { id },
  );
  await town.rows("analyze messages");
  // Of the connection, which tells its figures about once a second; so before and after.
  const scans = (sql: Sql) =>
    sql.one("select seq_scan from pg_stat_xact_user_tables where relname = 'messages'");
  const query = {
    channels: ["sms", "email", "voice"],
    priorities: PRIORITIES,
    now: town.db.clock.now(),
  } as const;
  const [before, due, after] = await town.run(async ({ sql }) => [
    await scans(sql),
    await findDueChannels(sql, query),
    await scans(sql),
  ]);
  expect([due, after]).toEqual([["sms"], before]);
});

describe("a job", () => {
  test("a message of which workers die is given up, alone", async () => {
    const [id, other] = [await town.queueOne(), await town.queueOne()];
    await town.rows("update messages set failed_jobs = 3 where id = :id", { id });
    const jobs = await town.claim();
    expect(jobs.map((job) => claimOf(job).ids)).toEqual([[id], [other]]);
    await town.rows("update messages set failed_jobs = 7 where id = :id", { id });
    // Its job has begun, and says nothing any more.
    await town.rows(
      `insert into message_jobs (id, fence, message_ids, lease_until)
       select gen_random_uuid(), fence, array[id], now() - interval '1 second' from messages where id = :id`,
      { id },
    );
    await leaseOver([id, other]);
    await town.sweep();
    expect(await town.row(id)).toMatchObject({ state: "rejected", reason: "workers-die-of-it" });
    expect(await town.row(other)).toMatchObject({ state: "queued", reason: "" });
    expect(await town.rows("select 1 as one from message_jobs")).toEqual([]);
  });

  test("a job that only waits too long in the queue counts nothing, however often", async () => {
    const id = await town.queueOne();
    for (let n = 0; n < 10; n += 1) {
      expect(await town.claim()).toHaveLength(1);
      await leaseOver([id]);
      expect(await town.sweep()).toMatchObject({ requeued: 1 });
    }
    await town.sendDue();
    expect(await town.row(id)).toMatchObject({ state: "accepted", attempts: 1 });
  });

  test("a slow provider is not taken for a dead worker: a job at work keeps its claim, and nothing is rejected", async () => {
    const ids: bigint[] = [];
    for (let n = 0; n < 20; n += 1) ids.push(await town.queueOne());
    // Waves of two, and a lease that is far shorter than the job, and longer than a busy machine holds anybody up.
    town.settings = { ...SENDING_SETTINGS, waveSize: 2, claimLeaseMs: 2000 };
    const jobs = await town.claim();
    const [one] = jobs;
    if (one === undefined) throw new Error("nothing was claimed");
    const whole = { ...one, data: { ...one.data, ids: ids.join(",") } };
    always({ kind: "delay", ms: 500 });
    const over = new AbortController();
    const swept: number[] = [];
    const sweeping = (async () => {
      while (!over.signal.aborted) {
        swept.push((await town.sweep()).requeued);
        await delay(50);
      }
    })();
    await town.work([whole]);
    over.abort();
    await sweeping;
    expect(swept.filter((count) => count > 0)).toEqual([]);
    expect(ids.map((id) => sent(id).length)).toEqual(ids.map(() => 1));
    const states = await town.rows(
      "select distinct state, failed_jobs as failed from messages where id = any(:ids::bigint[])",
      { ids },
    );
    expect(states).toEqual([{ state: "accepted", failed: 0 }]);
  });

  test("a job that breaks with a message is counted when its lease is over, and the lease of one that ended is gone", async () => {
    const id = await town.queueOne();
    const broken: ClaimCheck = {
      name: "broken",
      purposePrefix: "",
      check: () => Promise.reject(new Error("this check is broken")),
    };
    town.checks.push(broken);
    const jobs = await town.claim();
    await expect(town.work(jobs)).rejects.toThrow("this check is broken");
    town.checks.splice(0);
    await leaseOver([id]);
    await town.rows("update message_jobs set lease_until = now() - interval '1 second'");
    await town.sweep();
    await town.sendDue();
    const [row] = await town.rows("select state, failed_jobs as failed from messages where id = :id", { id });
    expect(row).toEqual({ state: "accepted", failed: 1 });
    expect(await town.rows("select 1 as one from message_jobs")).toEqual([]);
  });

  test("a stop holds within seconds also while a slow provider has a wave: nobody is called by an old word", async () => {
    const ids: bigint[] = [];
    for (let n = 0; n < 40; n += 1) ids.push(await town.queueOne());
    let stoppedAt = Number.POSITIVE_INFINITY;
    town.checks.push({
      name: "stop",
      purposePrefix: "",
      check: async (_, asked) =>
        stoppedAt === Number.POSITIVE_INFINITY
          ? []
          : asked.map(({ messageId, accountId }) => ({ messageId, accountId, reason: "notice-stopped" })),
    });
    const calls: number[] = [];
    town.gateway.behave(() => {
      calls.push(monotonicMs());
      return { kind: "delay", ms: 1000 };
    });
    const working = town.work(await town.claim());
    await expect.poll(() => calls.length).toBeGreaterThan(0);
    stoppedAt = monotonicMs();
    await working;
    await town.sendDue();
    town.checks.splice(0);
    expect(Math.max(...calls) - stoppedAt).toBeLessThan(5000);
    const states = await town.rows<{ state: string; n: number }>(
      "select state, count(*)::int as n from messages where id = any(:ids::bigint[]) group by state order by state",
      { ids },
    );
    expect(states.map(({ state }) => state)).toEqual(["accepted", "skipped"]);
    expect(states[0]?.n).toBe(calls.length);
  });

  test("an emergency is claimed although the window is full, and goes before all jobs", async () => {
    town.settings = { ...SENDING_SETTINGS, window: 3 };
    for (let n = 0; n < 4; n += 1) await town.queueOne();
    const full = await town.claim();
    expect(full.flatMap((job) => claimOf(job).ids)).toHaveLength(3);
    expect(await town.claim()).toEqual([]);
    const id = await town.queueOne({ purpose: "emergency" });
    expect((await town.claim()).map((job) => [job.first, claimOf(job).ids])).toEqual([[true, [id]]]);
    // Its own window is bounded too.
    town.settings = { ...town.settings, urgentWindow: 1 };
    await town.queueOne({ purpose: "emergency" });
    expect(await town.claim()).toEqual([]);
  });
});

describe("what failed", () => {
  test("what is skipped is announced where somebody is left untold, and only there", async () => {
    const last = async () =>
      (
        await town.rows<{ ids: string[] }>(
          "select payload -> 'messageIds' as ids from outbox_events where type = 'messages.failed' order by id desc limit 1",
        )
      )[0]?.ids;
    const late = await town.queueOne({ expiresAt: new Date("2026-11-20T10:00:01+08:00") });
    later(2000);
    await town.sendDue();
    expect(await last()).toEqual([String(late)]);
    // In the quiet hours, and its deadline is before they are over: now, and not at the deadline.
    town.db.clock.set("2026-11-20T23:00:00+08:00");
    const night = await town.queueOne({
      purpose: "referral",
      expiresAt: new Date("2026-11-21T02:00:00+08:00"),
    });
    await town.sendDue();
    expect(await town.row(night)).toMatchObject({ state: "skipped", reason: "too-late-quiet-hours" });
    expect(await last()).toEqual([String(night)]);
    const landline = await town.queueOne({ to: { number: "037163331234" } });
    await town.sendDue();
    expect(await town.row(landline)).toMatchObject({ state: "skipped", reason: "address-unfit" });
    expect(await last()).toEqual([String(landline)]);
    town.checks.push({
      name: "paid",
      purposePrefix: "",
      check: async (_, asked) =>
        asked.map(({ messageId, accountId }) => ({ messageId, accountId, reason: "answered-meanwhile" })),
    });
    await town.queueOne();
    await town.sendDue();
    town.checks.splice(0);
    expect(await last()).toEqual([String(landline)]);
  });

  test("a job whose messages are another's by now announces nothing of them", async () => {
    const id = await town.queueOne({ template: "no-such-text" });
    const old = await town.claim();
    const events = async () =>
      (await town.rows("select 1 as one from outbox_events where type = 'messages.failed'")).length;
    const before = await events();
    // Taken over between its re-read and its step.
    town.checks.push({
      name: "overtaken",
      purposePrefix: "",
      check: async () => {
        await town.rows("update messages set fence = fence + 100000 where id = :id", { id });
        return [];
      },
    });
    await town.work(old);
    town.checks.splice(0);
    expect(await events()).toBe(before);
    expect(await town.row(id)).toMatchObject({ state: "claimed" });
  });
});
