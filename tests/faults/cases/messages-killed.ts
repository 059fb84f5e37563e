/**
 * `kill -9` of the worker that sends: after its claim, after `calling` was committed, inside a call, and when the provider has
 * answered and nobody wrote it down. Each worker finds what the one before it left. What was surely not called goes again, what
 * may have been called is unknown until the provider says, and the provider's own log has each message once, and none that
 * came again before somebody had asked for it. On both backends.
 */
import type { Random } from "#src/demo/random.ts";
import { ACCEPT } from "#tests/support/message-providers/behaviour.ts";
import { type Backend, bothBackends } from "../support/backends.ts";
import { incoherences } from "../support/coherent.ts";
import type { FaultContext, Tally } from "../support/fault-case.ts";
import { type MessageStage, stageMessages } from "../support/messages.ts";
import { ask } from "../support/outside.ts";
import { startWorker } from "../support/processes.ts";
import type { Clone } from "../support/stage.ts";
import { until } from "../support/until.ts";

/** Deaths on each backend. */
const ROUNDS = { short: 8, full: 200 };
/**
 * Deaths on end, before a worker lives long enough to settle what they left. A message that eight workers in a row die of is a
 * dead letter, and rightly so.
 */
const ON_END = 6;
/** Two waves. */
const MESSAGES = 120;
const DEATH_LIMIT_MS = 120_000;
const SETTLE_LIMIT_MS = 240_000;
/** Until the provider is asked about what nobody knows. */
const ASK_AFTER_SECONDS = 300;
/** While a worker lives, by less than the window of a signature at once. */
const TICK_SECONDS = 100;
const TICK_EVERY_MS = 20_000;

const PLACES = ["message-claimed", "message-calling", "message-called", "in-call"] as const;

type Death = {
  readonly place: (typeof PLACES)[number];
  /** At which passing of its place. */
  readonly passing: number;
  /** In which of the round's calls. */
  readonly call: number;
};

const drawDeaths = (random: Random, rounds: number): readonly Death[] =>
  Array.from({ length: rounds }, (_, round) => ({
    place: PLACES[round % PLACES.length] ?? "message-claimed",
    passing: 1 + random.below(2),
    call: random.below(MESSAGES),
  }));

/** Every step that a message takes, written down by the database itself. */
const WATCH = `
  create table faults_steps (id bigserial primary key, message_id bigint, state text);
  create function faults_step() returns trigger language plpgsql security definer as $$
    begin insert into public.faults_steps (message_id, state) values (new.id, new.state); return null; end $$;
  create trigger faults_step after update on messages for each row when (old.state is distinct from new.state)
    execute function faults_step();`;

/** Called by a worker that is dead, and what the steps had come to by then. */
type Ambiguous = { readonly id: string; readonly after: string };

const ambiguousNow = (url: string): Promise<Ambiguous[]> =>
  ask<Ambiguous>(
    url,
    `select m.id::text, coalesce((select max(s.id) from faults_steps s where s.message_id = m.id), 0)::text as after
     from messages m where m.state = 'calling'`,
  );

/** Of these, the ones whose next step was another one than `unknown`. */
const notUnknown = (url: string, ambiguous: readonly Ambiguous[]): Promise<{ id: string; state: string }[]> =>
  ask(
    url,
    `select a.id::text, coalesce(next.state, 'calling') as state
     from unnest($1::bigint[], $2::bigint[]) a (id, after)
     left join lateral (select s.state from faults_steps s where s.message_id = a.id and s.id > a.after
       order by s.id limit 1) next on true
     where next.state is distinct from 'unknown'`,
    [ambiguous.map((one) => one.id), ambiguous.map((one) => one.after)],
  );

type Scene = { readonly clone: Clone; readonly messages: MessageStage; readonly backend: Backend };

const killOne = async ({ clone, messages, backend }: Scene, tally: Tally, death: Death): Promise<void> => {
  await messages.queue(MESSAGES);
  const inCall = death.place === "in-call";
  const worker = startWorker(
    clone,
    messages.options({
      redisUrl: backend.redisUrl,
      failpoint: inCall ? undefined : `${death.place}:${death.passing}`,
    }),
  );
  if (inCall) {
    const fatal = messages.gateway.log.calls() + death.call;
    messages.gateway.behave((call) => {
      if (call < fatal) return ACCEPT;
      void worker.kill();
      // Half of them were taken when the line broke, half not.
      return call % 2 === 0 ? { kind: "accept-then-hang" } : { kind: "reset" };
    });
  }
  const dies = until("the worker dies", DEATH_LIMIT_MS, async () => (worker.isRunning() ? null : true));
  const died = await dies.catch(() => false);
  const { signal } = died ? await worker.ended : await worker.kill();
  messages.gateway.behave(() => ACCEPT);
  // On a busy machine the provider reads what the dead worker sent some time after its death; that is no second call.
  await until("the provider has read what the dead worker sent", DEATH_LIMIT_MS, async () =>
    (await messages.gateway.connections()) === 0 ? true : null,
  );
  tally.ran(signal === "SIGKILL" && died);
};

/**
 * A worker that lives: everything is sent, and nothing is unknown any more. Its own calls may fail on a busy machine; then time has
 * to pass before it asks about them.
 */
const heal = async ({ clone, messages, backend }: Scene): Promise<void> => {
  const healer = startWorker(clone, messages.options({ redisUrl: backend.redisUrl }));
  const aged = setInterval(() => void messages.tick(TICK_SECONDS), TICK_EVERY_MS);
  await messages.untilSent(healer, SETTLE_LIMIT_MS).finally(() => clearInterval(aged));
  await healer.stop();
};

const killMany = async (
  { stage, say }: FaultContext,
  tally: Tally,
  backend: Backend,
  deaths: readonly Death[],
): Promise<void> => {
  const clone = await stage.clone("billed");
  const messages = await stageMessages(clone);
  const scene = { clone, messages, backend };
  const ambiguous: Ambiguous[] = [];
  try {
    await ask(clone.url, WATCH);
    for (const [round, death] of deaths.entries()) {
      await killOne(scene, tally, death);
      const called = await ambiguousNow(clone.url);
      ambiguous.push(...called);
      messages.gateway.log.suspect(called.map((one) => one.id));
      if (round < PLACES.length || round % 20 === 0)
        say(`killed at ${death.place}: ${JSON.stringify(await messages.states())}`);
      await messages.pass(ASK_AFTER_SECONDS);
      if ((round + 1) % ON_END === 0 || round === deaths.length - 1) await heal(scene);
    }
    tally.counted(messages.count());
    for (const { id, state } of await notUnknown(clone.url, ambiguous))
      tally.problem(`${backend.name}: message ${id} may have been called and became ${state}, not unknown`);
    if (ambiguous.length === 0) tally.problem(`${backend.name}: no death left anything ambiguous`);
    const { taken, blind } = messages.gateway.log;
    say(
      `${deaths.length} deaths, ${taken.length} messages taken, ${ambiguous.length} ambiguous, ${blind().length} sent again blindly`,
    );
    for (const wrong of await incoherences(clone)) tally.problem(wrong);
  } finally {
    await messages.close();
  }
  await clone.drop();
};

export const messagesKilled = bothBackends(
  "messages-killed",
  (context, tally, backend) =>
    // Drawn before anything runs: the two share one stream.
    killMany(context, tally, backend, drawDeaths(context.random, context.full ? ROUNDS.full : ROUNDS.short)),
  { patient: true, leastLandedPercent: 90 },
);
