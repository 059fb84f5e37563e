/**
 * The first cold day, played against the real API and the real worker as processes of their own: an exchange that signs its
 * events, agents who log in and write down what became of each call, a dispatch centre that reports the fault. What happens is
 * counted in the database afterwards, by the names that the exchange gave its calls.
 */
import { setTimeout as pause } from "node:timers/promises";
import {
  type AnsweredCall,
  type AnsweredKind,
  type ColdDayPlan,
  type ColdDayStage,
  countUnsettled,
  findCallId,
  findHouseholds,
  findNumberOfCallBack,
  findStandingIncident,
} from "#src/demo/index.ts";
import { assert, fail, must } from "#src/kernel/errors.ts";
import { monotonicMs } from "#src/platform/clock.ts";
import type { Sql } from "#src/platform/sql.ts";
import { signWebhook } from "#src/platform/webhook-signature.ts";
import type { Api, Caller } from "./processes.ts";

export type ColdDay = {
  readonly sql: Sql;
  readonly api: Api;
  readonly plan: ColdDayPlan;
  readonly stage: ColdDayStage;
  /** Before the number of each call, so that a run knows its own. */
  readonly prefix: string;
  readonly secrets: { readonly cti: string; readonly dispatch: string };
  /** The business time, as the processes have it. */
  readonly now: () => Date;
  readonly progress: () => void;
};

type Told = { readonly type: string; readonly seconds: number } & Readonly<Record<string, unknown>>;

/** A prime: neighbours in the list of callers are no neighbours in the town. */
const SPREAD = 7919;
const LONGEST_WAIT_MS = 300_000;

/** Signed and sent until it is taken; an exchange waits when it is told to. */
const sendSigned = async (day: ColdDay, path: string, secret: string, message: unknown): Promise<void> => {
  const body = JSON.stringify(message);
  for (let tries = 0; tries < 20; tries += 1) {
    const response = await fetch(`${day.api.origin}/api/v1${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...signWebhook(secret, body, day.now()) },
      body,
    });
    const text = await response.text();
    if (response.status < 300) return;
    assert(response.status === 429 || response.status === 503, `POST ${path}: ${response.status} ${text}`);
    await pause(1000 * Number(response.headers.get("retry-after") ?? "1"));
  }
  fail("demo.too-slow", "the API did not take an event of the exchange");
};

const tell = async (day: ColdDay, callId: string, told: readonly Told[]): Promise<void> => {
  const now = day.now().getTime();
  const events = told.map(({ type, seconds, ...rest }) => ({
    eventId: `${callId}-${type}`,
    callId,
    type,
    at: new Date(now + seconds * 1000).toISOString(),
    ...rest,
  }));
  await sendSigned(day, "/hooks/cti", day.secrets.cti, { events });
};

/** Runs `work` over the items, `width` at a time. */
const inParallel = async <T>(
  items: readonly T[],
  width: number,
  work: (item: T, index: number, worker: number) => Promise<void>,
): Promise<void> => {
  let next = 0;
  const worker = async (_: unknown, number: number): Promise<void> => {
    for (let index = next++; index < items.length; index = next++)
      await work(items[index] as T, index, number);
  };
  await Promise.all(Array.from({ length: width }, worker));
};

type HomeCall = AnsweredCall & { readonly accountNo: string | undefined };
type Agent = { readonly caller: Caller; readonly extension: string };

const seatAgents = async ({ api, stage }: ColdDay): Promise<Agent[]> => {
  const agents: Agent[] = [];
  for (const { login, password, extension } of stage.logins) {
    const caller = await api.logIn(login, password);
    await caller.done("/hotline/session", { extension });
    agents.push({ caller, extension });
  }
  return agents;
};

/** Homes for each sort of caller; a small town is gone through more than once. */
type Homes = Readonly<Record<Exclude<AnsweredKind, "other-company" | "no-case">, readonly string[]>> & {
  readonly faulty: string;
};

const chooseHomes = async (sql: Sql, most: number): Promise<Homes> => {
  const all = await findHouseholds(sql, most);
  const faulty = must(all[0], "a household to call").stationCode;
  const accountNos = (homes: typeof all): string[] => homes.map(({ accountNo }) => accountNo);
  const elsewhere = accountNos(all.filter(({ stationCode }) => stationCode !== faulty));
  const others = elsewhere.length > 0 ? elsewhere : accountNos(all);
  const waiting = accountNos(all.filter((home) => home.waitsForValve));
  const paid = accountNos(all.filter((home) => home.isPaidAndShut && !home.waitsForValve));
  const valve = [...waiting, ...paid];
  return {
    faulty,
    incident: accountNos(all.filter(({ stationCode }) => stationCode === faulty)),
    valve: valve.length > 0 ? valve : others,
    cold: others,
    leak: others,
    fee: others,
  };
};

const CASES: Readonly<Partial<Record<AnsweredKind, { category: string; summary: string }>>> = {
  valve: { category: "valve.paid-not-open", summary: "已缴费，阀门未开" },
  cold: { category: "heat.below-standard", summary: "室温不达标" },
  leak: { category: "fault.leak", summary: "家中漏水" },
  fee: { category: "payment.amount", summary: "对金额有疑问" },
};

/** What an agent does with a call, and nothing that an agent could not do. */
const handle = async (
  { caller }: Agent,
  callId: string,
  call: HomeCall,
  otherCompanyId: bigint,
): Promise<void> => {
  const address = `/hotline/calls/${callId}`;
  const found = CASES[call.kind];
  const { accountNo } = call;
  if (found !== undefined) {
    await caller.done(`${address}/ticket`, { ...found, accountNo });
  } else if (call.kind === "incident") {
    await caller.done(`${address}/bind`, { accountNo });
    await caller.done(`${address}/wrap-up`, { code: "joined-incident" });
  } else if (call.kind === "other-company") {
    await caller.done(`${address}/wrap-up`, { code: "other-company", companyId: String(otherCompanyId) });
  } else {
    await caller.done(`${address}/wrap-up`, { code: "answered-no-case" });
  }
};

const lineOf = ({ stage }: ColdDay, n: number): string => stage.lines[n % stage.lines.length] ?? "L01";

/** The home of each answered call, chosen before anybody is faster than another: the same seed gives the same homes. */
const homesOf = (homes: Homes, calls: readonly AnsweredCall[]): readonly HomeCall[] => {
  const used = new Map<AnsweredKind, number>();
  return calls.map((call) => {
    if (call.kind === "other-company" || call.kind === "no-case") return { ...call, accountNo: undefined };
    const n = used.get(call.kind) ?? 0;
    used.set(call.kind, n + 1);
    const among = homes[call.kind];
    // Valve homes in their order, those whose payment raised a task first; everybody else from all over the town.
    return { ...call, accountNo: among[(call.kind === "valve" ? n : n * SPREAD) % among.length] };
  });
};

const answerAll = async (
  day: ColdDay,
  agents: readonly Agent[],
  calls: readonly HomeCall[],
  name: string,
): Promise<void> => {
  await inParallel(calls, agents.length, async (call, n, worker) => {
    const agent = must(agents[worker], "an agent");
    const callId = `${day.prefix}${name}-${n}`;
    await tell(day, callId, [
      { type: "ringing", seconds: -3, direction: "inbound", from: call.number, line: lineOf(day, n) },
      { type: "queued", seconds: -2 },
      { type: "answered", seconds: -1, agent: agent.extension },
    ]);
    const { id } = must(await findCallId(day.sql, callId), "the call that was told");
    await handle(agent, String(id), call, day.stage.otherCompanyId);
    await tell(day, callId, [{ type: "ended", seconds: 0 }]);
    day.progress();
  });
};

const loseAll = async (day: ColdDay, numbers: readonly string[], name: string): Promise<void> => {
  await inParallel(numbers, 12, async (number, n) => {
    await tell(day, `${day.prefix}${name}-${n}`, [
      { type: "ringing", seconds: -90, direction: "inbound", from: number, line: lineOf(day, n) },
      { type: "queued", seconds: -88 },
      { type: "abandoned", seconds: -20 },
    ]);
    day.progress();
  });
};

const serveAll = async (day: ColdDay): Promise<void> => {
  await inParallel(day.plan.selfServed, 12, async (number, n) => {
    await tell(day, `${day.prefix}self-${n}`, [
      { type: "ringing", seconds: -60, direction: "inbound", from: number, line: lineOf(day, n) },
      { type: "ended", seconds: -5, selfServed: true },
    ]);
    day.progress();
  });
};

/** Agents take what is due and the exchange dials; everybody who is called answers. */
const callBack = async (day: ColdDay, agents: readonly Agent[]): Promise<void> => {
  const wanted = Array.from({ length: day.plan.callBacks }, (_, n) => n);
  await inParallel(wanted, agents.length, async (n, _, worker) => {
    const { caller, extension } = must(agents[worker], "an agent");
    const { id } = (await caller.done("/hotline/call-backs/next", {})) as { id: string | null };
    if (id === null) return;
    const { number } = await findNumberOfCallBack(day.sql, BigInt(id));
    await tell(day, `${day.prefix}back-${n}`, [
      { type: "ringing", seconds: -9, direction: "outbound", to: number, agent: extension },
      { type: "answered", seconds: -1, agent: extension },
      { type: "ended", seconds: 0 },
    ]);
  });
};

const waitFor = async (what: string, isTrue: () => Promise<boolean>): Promise<void> => {
  const since = monotonicMs();
  while (!(await isTrue())) {
    if (monotonicMs() - since > LONGEST_WAIT_MS) fail("demo.too-slow", `five minutes passed without ${what}`);
    await pause(100);
  }
};

const reportFault = async (day: ColdDay, stationCode: string): Promise<void> => {
  await sendSigned(day, "/hooks/dispatch", day.secrets.dispatch, {
    eventId: `${day.prefix}alarm`,
    event: {
      kind: "alarm",
      occurredAt: day.now().toISOString(),
      note: "模拟：循环泵跳停",
      asset: { station: stationCode },
      stopsHeat: true,
    },
  });
  await waitFor(
    "the incident being opened",
    async () => (await findStandingIncident(day.sql, stationCode)) !== null,
  );
};

/** From the fault at ten to the last call of the evening, but for what comes after `moveToEvening`. */
export const playColdDay = async (day: ColdDay, moveToEvening: () => Promise<void>): Promise<void> => {
  const agents = await seatAgents(day);
  const homes = await chooseHomes(day.sql, 20_000);
  await reportFault(day, homes.faulty);
  const { lostByDay, lostAtNight } = day.plan;
  const answered = homesOf(homes, day.plan.answered);
  const isAgain = ({ again }: HomeCall): boolean => again;
  await Promise.all([
    serveAll(day),
    loseAll(day, lostByDay, "lost"),
    answerAll(
      day,
      agents,
      answered.filter((call) => !isAgain(call)),
      "call",
    ),
  ]);
  await answerAll(day, agents, answered.filter(isAgain), "again");
  await callBack(day, agents);
  for (const { caller } of agents) await caller.done("/hotline/session/end", {});
  await moveToEvening();
  await loseAll(day, lostAtNight, "late");
  await waitFor("every event being handled", async () => (await countUnsettled(day.sql)) === 0);
};
