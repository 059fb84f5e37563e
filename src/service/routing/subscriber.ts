/**
 * Routing at work: what is opened, given back or opened again gets its owner from the worker, a moment later. The causes have
 * names of their own (`opened`, `returned:2`), so that an event and the sweep never route the same case twice.
 */
import { both } from "#src/kernel/words.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { openTasks } from "#src/office/tasks/index.ts";
import type { Subscriber } from "#src/platform/outbox.ts";
import { startClocks } from "#src/service/clocks/index.ts";
import { ticketOfId } from "#src/service/tickets/index.ts";
import { lockAreasOfCases } from "./facts-queries.ts";
import type { PlannedRoute, WantedRoute } from "./plan-routes.ts";
import {
  findLastAssignment,
  findNeverRouted,
  findPeopleWhoLeft,
  findReturns,
  findRoutedBefore,
  findUnrouted,
  findWaitingBeside,
} from "./queries.ts";
import { routeCases } from "./route-cases.ts";
import { routeCorrected } from "./route-corrected.ts";

/** The ruling desk's own clock begins when the case comes to it. */
const startRulingClocks = async (context: CommandContext, plans: readonly PlannedRoute[]): Promise<void> => {
  for (const { decision, facts, wanted } of plans) {
    if (decision.rule !== "second-return") continue;
    const ticket = await ticketOfId(context.sql, facts.ticketId);
    if (ticket === null) continue;
    await startClocks(context, {
      ticketId: facts.ticketId,
      category: facts.category,
      severity: ticket.severity,
      stationId: facts.stationId,
      openedAt: context.now,
      kinds: ["ruling"],
      subject: wanted.causeKey,
    });
  }
};

const wantedAfterReturn = async (
  context: CommandContext,
  ticketId: bigint,
  number: number,
): Promise<WantedRoute> => {
  const last = await findLastAssignment(context.sql, ticketId);
  const returned = (await findReturns(context.sql, ticketId)).at(-1);
  return {
    ticketId,
    causeKey: `returned:${number}`,
    cause: {
      cause: "returned",
      number,
      sendsTo: returned?.sendsTo ?? null,
      role: last?.role ?? null,
      level: last?.level ?? null,
      staffId: last?.staffId ?? null,
    },
    ...(returned !== undefined && {
      reason: returned.reason,
      said: both(returned.reasonName, returned.reasonNameEn),
    }),
  };
};

/** What a case that nobody has waits for; null when it waits for nothing. */
const whatIsWanted = async (context: CommandContext, ticketId: bigint): Promise<WantedRoute | null> => {
  const { sql } = context;
  const ticket = await ticketOfId(sql, ticketId);
  if (ticket === null || ticket.state !== "new") return null;
  const last = await findLastAssignment(sql, ticketId);
  if (last === null) return { ticketId, causeKey: "opened", cause: { cause: "opened" } };
  const keys = [`returned:${ticket.returnCount}`, `reopened:${ticket.reopenCount}`];
  const routed = new Set(
    (await findRoutedBefore(sql, { ticketIds: [ticketId, ticketId], causeKeys: keys })).map(
      (row) => row.causeKey,
    ),
  );
  if (ticket.returnCount > 0 && !routed.has(`returned:${ticket.returnCount}`)) {
    return wantedAfterReturn(context, ticketId, ticket.returnCount);
  }
  if (ticket.reopenCount > 0 && !routed.has(`reopened:${ticket.reopenCount}`)) {
    return { ticketId, causeKey: `reopened:${ticket.reopenCount}`, cause: { cause: "reopened" } };
  }
  if (ticket.ownerId !== null || ticket.ownerRole !== null) return null;
  return { ticketId, causeKey: `swept:${last.id}`, cause: { cause: "swept" } };
};

const routeOne = async (context: CommandContext, wanted: WantedRoute): Promise<void> => {
  await startRulingClocks(context, await routeCases(context, [wanted]));
};

const openedCase = (ticketId: bigint): WantedRoute => ({
  ticketId,
  causeKey: "opened",
  cause: { cause: "opened" },
});

/** So many of an area are given out together: on a cold morning the events of the others find their work done. */
const TOGETHER = 40;

const routeOpened = async (context: CommandContext, ticketId: bigint): Promise<void> => {
  const { sql, today } = context;
  const key = { ticketIds: [ticketId], causeKeys: ["opened"] };
  if ((await findRoutedBefore(sql, key)).length > 0) return;
  await lockAreasOfCases(sql, { ticketIds: [ticketId], day: today });
  const beside = await findWaitingBeside(sql, { ticketId, day: today, limit: TOGETHER });
  await routeCases(context, [ticketId, ...beside].toSorted(byId).map(openedCase));
};

/** What the events of a batch tell: their cases are what waits, so nothing is looked for beside them. */
const routeOpenedTogether = async (context: CommandContext, ticketIds: readonly bigint[]): Promise<void> => {
  await routeCases(context, ticketIds.toSorted(byId).map(openedCase));
};

const byId = (one: bigint, other: bigint): number => (one < other ? -1 : 1);

export const routingSubscriber: Subscriber = {
  name: "routing",
  handlers: {
    "ticket.opened": (context, event) => routeOpened(context, event.payload.ticketId),
    "ticket.returned": async (context, event) => {
      const wanted = await whatIsWanted(context, event.payload.ticketId);
      if (wanted !== null) await routeOne(context, wanted);
    },
    "ticket.corrected": async (context, event) => {
      const { ticketId, changed } = event.payload;
      await routeCorrected(context, ticketId, { key: String(event.id), changed });
    },
    "ticket.reopened": async (context, event) => {
      const { ticketId } = event.payload;
      const ticket = await ticketOfId(context.sql, ticketId);
      if (ticket === null) return;
      await routeOne(context, {
        ticketId,
        causeKey: `reopened:${ticket.reopenCount}`,
        cause: { cause: "reopened" },
      });
    },
  },
  batches: {
    "ticket.opened": (context, events) =>
      routeOpenedTogether(
        context,
        events.map((event) => event.payload.ticketId),
      ),
  },
};

const WAIT_MS = 700;
const WAITING_AT_ONCE = 100;

/**
 * Gives out cases that have waited for most of a second, however long the line of events is before which theirs stands: on
 * a cold morning the line is long, and a case is on somebody's list within two seconds all the same. @returns how many
 */
export const routeWaiting = async (context: CommandContext): Promise<number> => {
  const before = new Date(context.now.getTime() - WAIT_MS);
  const ids = await findNeverRouted(context.sql, { before, limit: WAITING_AT_ONCE });
  if (ids.length === 0) return 0;
  return (await routeCases(context, ids.map(openedCase))).length;
};

const SWEEP_AFTER_MS = 60_000;
const SWEEP_AT_ONCE = 200;

/**
 * Cases that nobody has a minute after their last change (an event that was buried, a merge that was undone) get their owner
 * here. @returns how many
 */
export const sweepUnrouted = async (context: CommandContext): Promise<number> => {
  const before = new Date(context.now.getTime() - SWEEP_AFTER_MS);
  const wanted: WantedRoute[] = [];
  for (const ticketId of await findUnrouted(context.sql, { before, limit: SWEEP_AT_ONCE })) {
    const one = await whatIsWanted(context, ticketId);
    if (one !== null) wanted.push(one);
  }
  const plans = await routeCases(context, wanted);
  await startRulingClocks(context, plans);
  return plans.length;
};

/** Brings cases that lie with somebody who is away before the supervisor, who looks and moves them; once a person and day. */
export const tellOfAbsent = async (context: CommandContext, staffId: bigint | null): Promise<number> => {
  const { sql, today } = context;
  const left = await findPeopleWhoLeft(sql, { staffId, day: today });
  const opened = await openTasks(
    context,
    left.map((person) => ({
      kind: "cases-of-absent",
      source: `staff:${person.staffId}:${today}`,
      title: `${person.open} 件未结工单在请假或离岗人员名下，请查看并改派 Open cases lie with somebody who is away or off duty: move them`,
      details: { staffId: String(person.staffId), open: person.open },
      ownerRole: "supervisor" as const,
    })),
  );
  return opened.filter((one) => one.opened).length;
};

/** A change of duty moves nothing by itself. */
export const dutyWatchSubscriber: Subscriber = {
  name: "routing-duties",
  handlers: {
    "duty.changed": async (context, event) => {
      await tellOfAbsent(context, event.payload.staffId);
    },
  },
};
