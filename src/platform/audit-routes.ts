/** The proof of the audit over HTTP: a run that verifies every seal, asked for here and made by a worker. It is searched in reports. */
import { z } from "zod";
import { withNames } from "#src/platform/people.ts";
import { requestVerification } from "./audit-verification.ts";
import { listVerifications } from "./operations-queries.ts";
import { defineRoute, type Route } from "./route.ts";

const tag = "Audit 审计";
const verificationOut = withNames(
  z.object({
    id: z.string(),
    askedBy: z.string().nullable(),
    askedAt: z.string(),
    state: z.enum(["asked", "running", "done", "failed"]),
    startedAt: z.string().nullable(),
    finishedAt: z.string().nullable(),
    /** Rows and blocks per stream, findings: ids and digests. */
    report: z.unknown(),
  }),
  "askedBy",
);

const verifications = defineRoute({
  method: "get",
  path: "/audit/verifications",
  permission: "audit.read",
  summary: "The latest runs that verified the seals, with what they found",
  tag,
  response: z.object({ items: z.array(verificationOut) }),
  handle: async ({ platform }) => ({
    body: {
      items: (await listVerifications(platform.database.sql, 20)).map((run) => ({
        ...run,
        id: String(run.id),
        askedAt: run.askedAt.toISOString(),
        startedAt: run.startedAt?.toISOString() ?? null,
        finishedAt: run.finishedAt?.toISOString() ?? null,
      })),
    },
  }),
});

const verify = defineRoute({
  method: "post",
  path: "/audit/verifications",
  permission: "audit.read",
  summary: "Ask for a run that verifies every seal; a worker begins within a minute",
  tag,
  response: z.object({ id: z.string() }),
  status: 202,
  handle: async ({ platform, actor, requestId }) => {
    const { result } = await platform.commands.run(
      { name: "audit.verify", actor, requestId },
      requestVerification,
    );
    return { body: { id: String(result) } };
  },
});

export const auditRoutes: readonly Route[] = [verifications, verify];
