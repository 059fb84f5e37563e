/** Cases over HTTP for tests: two towns, two agents, a supervisor, and the area manager of the north. */
import type { Actor } from "#src/platform/actor.ts";
import { must } from "#src/kernel/errors.ts";
import { ticketRoutes } from "#src/service/tickets/index.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { person } from "#tests/support/people.ts";
import { buildTicketTown, type TicketTown } from "#tests/support/tickets.ts";
import { type Answer, ask, type Edge, platformOf, startEdge } from "./edge.ts";

export const tokenOf = (who: string): string => `token-of-agent-${who}`;
export const numbersIn = (answer: Answer): string[] =>
  (answer.body["items"] as { ticketNo: string }[]).map((item) => item.ticketNo);

export type TicketEdge = {
  readonly db: TestDatabase;
  readonly edge: Edge;
  readonly north: TicketTown;
  readonly south: TicketTown;
  /** By the name that stands in the token: wang and li are agents, boss a supervisor, zhao the manager of the north. */
  readonly callers: Map<string, Actor>;
  actor(who: string): Actor;
  send(who: string, method: string, path: string, json?: unknown, ifMatch?: number): Promise<Answer>;
  get(who: string, path: string): Promise<Answer>;
  stop(): Promise<void>;
};

export const startTicketEdge = async (): Promise<TicketEdge> => {
  const db = await createTestDatabase("2026-11-16T10:00:00+08:00");
  const north = await buildTicketTown(db, "N", "1");
  const south = await buildTicketTown(db, "S", "2");
  const callers = new Map<string, Actor>();
  for (const login of ["wang", "li"]) callers.set(login, await person(db, login, ["agent"]));
  callers.set("boss", await person(db, "boss", ["supervisor"]));
  const manager = await person(db, "zhao", ["area-manager"]);
  callers.set("zhao", { ...manager, scope: { kind: "areas", areaIds: [north.areaId] } });
  const edge = await startEdge(platformOf(db), ticketRoutes, {
    authenticate: async (credential) =>
      credential.kind === "token"
        ? (callers.get(credential.token.replace("token-of-agent-", "")) ?? null)
        : null,
  });
  const send: TicketEdge["send"] = (who, method, path, json, ifMatch) =>
    ask(edge, `/api/v1${path}`, {
      method,
      token: tokenOf(who),
      ...(json !== undefined && { json }),
      headers: ifMatch === undefined ? {} : { "if-match": `"${ifMatch}"` },
    });
  return {
    db,
    edge,
    north,
    south,
    callers,
    actor: (who) => must(callers.get(who), who),
    send,
    get: (who, path) => send(who, "GET", path),
    stop: async () => {
      await edge.stop();
      await db.drop();
    },
  };
};
