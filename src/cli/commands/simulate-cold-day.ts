/** `nuan simulate cold-day`: the first cold day of a heating season, through the real API and the real worker. */
import { setTimeout as pause } from "node:timers/promises";
import type { Command } from "commander";
import {
  countCallBacks,
  countRun,
  LEAST_CALLS,
  moveBusinessClock,
  planColdDay,
  readBusinessClock,
  setColdDayStage,
} from "#src/demo/index.ts";
import { dayOfInstant, wallTimeOfInstant } from "#src/kernel/day.ts";
import { fail, must } from "#src/kernel/errors.ts";
import { newSecret } from "#src/kernel/ids.ts";
import { monotonicMs, systemClock } from "#src/platform/clock.ts";
import { signingSecret } from "#src/platform/webhook-signature.ts";
import { checkHotline } from "#src/service/hotline/index.ts";
import { type CliPlatform, type CliRuntime, facts, wholeNumber } from "../runtime.ts";
import { playColdDay } from "../story/cold-day.ts";
import { startApi, startWorker } from "../story/processes.ts";
import { group } from "./group.ts";

type Flags = { readonly calls: number; readonly seed: number; readonly agents: number };

/** A case is on somebody's list within this, also on the peak day. */
const ROUTED_WITHIN_MS = 2000;
/** Longer than any process takes to read the business clock anew. */
const CLOCK_FOLLOWS_MS = 2500;
const WORKING_HOURS = { from: "09:00", until: "19:00", begin: "10:00", evening: "21:30" };

type BusinessTime = { now(): Date; moveTo(instant: Date): Promise<void> };

const businessTime = async (platform: CliPlatform): Promise<BusinessTime> => {
  const { sql } = platform.database;
  let { offsetSeconds } = await readBusinessClock(sql, systemClock.now());
  return {
    now: () => new Date(systemClock.now().getTime() + Number(offsetSeconds) * 1000),
    moveTo: async (instant) => {
      const { result } = await platform.commands.run(
        { name: "demo.clock", actor: platform.actor, requestId: platform.requestId },
        (context) => moveBusinessClock(context, systemClock.now(), instant),
      );
      ({ offsetSeconds } = result);
      await pause(CLOCK_FOLLOWS_MS);
    },
  };
};

const at = (instant: Date, wallTime: string): Date =>
  new Date(`${dayOfInstant(instant)}T${wallTime}:00+08:00`);

/** The clock only goes forward: to ten of this morning, or of tomorrow's when the day is over. */
const goToMorning = async (time: BusinessTime): Promise<void> => {
  const now = time.now();
  const [, wall = ""] = wallTimeOfInstant(now).split(" ");
  if (wall >= WORKING_HOURS.from && wall < WORKING_HOURS.until) return;
  const today = at(now, WORKING_HOURS.begin);
  await time.moveTo(today > now ? today : new Date(today.getTime() + 86_400_000));
};

const textEnv = (env: CliRuntime["env"]): Record<string, string> =>
  Object.fromEntries(Object.entries(env).filter((pair): pair is [string, string] => pair[1] !== undefined));

const simulate = async (cli: CliRuntime, platform: CliPlatform, flags: Flags) => {
  const begunMs = monotonicMs();
  const { sql } = platform.database;
  const time = await businessTime(platform);
  const stage = await setColdDayStage(
    { commands: platform.commands, actor: platform.actor, sql },
    { agents: flags.agents, morningAfter: time.now() },
  );
  await goToMorning(time);
  const secrets = {
    cti: signingSecret(platform.webhookSecrets?.cti) ?? newSecret(),
    dispatch: signingSecret(platform.webhookSecrets?.dispatch) ?? newSecret(),
  };
  const env = { ...textEnv(cli.env), CTI_SECRET: secrets.cti, DISPATCH_SECRET: secrets.dispatch };
  const plan = planColdDay(flags.calls, flags.seed);
  const prefix = `sim-${time.now().getTime()}-`;
  const progress = cli.progress(flags.calls, "calls");
  const worker = startWorker(env);
  const api = await startApi(env);
  try {
    const day = {
      sql,
      api,
      plan,
      stage,
      prefix,
      secrets,
      now: time.now,
      progress: () => progress.increment(),
    };
    await playColdDay(day, () => time.moveTo(at(time.now(), WORKING_HOURS.evening)));
  } finally {
    await api.stop();
    await worker.stop();
  }
  return {
    ...(await report(platform, prefix, flags)),
    seconds: Math.round((monotonicMs() - begunMs) / 1000),
  };
};

const report = async (platform: CliPlatform, prefix: string, flags: Flags) => {
  const { sql } = platform.database;
  const run = await countRun(sql, prefix);
  const backs = await countCallBacks(sql, prefix);
  const outcomes = {
    selfServed: Number(run.selfServed),
    abandoned: Number(run.abandoned),
    joinedIncident: Number(run.joinedIncident),
    otherCompany: Number(run.otherCompany),
    noCase: Number(run.noCase),
    cases: Number(run.cases),
  };
  const callBacks = {
    numbers: Number(backs.numbers),
    reached: Number(backs.reached),
    calledAgain: Number(backs.calledAgain),
    givenUp: Number(backs.givenUp),
    open: Number(backs.open),
  };
  const sum = Object.values(outcomes).reduce((total, count) => total + count, 0);
  const ends = callBacks.reached + callBacks.calledAgain + callBacks.givenUp + callBacks.open;
  const offenders = await checkHotline(sql);
  return {
    seed: flags.seed,
    calls: Number(run.calls),
    answered: Number(run.answered),
    unfinished: Number(run.unfinished),
    ...outcomes,
    callBacks,
    valve: { joined: Number(run.valveJoined), raised: Number(run.valveRaised) },
    unowned: Number(run.unowned),
    incidents: Number(run.incidents),
    worstRoutingDelayMs: Number(run.worstRoutingMs),
    routedInTime: Number(run.worstRoutingMs) <= ROUTED_WITHIN_MS,
    balanced:
      sum === flags.calls &&
      Number(run.calls) === flags.calls &&
      ends === callBacks.numbers &&
      backs.open === backs.openWithOwner &&
      offenders.length === 0,
  };
};

type Report = Awaited<ReturnType<typeof simulate>>;

const print = (result: Report): string =>
  facts([
    ["calls", result.calls],
    ["self-served", result.selfServed],
    ["answered", result.answered],
    ["abandoned", `${result.abandoned} (${result.callBacks.numbers} numbers)`],
    [
      "call-backs",
      `${result.callBacks.reached} reached, ${result.callBacks.calledAgain} called again, ${result.callBacks.givenUp} given up, ${result.callBacks.open} open`,
    ],
    ["under incidents", `${result.joinedIncident} (${result.incidents})`],
    ["another company's", result.otherCompany],
    ["no case", result.noCase],
    ["cases", `${result.cases} (valve: ${result.valve.joined} joined, ${result.valve.raised} raised)`],
    ["without owner", result.unowned],
    [
      "worst routing delay",
      `${result.worstRoutingDelayMs} ms (${result.routedInTime ? "at most" : "MORE THAN"} ${ROUTED_WITHIN_MS} ms)`,
    ],
    ["balanced", result.balanced ? "yes" : "NO"],
    ["took", `${result.seconds} s`],
  ]);

export const register = (program: Command, cli: CliRuntime): void => {
  group(program, "simulate")
    .command("cold-day")
    .description("play the first cold day against a demo database: calls, agents, an incident, call-backs")
    .option("--calls <number>", "how many calls come in", wholeNumber("calls"), 5000)
    .option("--seed <number>", "the same seed gives the same day", wholeNumber("seed"), 1)
    .option("--agents <number>", "how many agents answer", wholeNumber("agents"), 30)
    .action(async (flags: Flags) => {
      await cli.run(
        async (platform) => {
          if (flags.calls < LEAST_CALLS) {
            fail("usage.wrong", `a day has at least ${LEAST_CALLS} calls`, { field: "calls" });
          }
          return simulate(cli, must(platform, "the platform"), flags);
        },
        print,
        { refused: (result) => !result.balanced || !result.routedInTime },
      );
    });
};
