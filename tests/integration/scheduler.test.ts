import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fail } from "#src/kernel/errors.ts";
import { checkSubscribers, type Subscriber } from "#src/platform/outbox.ts";
import { findLatestRuns, runIfDue, type ScheduledJob } from "#src/platform/scheduled-runs.ts";
import { manualClock } from "#src/platform/clock.ts";
import { checkWorkers, handlerOf, type QueueWorker } from "#workers/queue-worker.ts";
import { eventsWorker } from "#workers/events.ts";
import { SUBSCRIBERS } from "#workers/subscribers.ts";
import { messagesWorker } from "#workers/messages.ts";
import { noticesWorker } from "#workers/notices.ts";
import { timetableWorker } from "#workers/timetable.ts";
import { runJobs, TIMETABLE } from "#workers/scheduler.ts";
import type { Services } from "#workers/services.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { platformOf } from "#tests/support/people.ts";

describe("the timetable", () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await createTestDatabase();
  });
  afterAll(() => db.drop());
  const jobThat = (name: string, run: ScheduledJob<null>["run"]): ScheduledJob<null> => ({
    name,
    at: "02:30",
    leaseMs: 60_000,
    run,
  });
  const look = (job: ScheduledJob<null>, now: string) => runIfDue(db.database, job, null, new Date(now));

  test("four at once run it once; the next tick of the same day nothing; the next day again", async () => {
    const dates: string[] = [];
    const job = jobThat("proof", async (_services, businessDate) => {
      dates.push(businessDate);
      return { offenders: 0 };
    });
    await Promise.all(Array.from({ length: 4 }, () => look(job, "2026-11-10T02:30:00+08:00")));
    await look(job, "2026-11-10T23:59:00+08:00");
    // Before half past two the day before is still the latest due one, and it is done.
    await look(job, "2026-11-11T02:29:59+08:00");
    expect(dates).toEqual(["2026-11-10"]);
    await look(job, "2026-11-11T02:31:00+08:00");
    expect(dates).toEqual(["2026-11-10", "2026-11-11"]);
    expect(await findLatestRuns(db.database.sql)).toMatchObject([
      { job: "proof", businessDate: "2026-11-11", state: "done", outcome: { offenders: 0 } },
    ]);
  });

  test("four schedulers at once run the whole real timetable once: a row a job, each taken once", async () => {
    db.clock.set("2026-11-12T12:00:00+08:00");
    const said: string[] = [];
    const log = {
      info: (_facts: object, text: string) => void said.push(text),
      error: (facts: object, text: string) => void said.push(`${text} ${JSON.stringify(facts)}`),
    };
    const services = { platform: platformOf(db), log } as unknown as Services;
    await Promise.all(Array.from({ length: 4 }, () => runJobs(services, TIMETABLE)));
    await runJobs(services, TIMETABLE);
    expect(said.filter((text) => text.includes("failed"))).toEqual([]);
    // The payment notices wait here for certificates of banks; they too were asked once.
    expect(said).toHaveLength(TIMETABLE.length);
    const rows = await db.database.sql.rows<{ job: string; fence: number }>(
      "select job, fence from scheduled_runs where job = any(:jobs::text[]) order by job",
      { jobs: TIMETABLE.map(({ name }) => name) },
    );
    expect(rows).toEqual(
      TIMETABLE.map(({ name }) => name)
        .toSorted()
        .map((job) => ({ job, fence: 1 })),
    );
  });

  test("a missed night is made up for, once, for the latest date", async () => {
    const dates: string[] = [];
    const job = jobThat("missed", async (_services, businessDate) => {
      dates.push(businessDate);
      return {};
    });
    await look(job, "2026-11-10T03:00:00+08:00");
    await look(job, "2026-11-14T09:00:00+08:00");
    await look(job, "2026-11-14T09:01:00+08:00");
    expect(dates).toEqual(["2026-11-10", "2026-11-14"]);
  });

  test("a process that shall stop ends the job that it runs and begins no other; the next process does the rest", async () => {
    const done: string[] = [];
    const ending = new AbortController();
    const quiet = () => undefined;
    const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
    const platform = { ...platformOf(db), clock: manualClock("2026-11-12T03:00:00+08:00") };
    const stopper = { platform, log, stopping: ending.signal };
    const jobs: ScheduledJob<typeof stopper>[] = ["first-of-two", "second-of-two"].map((name) => ({
      name,
      at: "02:30",
      leaseMs: 60_000,
      run: async () => {
        ending.abort();
        done.push(name);
        return {};
      },
    }));
    await runJobs(stopper, jobs);
    expect(done).toEqual(["first-of-two"]);
    await runJobs({ ...stopper, stopping: new AbortController().signal }, jobs);
    expect(done).toEqual(["first-of-two", "second-of-two"]);
  });

  test("a failed run is noted and waits; a run whose process died is taken over when its lease is over", async () => {
    let runs = 0;
    const failing = jobThat("failing", async () => {
      runs += 1;
      return fail("test.failed", "not today");
    });
    const now = "2026-11-10T03:00:00+08:00";
    await expect(look(failing, now)).rejects.toMatchObject({ code: "test.failed" });
    expect(await look(failing, now)).toBeNull();
    await db.owner.sql.run("update scheduled_runs set lease_until = now() where job = 'failing'");
    await expect(look(failing, now)).rejects.toMatchObject({ code: "test.failed" });
    expect(runs).toBe(2);
    await db.owner.sql.run(
      "insert into scheduled_runs (job, business_date, lease_until) values ('died', '2026-11-10', now())",
    );
    const taken = await look(
      jobThat("died", async () => ({ ok: true })),
      now,
    );
    expect(taken).toEqual({ businessDate: "2026-11-10", outcome: { ok: true } });
  });
});

describe("what boot refuses", () => {
  const nothing = async (): Promise<void> => undefined;
  const code = (work: () => unknown): unknown => {
    try {
      work();
      return "accepted";
    } catch (error) {
      return (error as { code?: unknown }).code;
    }
  };

  const others = [eventsWorker, messagesWorker, noticesWorker];
  const real = [...others, timetableWorker];

  test("the real lists are accepted", () => {
    expect(code(() => checkSubscribers(SUBSCRIBERS))).toBe("accepted");
    expect(code(() => checkWorkers(real))).toBe("accepted");
  });

  test("subscribers: a name twice, an event that nobody announces, an ear for nothing", () => {
    const one = { name: "one", handlers: { "payment.posted": nothing } };
    expect(code(() => checkSubscribers([one, { ...one }]))).toBe("subscribers.wrong");
    const unknown = { name: "two", handlers: { "payment.invented": nothing } as Subscriber["handlers"] };
    expect(code(() => checkSubscribers([unknown]))).toBe("subscribers.wrong");
    expect(code(() => checkSubscribers([{ name: "three", handlers: {} }]))).toBe("subscribers.wrong");
  });

  test("workers: a queue with none or two, a job without handler, a handler without job", () => {
    const without: QueueWorker = { ...timetableWorker, handlers: {} };
    const beyond: QueueWorker = { ...timetableWorker, handlers: { tick: nothing, tock: nothing } };
    expect(code(() => checkWorkers(others))).toBe("workers.wrong");
    expect(code(() => checkWorkers([...real, timetableWorker]))).toBe("workers.wrong");
    expect(code(() => checkWorkers([...others, without]))).toBe("workers.wrong");
    expect(code(() => checkWorkers([...others, beyond]))).toBe("workers.wrong");
    expect(code(() => handlerOf(eventsWorker, { name: "other", data: {}, starts: 1 }))).toBe("job.unknown");
  });
});
