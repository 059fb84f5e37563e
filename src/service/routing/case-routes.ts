/** What happens to a case between people, over HTTP: why it lies where it lies, and giving back, handing up, ruling. */
import { z } from "zod";
import type { Action } from "#src/platform/actions.ts";
import type { Actor } from "#src/platform/actor.ts";
import { today } from "#src/platform/clock.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { withNames } from "#src/platform/people.ts";
import { defineRoute, type Platform, type Route } from "#src/platform/route.ts";
import { changeSeen, type SeenRequest } from "#src/platform/seen-change.ts";
import { accessTicket, ticketOfId } from "#src/service/tickets/index.ts";
import { findFirings } from "./ladder-queries.ts";
import { findAssignments, findReturns, findRulings, PRECEDENT_SCOPES } from "./queries.ts";
import { escalateCase, returnCase, ruleCase } from "./returns.ts";
import { BOUNDARIES, CAUSES, LEVELS, OUTCOMES, RULES } from "./vocabulary.ts";

const tag = "Routing 派单";
const ticketParams = z.strictObject({ ticketNo: z.string().min(1).max(20) });
const versionOut = z.object({ ticketNo: z.string(), version: z.int() });

const linkOut = withNames(
  z.object({
    position: z.int(),
    step: z.string(),
    login: z.string().nullable(),
    outcome: z.enum(OUTCOMES),
    openCount: z.int().optional(),
    openLimit: z.int().optional(),
  }),
  "login",
);

const assignmentOut = withNames(
  z.object({
    id: z.string(),
    cause: z.enum(CAUSES),
    rule: z.enum(RULES),
    decidedAt: z.string(),
    decidedBy: z.string().nullable(),
    tableId: z.string().nullable(),
    precedentId: z.string().nullable(),
    boundary: z.enum(BOUNDARIES),
    level: z.enum(LEVELS),
    role: z.string(),
    area: z.string().nullable(),
    login: z.string().nullable(),
    /** Of a station that is not ours: the firm, its phone, and the sentence for the caller. */
    explanation: z.record(z.string(), z.unknown()).nullable(),
    chain: z.array(linkOut),
    reason: z.string().nullable(),
    /** Null where it stands in one language. */
    reasonEn: z.string().nullable(),
  }),
  "decidedBy",
  "login",
);

const routeOut = z.object({
  bounces: z.int(),
  assignments: z.array(assignmentOut),
  returns: z.array(
    withNames(
      z.object({
        number: z.int(),
        reason: z.string(),
        words: z.string(),
        role: z.string(),
        level: z.enum(LEVELS),
        login: z.string().nullable(),
        returnedAt: z.string(),
      }),
      "login",
    ),
  ),
  rulings: z.array(
    withNames(
      z.object({
        role: z.string(),
        level: z.enum(LEVELS),
        words: z.string(),
        precedentId: z.string().nullable(),
        ruledAt: z.string(),
        login: z.string().nullable(),
      }),
      "login",
    ),
  ),
  firings: z.array(
    z.object({
      ladder: z.string(),
      position: z.int(),
      words: z.string(),
      wordsEn: z.string(),
      dueAt: z.string(),
      firedAt: z.string(),
      told: z.array(withNames(z.object({ login: z.string(), readAt: z.string().nullable() }), "login")),
    }),
  ),
});

const idText = (id: bigint | null): string | null => (id === null ? null : String(id));

const routeOf = async (platform: Platform, ticketId: bigint): Promise<z.input<typeof routeOut>> => {
  const { sql } = platform.database;
  const [assignments, returns, rulings, firings] = await Promise.all([
    findAssignments(sql, ticketId),
    findReturns(sql, ticketId),
    findRulings(sql, ticketId),
    findFirings(sql, ticketId),
  ]);
  return {
    bounces: returns.length,
    assignments: assignments.map((row) => ({
      id: String(row.id),
      cause: row.cause,
      rule: row.rule,
      decidedAt: row.decidedAt.toISOString(),
      decidedBy: row.decidedBy,
      tableId: idText(row.tableId),
      precedentId: idText(row.precedentId),
      boundary: row.boundary,
      level: row.level,
      role: row.role,
      area: row.areaCode,
      login: row.login,
      explanation: row.explanation as Record<string, unknown> | null,
      chain: z.array(linkOut).parse(row.chain),
      reason: row.reason,
      reasonEn: row.reasonEn,
    })),
    returns: returns.map(
      ({ staffId: _staffId, sendsTo: _sendsTo, reasonName: _name, reasonNameEn: _nameEn, ...row }) => ({
        ...row,
        returnedAt: row.returnedAt.toISOString(),
      }),
    ),
    rulings: rulings.map((row) => ({
      ...row,
      precedentId: idText(row.precedentId),
      ruledAt: row.ruledAt.toISOString(),
    })),
    firings: firings.map((row) => ({
      ladder: row.ladder,
      position: row.position,
      words: row.words,
      wordsEn: row.wordsEn,
      dueAt: row.dueAt.toISOString(),
      firedAt: row.firedAt.toISOString(),
      told: [...row.told],
    })),
  };
};

const ticketFor = (platform: Platform, actor: Actor, ticketNo: string) =>
  accessTicket(platform.database.sql, actor, ticketNo, today(platform.clock));

/** Given back, a case may lie where the giver looks no more: only the version is told. */
const versionNow = async (platform: Platform, ticketNo: string, ticketId: bigint) => ({
  ticketNo,
  version: (await ticketOfId(platform.database.sql, ticketId))?.version ?? 0,
});

/** What a person decides about a case and the version that was seen. */
const changeCase = async <T>(
  request: SeenRequest & { readonly params: { readonly ticketNo: string } },
  name: Action,
  work: (context: CommandContext, on: { ticketId: bigint; version: number }) => Promise<T>,
): Promise<{ readonly result: T; readonly now: z.input<typeof versionOut> }> => {
  const { platform, actor, params } = request;
  const ticket = await ticketFor(platform, actor, params.ticketNo);
  const result = await changeSeen(request, name, (context, version) =>
    work(context, { ticketId: ticket.id, version }),
  );
  return { result, now: await versionNow(platform, params.ticketNo, ticket.id) };
};

export const caseRoutes: readonly Route[] = [
  defineRoute({
    method: "get",
    path: "/tickets/{ticketNo}/route",
    permission: "routing.read",
    tag,
    summary: "Why a case lies where it lies: every assignment with the chain that was walked",
    params: ticketParams,
    response: routeOut,
    handle: async ({ platform, actor, params }) => {
      const ticket = await ticketFor(platform, actor, params.ticketNo);
      return { body: await routeOf(platform, ticket.id) };
    },
  }),
  defineRoute({
    method: "post",
    path: "/tickets/{ticketNo}/return",
    permission: "ticket.write",
    tag,
    summary: "Give a case back with a reason; the second time the ruling desk gets it",
    params: ticketParams,
    body: z.strictObject({
      reason: z.string().min(1).max(40),
      words: z.string().trim().max(500).default(""),
    }),
    response: versionOut,
    ifMatch: true,
    handle: async (request) => {
      const { now } = await changeCase(request, "routing.return", (context, on) =>
        returnCase(context, { ...on, ...request.body }),
      );
      return { body: now };
    },
  }),
  defineRoute({
    method: "post",
    path: "/tickets/{ticketNo}/escalate",
    permission: "ticket.write",
    tag,
    summary: "Hand a case a level up: area > branch > company",
    params: ticketParams,
    body: z.strictObject({ words: z.string().trim().min(1).max(500) }),
    response: versionOut,
    ifMatch: true,
    handle: async (request) => {
      const { now } = await changeCase(request, "routing.escalate", (context, on) =>
        escalateCase(context, { ...on, words: request.body.words }),
      );
      return { body: now };
    },
  }),
  defineRoute({
    method: "post",
    path: "/tickets/{ticketNo}/ruling",
    permission: "routing.rule",
    tag,
    summary: "Rule whose a case is; for what else it holds, the next such case goes straight",
    params: ticketParams,
    body: z.strictObject({
      role: z.string().min(1).max(40),
      level: z.enum(LEVELS),
      words: z.string().trim().min(1).max(1000),
      precedent: z.enum(PRECEDENT_SCOPES).nullable(),
    }),
    response: versionOut.extend({ rulingId: z.string(), precedentId: z.string().nullable() }),
    ifMatch: true,
    handle: async (request) => {
      const { result, now } = await changeCase(request, "routing.rule", (context, on) =>
        ruleCase(context, { ...on, ...request.body }),
      );
      const { rulingId, precedentId } = result;
      return { body: { ...now, rulingId: String(rulingId), precedentId: idText(precedentId) } };
    },
  }),
];
