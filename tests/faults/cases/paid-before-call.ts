/**
 * Households that pay, and people who opt out, between queue and send: some while no worker runs, some after a worker was killed in
 * the middle of its calls. In the provider's own log nobody of them is told, and everybody else once. On both backends.
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
import { accountOfId, recordConsent } from "#src/town/accounts/index.ts";
import { type Backend, bothBackends } from "../support/backends.ts";
import type { FaultContext, Tally } from "../support/fault-case.ts";
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

/** They say at the counter that they want no payment notices any more. */
const optOutAll = async (db: TestDatabase, accountIds: readonly bigint[]): Promise<void> => {
  await db.commands.run({ name: "faults.opt-out", actor: db.actor }, async (context) => {
    const people = await context.sql.rows<{ accountId: bigint; personId: bigint }>(
      `select account_id as "accountId", person_id as "personId" from account_roles where account_id = any(:accountIds::bigint[])`,
      { accountIds },
    );
    for (const { accountId, personId } of people) {
      const account = await accountOfId(context.sql, accountId);
      if (account === null) throw new Error(`no account ${accountId}`);
      await recordConsent(context, {
        account,
        personId,
        purpose: "payment-notice",
        granted: false,
        source: "counter",
      });
    }
  });
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

/** Who is not to be told any more, and why. */
type Gone = Map<string, "paid-meanwhile" | "no-consent">;

const accountsOf = (rows: readonly Row[]): bigint[] => rows.map((row) => BigInt(row.account));

const changeAll = async (
  db: TestDatabase,
  gone: Gone,
  who: { readonly pay: readonly Row[]; readonly optOut: readonly Row[] },
): Promise<void> => {
  await payAll(db, accountsOf(who.pay));
  for (const row of who.pay) gone.set(row.id, "paid-meanwhile");
  await optOutAll(db, accountsOf(who.optOut));
  for (const row of who.optOut) gone.set(row.id, "no-consent");
};

/** A worker that dies among its calls; answers the reminders that were surely not called by then. */
const killAmongCalls = async (
  clone: Clone,
  messages: MessageStage,
  noticeId: bigint,
  redisUrl: string | undefined,
): Promise<readonly Row[]> => {
  messages.gateway.behave(() => ({ kind: "delay", ms: 60 }));
  const dying = startWorker(clone, messages.options({ redisUrl }));
  await until("it calls", SETTLE_LIMIT_MS, async () => (messages.gateway.log.calls() >= 20 ? true : null), 2);
  await dying.kill();
  messages.gateway.behave(() => ACCEPT);
  return (await rowsOf(clone.url, noticeId)).filter(({ state }) => ["queued", "claimed"].includes(state));
};

const count = (tally: Tally, messages: MessageStage, ended: readonly Row[], gone: Gone): void => {
  for (const row of ended) {
    const why = gone.get(row.id);
    if (why !== undefined && row.reason !== why)
      tally.problem(`message ${row.id} is ${row.state} ${row.reason}, expected ${why}`);
  }
  const told = ended.filter((row) => !gone.has(row.id));
  tally.counted({
    lost: told.filter((row) => takenOf(messages, row.id) === 0).length,
    doubled:
      told.filter((row) => takenOf(messages, row.id) > 1).length +
      ended.filter((row) => gone.has(row.id) && takenOf(messages, row.id) > 0).length,
  });
};

const change = async (
  { stage, say }: FaultContext,
  tally: Tally,
  { name, redisUrl }: Backend,
): Promise<void> => {
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
    const gone: Gone = new Map();
    await changeAll(db, gone, {
      pay: queued.filter((_, n) => n % 4 === 0),
      optOut: queued.filter((_, n) => n % 8 === 1),
    });
    const left = (await killAmongCalls(clone, messages, noticeId, redisUrl)).filter(
      ({ id }) => !gone.has(id),
    );
    tally.ran(left.length > 0 && messages.gateway.log.calls() < queued.length);
    const late = { pay: left.filter((_, n) => n % 3 === 0), optOut: left.filter((_, n) => n % 3 === 1) };
    await changeAll(db, gone, late);
    await messages.pass(ASK_AFTER_SECONDS);
    const healer = startWorker(clone, messages.options({ redisUrl }));
    const aged = setInterval(() => void messages.pass(ASK_AFTER_SECONDS), 8000);
    await untilSettled(clone.url, noticeId, healer.isRunning).finally(() => clearInterval(aged));
    await healer.stop();
    count(tally, messages, await rowsOf(clone.url, noticeId), gone);
    const of = (reason: string): number => [...gone.values()].filter((why) => why === reason).length;
    say(
      `${queued.length} reminders queued; before their call ${of("paid-meanwhile")} paid and ${of("no-consent")} opted out ` +
        `(${late.pay.length} and ${late.optOut.length} after the kill); ${queued.length - gone.size} told`,
    );
    for (const wrong of await incoherences(clone)) tally.problem(`${name}: ${wrong}`);
  } finally {
    await messages.close();
    await db.drop();
  }
  await clone.drop();
};

export const paidBeforeCall = bothBackends("paid-before-call", change);
