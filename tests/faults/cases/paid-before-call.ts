/**
 * Households that pay between queue and send: some while no worker runs, some after a worker was killed in the middle of its calls. In
 * the provider's own log nobody of them is told, and everybody else once.
 */
import { cliActor } from "#src/platform/actor.ts";
import { manualClock, systemClock } from "#src/platform/clock.ts";
import { createCommands } from "#src/platform/command.ts";
import { connect, type Database } from "#src/platform/database.ts";
import { reminderSubscriber } from "#src/messages/notices/index.ts";
import { advanceLadder } from "#src/money/reminders/index.ts";
import type { TestDatabase } from "#tests/support/database.ts";
import { handleEvents } from "#tests/support/handle-events.ts";
import { ACCEPT } from "#tests/support/message-providers/behaviour.ts";
import { openNoticeDesk } from "#tests/support/notice-town.ts";
import { noticeOfRun, startDrafted } from "#tests/support/start-notice.ts";
import { createTally, type FaultCase } from "../support/fault-case.ts";
import { type MessageStage, stageMessages } from "../support/messages.ts";
import { ask, askOne } from "../support/outside.ts";
import { startWorker } from "../support/processes.ts";
import { BILL_FEN, CHANNEL, type Clone } from "../support/stage.ts";
import { incoherences } from "../support/coherent.ts";
import { until } from "../support/until.ts";

/** A day of the gentle stage, at an hour at which people may be written to. */
const AT = "2026-10-21T10:00:00+08:00";
const TOLD_HOMES = 200;
const SETTLE_LIMIT_MS = 120_000;
const ASK_AFTER_SECONDS = 300;

const onDatabase = (database: Database, clone: Clone): TestDatabase => {
  const clock = manualClock(AT);
  return {
    database,
    owner: database,
    ownerUrl: clone.url,
    appUrl: clone.url,
    clock,
    commands: createCommands(database, clock),
    actor: cliActor("faults"),
    drop: () => database.close(),
  };
};

const PAY = `
  select count(*) filter (where p.outcome = 'posted')::integer as posted from channels c cross join lateral post_payments(
    c.id, 'channel_clearing', 'transfer', null, :today::date, null, :now::timestamptz, 'old-debt-first', 2026::smallint,
    :accounts::bigint[], :amounts::bigint[], :serials::text[], :paidAt::timestamptz[], :days::date[], :bills::bigint[]) p
  where c.code = '${CHANNEL}'`;

/** They pay their bill in full, as the rows of a bank's file do. */
const payAll = async (db: TestDatabase, accountIds: readonly bigint[]): Promise<void> => {
  const { result } = await db.commands.run({ name: "faults.pay", actor: db.actor }, (context) =>
    context.sql.one<{ posted: number }>(PAY, {
      today: context.today,
      now: context.now,
      accounts: accountIds,
      amounts: accountIds.map(() => BILL_FEN),
      serials: accountIds.map((id) => `between-${id}`),
      paidAt: accountIds.map(() => context.now.toISOString()),
      days: accountIds.map(() => context.today),
      bills: accountIds.map(() => null),
    }),
  );
  if (result.posted !== accountIds.length)
    throw new Error(`${result.posted} of ${accountIds.length} payments were posted`);
};

const queueReminders = async (db: TestDatabase): Promise<bigint> => {
  await db.database.sql.run(
    `insert into person_phones (person_id, number, kind, as_written)
     select n, '+86139' || lpad(n::text, 8, '0'), 'mobile', 'faults' from generate_series(1, :homes::integer) n`,
    { homes: TOLD_HOMES },
  );
  const { runId } = await advanceLadder(
    { database: db.database, commands: db.commands, clock: db.clock },
    { actor: db.actor },
  );
  await handleEvents(db, [reminderSubscriber]);
  const noticeId = await noticeOfRun(db, runId);
  await startDrafted(db, await openNoticeDesk(db), noticeId);
  return noticeId;
};

type Row = { readonly id: string; readonly account: string; readonly state: string; readonly reason: string };
const rowsOf = (url: string, noticeId: bigint): Promise<Row[]> =>
  ask<Row>(
    url,
    "select id::text, account_id::text as account, state, reason from messages where regarding = $1 order by id",
    [`notice:${noticeId}`],
  );

const untilSettled = async (url: string, noticeId: bigint, isRunning: () => boolean): Promise<void> => {
  await until("every reminder is sent or skipped", SETTLE_LIMIT_MS, async () => {
    if (!isRunning()) throw new Error("the worker ended");
    const { open } = await askOne<{ open: number }>(
      url,
      `select count(*)::int as open from messages where regarding = 'notice:${noticeId}'
         and state in ('queued', 'claimed', 'calling', 'unknown')`,
    );
    return open === 0 ? true : null;
  });
};

const takenOf = ({ gateway }: MessageStage, id: string): number => gateway.log.takenOf(id).length;

export const paidBeforeCall: FaultCase = {
  name: "paid-before-call",
  run: async ({ stage, say }) => {
    const tally = createTally();
    const clone = await stage.clone("billed");
    const messages = await stageMessages(clone);
    const db = onDatabase(
      connect(clone.url, { poolSize: 4, bulkPoolSize: 2, applicationName: "faults" }),
      clone,
    );
    try {
      await messages.pass(Math.round((new Date(AT).getTime() - systemClock.now().getTime()) / 1000));
      const noticeId = await queueReminders(db);
      const queued = await rowsOf(clone.url, noticeId);
      const paid = new Set<string>();
      const pay = async (rows: readonly Row[]): Promise<void> => {
        await payAll(
          db,
          rows.map((row) => BigInt(row.account)),
        );
        for (const row of rows) paid.add(row.id);
      };
      await pay(queued.filter((_, n) => n % 4 === 0));
      messages.gateway.behave(() => ({ kind: "delay", ms: 60 }));
      const dying = startWorker(clone, messages.options());
      await until(
        "it calls",
        SETTLE_LIMIT_MS,
        async () => (messages.gateway.log.calls() >= 20 ? true : null),
        2,
      );
      await dying.kill();
      const left = (await rowsOf(clone.url, noticeId)).filter(({ state }) =>
        ["queued", "claimed"].includes(state),
      );
      tally.ran(left.length > 0 && messages.gateway.log.calls() < queued.length);
      const late = left.filter((row, n) => n % 2 === 0 && !paid.has(row.id));
      await pay(late);
      messages.gateway.behave(() => ACCEPT);
      await messages.pass(ASK_AFTER_SECONDS);
      const healer = startWorker(clone, messages.options());
      const aged = setInterval(() => void messages.pass(ASK_AFTER_SECONDS), 8000);
      await untilSettled(clone.url, noticeId, healer.isRunning).finally(() => clearInterval(aged));
      await healer.stop();
      const ended = await rowsOf(clone.url, noticeId);
      const wrongReasons = ended.filter((row) => paid.has(row.id) && row.reason !== "paid-meanwhile");
      for (const row of wrongReasons)
        tally.problem(`message ${row.id} of a paid home: ${row.state} ${row.reason}`);
      const told = ended.filter((row) => !paid.has(row.id));
      tally.counted({
        lost: told.filter((row) => takenOf(messages, row.id) === 0).length,
        doubled:
          told.filter((row) => takenOf(messages, row.id) > 1).length +
          ended.filter((row) => paid.has(row.id) && takenOf(messages, row.id) > 0).length,
      });
      say(
        `${queued.length} reminders queued, ${paid.size} paid before their call (${late.length} after the kill), ${told.length} told`,
      );
      for (const wrong of await incoherences(clone)) tally.problem(wrong);
    } finally {
      await messages.close();
      await db.drop();
    }
    await clone.drop();
    return tally.result(100);
  },
};
