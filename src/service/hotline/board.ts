/** The line board (话务大屏): lines, queue with waiting times, agents, the load and the seats that it needs. */
import { addDays, dayOfInstant, instantOfDay } from "#src/kernel/day.ts";
import { maskPhone, type PhoneNumber } from "#src/kernel/phone.ts";
import { readSetting } from "#src/platform/settings.ts";
import type { Sql } from "#src/platform/sql.ts";
import { currentAnnouncements } from "./announcements.ts";
import { readAgents, readDay, readLines, readLoad, readQueue } from "./board-queries.ts";
import { offeredLoad, seatsForService, seatsSoThatFewerWait, shareAnsweredWithin } from "./erlang.ts";
import { servicePolicy } from "./settings.ts";

/** Enough calls that their mean says something. */
const ENOUGH_CALLS = 20n;
/** The share of waiting callers that the second figure allows. */
const FEW_WAIT = 0.2;

const seconds = (from: Date, now: Date): number =>
  Math.max(0, Math.round((now.getTime() - from.getTime()) / 1000));
const percent = (share: number): number => Math.floor(share * 100);
const shareOf = (part: bigint, whole: bigint): number | null =>
  whole === 0n ? null : Number((part * 10_000n) / whole) / 100;

/** `138****8000`, `****` for a number that is forgotten, or null for one that is withheld. */
export const maskedNumber = (number: string | null): string | null =>
  number === null ? null : number.startsWith("forgotten:") ? "****" : maskPhone(number as PhoneNumber);

/** Midnight to midnight in Shanghai. */
export const dayBounds = (now: Date): { readonly from: Date; readonly until: Date } => {
  const today = dayOfInstant(now);
  return { from: instantOfDay(today), until: instantOfDay(addDays(today, 1)) };
};

/** The load of the last minutes and what it needs; an estimate that names its inputs. */
export const estimateSeats = async (sql: Sql, now: Date, seatsNow: number) => {
  const policy = await readSetting(sql, servicePolicy);
  const since = new Date(now.getTime() - policy.loadMinutes * 60_000);
  const load = await readLoad(sql, { since, now });
  const isMeasured = load.handled >= ENOUGH_CALLS;
  const handlingSeconds = isMeasured
    ? Math.max(1, Math.round(Number(load.handledMs / load.handled) / 1000))
    : policy.handlingSeconds;
  const callsAnHour = (Number(load.offered) * 60) / policy.loadMinutes;
  const erlangs = offeredLoad(callsAnHour, handlingSeconds);
  const offered = { erlangs, handlingSeconds };
  const aim = policy.answerSharePercent / 100;
  return {
    callsAnHour: Math.round(callsAnHour),
    handlingSeconds,
    handlingMeasured: isMeasured,
    milliErlangs: Math.round(erlangs * 1000),
    aim: { percent: policy.answerSharePercent, seconds: policy.answerWithinSeconds },
    seatsForAim: seatsForService(offered, aim, policy.answerWithinSeconds),
    seatsForFewWaiting: seatsSoThatFewerWait(erlangs, FEW_WAIT),
    seatsNow,
    expectedPercentInTime: percent(shareAnsweredWithin(offered, seatsNow, policy.answerWithinSeconds)),
    absentFromRoster: Number(load.missing),
  };
};

const lineState = (line: { inService: boolean; state: string | null }): string =>
  line.inService ? (line.state ?? "free") : "out-of-service";

const readPeople = async (sql: Sql, now: Date) =>
  (await readAgents(sql, now)).map((agent) => ({
    staffId: String(agent.staffId),
    name: agent.name,
    extension: agent.extension,
    state: agent.callId === null ? agent.state : ("busy" as const),
    reason: agent.reason,
    seconds: seconds(agent.callSince ?? agent.since, now),
    callId: agent.callId === null ? null : String(agent.callId),
    onRoster: agent.onRoster,
  }));

const readToday = async (sql: Sql, now: Date, withinSeconds: number) => {
  const today = await readDay(sql, { ...dayBounds(now), withinMs: withinSeconds * 1000 });
  const base = today.answered + today.abandonedAfterFive;
  return {
    calls: Number(today.calls),
    selfServed: Number(today.selfServed),
    answered: Number(today.answered),
    abandoned: Number(today.abandoned),
    live: Number(today.live),
    openCallBacks: Number(today.openCallBacks),
    answeredPercent: shareOf(today.answered, base),
    answeredInTimePercent: shareOf(today.answeredInTime, base),
    base: Number(base),
  };
};

export const readBoard = async (sql: Sql, now: Date) => {
  const lines = await readLines(sql);
  const queue = await readQueue(sql);
  const agents = await readPeople(sql, now);
  const seats = await estimateSeats(sql, now, agents.filter(({ state }) => state !== "break").length);
  const said = await currentAnnouncements(sql);
  const [longest] = queue;
  return {
    at: now.toISOString(),
    lines: lines.map((line) => ({
      code: line.code,
      name: line.name,
      state: lineState(line),
      callId: line.callId === null ? null : String(line.callId),
      seconds: line.since === null ? null : seconds(line.since, now),
      agent: line.agent,
    })),
    queue: queue.map((call) => ({
      callId: String(call.callId),
      number: maskedNumber(call.number),
      line: call.line,
      seconds: seconds(call.since, now),
    })),
    longestWaitSeconds: longest === undefined ? 0 : seconds(longest.since, now),
    agents,
    seats,
    today: await readToday(sql, now, seats.aim.seconds),
    coldDay: said.coldDay !== null,
    announcements: [said.greeting, said.coldDay, ...said.knownIncidents]
      .filter((one) => one !== null)
      .map((one) => ({ id: String(one.id), kind: one.kind, textZh: one.textZh, textEn: one.textEn })),
  };
};
