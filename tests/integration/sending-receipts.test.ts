/** Receipts: late, twice, before the answer, in any order; and what people decide when no provider can say. */
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Receipt, recordReceipts, takeReceipts } from "#src/messages/messaging/index.ts";
import { replayRejected } from "#src/messages/messaging/sending/decide.ts";
import type { Sql } from "#src/platform/sql.ts";
import { ACCEPT } from "#tests/support/message-providers/behaviour.ts";
import { createSendingTown, type SendingTown } from "#tests/support/sending.ts";

let town: SendingTown;
beforeAll(async () => {
  town = await createSendingTown();
});
afterAll(() => town.close());
beforeEach(async () => {
  town.db.clock.set("2026-11-20T10:00:00+08:00");
  await town.rows("update messages set ask_at = null");
  town.gateway.behave(() => ACCEPT);
});

const HOUR = 3_600_000;
const stateOf = async (id: bigint): Promise<string> => (await town.row(id)).state;
let events = 0;
const report = (
  id: bigint,
  state: Receipt["state"],
  providerMessageId: string | null,
  named = true,
): Receipt => {
  events += 1;
  return {
    provider: "gateway",
    eventId: `e${events}`,
    providerMessageId,
    messageId: named ? id : null,
    state,
    code: state === "undelivered" ? "MK:0001" : "",
    at: town.db.clock.now(),
    segments: 1,
    costMilliFen: 4500n,
  };
};
const accepted = async (): Promise<{ id: bigint; providerId: string }> => {
  const id = await town.queueOne();
  await town.sendDue();
  return { id, providerId: (await town.row(id)).providerMessageId ?? "" };
};

describe("receipts", () => {
  test("only carry a message forward: every order of the same reports, twice or not, ends the same", async () => {
    const reports = ["accepted", "expired", "undelivered", "delivered"] as const;
    const RANK = { accepted: 0, expired: 1, undelivered: 2, delivered: 3 };
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...reports), { minLength: 1, maxLength: 6 }),
        fc.boolean(),
        async (states, together) => {
          const { id, providerId } = await accepted();
          const all = states.map((state) => report(id, state, providerId, false));
          if (together) await town.receipts(all);
          else for (const one of all) await town.receipts([one]);
          // The same ones again: late repeats change nothing.
          expect(await town.receipts(all)).toEqual({ stored: 0, moved: 0 });
          const best = states.toSorted((a, b) => RANK[b] - RANK[a])[0];
          expect(await stateOf(id)).toBe(best);
        },
      ),
      { numRuns: 25 },
    );
  });

  test("that overtake the answer: by our reference at once, by the provider's id when the answer names it", async () => {
    const byReference = await town.queueOne();
    const byProvider = await town.queueOne();
    town.gateway.behave(() => ({ kind: "delay", ms: 300 }));
    const working = town.work(await town.claim());
    await expect.poll(() => town.gateway.log.takenOf(String(byProvider)).length).toBe(1);
    const idAt = (id: bigint) => town.gateway.log.takenOf(String(id))[0]?.id ?? "";
    await town.receipts([
      report(byReference, "delivered", null),
      report(byProvider, "delivered", idAt(byProvider), false),
    ]);
    expect(await stateOf(byReference)).toBe("delivered");
    await working;
    expect([await stateOf(byReference), await stateOf(byProvider)]).toEqual(["delivered", "delivered"]);
    expect((await town.row(byReference)).providerMessageId).toBe(idAt(byReference));
  });

  test("of a message that nobody knows of any more move nothing and fail nothing", async () => {
    expect(await town.receipts([report(999_999n, "delivered", "nobody")])).toEqual({ stored: 1, moved: 0 });
  });

  test("that say delivered keep a message that waits to be sent again from going twice", async () => {
    const id = await town.queueOne();
    town.gateway.behave(() => ({ kind: "fail", status: 500 }));
    await town.sendDue();
    town.gateway.behave(() => ACCEPT);
    town.db.clock.advanceMs(300_000);
    await town.ask();
    expect(await stateOf(id)).toBe("queued");
    // The gateway had said that it did not have it, and was wrong.
    await town.receipts([report(id, "delivered", "late-1")]);
    await town.sendDue();
    expect(await stateOf(id)).toBe("delivered");
    expect(town.gateway.log.takenOf(String(id))).toHaveLength(0);
  });

  test("that never come: the provider is asked after an hour and a day, and after three days it is expired", async () => {
    const { id } = await accepted();
    town.gateway.end(String(id), "accepted");
    for (const ms of [HOUR, 23 * HOUR]) {
      town.db.clock.advanceMs(ms);
      expect(await town.ask()).toBe(1);
      expect(await stateOf(id)).toBe("accepted");
    }
    town.db.clock.advanceMs(48 * HOUR);
    await town.ask();
    expect(await town.row(id)).toMatchObject({ state: "expired", reason: "no-receipt", askAt: null });
    const lost = await accepted();
    town.db.clock.advanceMs(HOUR);
    await town.ask();
    expect(await stateOf(lost.id)).toBe("delivered");
  });

  test("on a sending before a person had it sent again: a late failure of it keeps the new one from nothing", async () => {
    const { id, providerId } = await accepted();
    await town.receipts([report(id, "rejected", providerId)]);
    expect(await stateOf(id)).toBe("rejected");
    await town.run((context) => replayRejected(context, { ids: [id], reason: "contract renewed" }));
    // Before the second answer is written, and told in another state than before.
    await town.receipts([report(id, "undelivered", providerId)]);
    expect(await stateOf(id)).toBe("queued");
    await town.sendDue();
    expect(await stateOf(id)).toBe("accepted");
    expect(town.gateway.log.takenOf(String(id))).toHaveLength(2);
    // That the first one did arrive is the end of it, whenever it is told.
    await town.receipts([report(id, "delivered", providerId)]);
    expect(await stateOf(id)).toBe("delivered");
  });

  test("that never come, after a replay too: the questions of the first sending do not answer those of the second", async () => {
    const { id } = await accepted();
    town.gateway.end(String(id), "accepted");
    const days = async () => {
      for (const ms of [HOUR, 23 * HOUR, 48 * HOUR]) {
        town.db.clock.advanceMs(ms);
        await town.ask();
      }
      return stateOf(id);
    };
    expect(await days()).toBe("expired");
    await town.rows("update messages set state = 'rejected' where id = :id", { id });
    await town.run((context) => replayRejected(context, { ids: [id], reason: "once more" }));
    await town.sendDue();
    town.gateway.end(String(id), "accepted");
    expect(await days()).toBe("expired");
  });

  test("of another house behind the same gateway do not hide the ones that wait for their message", async () => {
    const { id, providerId } = await accepted();
    await town.rows(
      "update messages set provider_message_id = null, state = 'calling', lease_until = now() + interval '1 hour' where id = :id",
      { id },
    );
    await town.receipts([report(id, "delivered", providerId, false)]);
    await town.rows(
      `insert into message_receipts (provider, event_id, provider_message_id, state, happened_at, received_at)
       select 'gateway', 'foreign-' || n, 'foreign-' || n, 'delivered', :now, :now from generate_series(1, 1500) n`,
      { now: town.db.clock.now() },
    );
    await town.rows(
      "update messages set provider_message_id = :providerId, state = 'accepted' where id = :id",
      {
        id,
        providerId,
      },
    );
    for (let n = 0; n < 4; n += 1) await town.sweep();
    expect(await stateOf(id)).toBe("delivered");
    await town.rows("delete from message_receipts where event_id like 'foreign-%'");
  });

  test("by the thousand while the database is slow: beyond some thousands the provider is told to come again", async () => {
    const { id, providerId } = await accepted();
    const batch = () => Array.from({ length: 500 }, () => report(id, "accepted", providerId));
    const answers = await Promise.allSettled(
      Array.from({ length: 14 }, () => takeReceipts(town.platform, batch())),
    );
    const refused = answers.filter(({ status }) => status === "rejected");
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.length).toBeLessThan(5);
    for (const one of refused) {
      expect((one as PromiseRejectedResult).reason).toMatchObject({ code: "receipts.too-many" });
    }
    // What was taken is written, and the next is taken again.
    expect(await takeReceipts(town.platform, [report(id, "delivered", providerId)])).toEqual({ stored: 1 });
  });

  test("a thousand at once are all there", async () => {
    const { id, providerId } = await accepted();
    const many = Array.from({ length: 1000 }, () => report(id, "accepted", providerId));
    await Promise.all([town.receipts(many), town.receipts(many.toReversed())]);
    const [stored] = await town.rows<{ n: number }>(
      "select count(*)::int as n from message_receipts where message_id = :id",
      { id },
    );
    expect(stored?.n).toBe(1000);
  });

  test("one a request, all at once, some of them twice: each is answered for itself, and stored once", async () => {
    const { id, providerId } = await accepted();
    const one = report(id, "accepted", providerId);
    const many = Array.from({ length: 100 }, () => report(id, "accepted", providerId));
    const answers = await Promise.all(
      [one, one, ...many, one].map((each) => takeReceipts(town.platform, [each])),
    );
    expect(answers.filter(({ stored }) => stored === 1)).toHaveLength(101);
    const wrong = { ...report(id, "delivered", providerId), provider: "NOT A NAME" };
    const [refused, taken] = await Promise.allSettled([
      takeReceipts(town.platform, [wrong]),
      takeReceipts(town.platform, [report(id, "delivered", providerId)]),
    ]);
    expect([refused.status, taken.status]).toEqual(["rejected", "fulfilled"]);
    expect(await stateOf(id)).toBe("delivered");
  });
});

test("tables that were empty when a report was planned for are read by index all the same", async () => {
  const { id, providerId } = await accepted();
  // Known to be empty, so that a scan would be the cheaper plan.
  await town.db.owner.sql.run("truncate message_receipts");
  await town.db.owner.withBulkClient((client) => client.query("vacuum analyze message_receipts, messages"));
  // Of the connection, which tells its figures about once a second; so before and after.
  const scansOf = (sql: Sql) =>
    sql.rows<{ table: string; scans: bigint }>(
      `select relname as table, seq_scan as scans from pg_stat_xact_user_tables
       where relname in ('messages', 'message_receipts') order by relname`,
    );
  const [before, after] = await town.run(async ({ sql, ...context }) => {
    const first = await scansOf(sql);
    await recordReceipts({ sql, ...context }, [report(id, "delivered", providerId, false)]);
    return [first, await scansOf(sql)];
  });
  expect([after, await stateOf(id)]).toEqual([before, "delivered"]);
});

test("an id that the gateway gives two messages belongs to the first, and no report is lost by it", async () => {
  const [one, other] = [await town.queueOne(), await town.queueOne()];
  await town.rows(
    "update messages set state = 'unknown', provider = 'gateway', called_at = :now, provider_message_id = null where id = any(:ids::bigint[])",
    { now: town.db.clock.now(), ids: [one, other] },
  );
  const reports = [report(one, "delivered", "gw-same"), report(other, "delivered", "gw-same")];
  expect(await town.receipts(reports)).toEqual({ stored: 2, moved: 2 });
  expect([await town.row(one), await town.row(other)]).toMatchObject([
    { state: "delivered", providerMessageId: "gw-same" },
    { state: "delivered", providerMessageId: null },
  ]);
});
