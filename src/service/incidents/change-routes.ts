/** What a person does to a standing incident over HTTP; each needs the version that was seen. */
import { z } from "zod";
import type { Action } from "#src/platform/actions.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { defineRoute, type Route, rowIdIn } from "#src/platform/route.ts";
import { changeSeen, type SeenRequest, versionAnswer } from "#src/platform/seen-change.ts";
import { STAYS } from "./close-cases-queries.ts";
import { closeCases } from "./close-cases.ts";
import { closeIncident, reopenIncident } from "./close-incident.ts";
import { cancelIncident, releaseBuildings, updateIncident } from "./update-incident.ts";

const tag = "Incidents 事件";
const idParams = z.strictObject({ id: rowIdIn });
const text = z.string().trim().min(1).max(1000);
const script = z.string().trim().min(1).max(500);
const instant = z.iso.datetime({ offset: true }).transform((value) => new Date(value));

const changedOut = z.object({ id: z.string(), version: z.int() });

const runChange = async (
  request: SeenRequest & { readonly params: { readonly id: bigint } },
  name: Action,
  work: (context: CommandContext, version: number) => Promise<number>,
) => versionAnswer(request.params.id, await changeSeen(request, name, work));

const update = defineRoute({
  method: "post",
  path: "/incidents/{id}/updates",
  permission: "incident.write",
  tag,
  summary: "Say something new: to banner and menu at once, on the timeline of every case",
  params: idParams,
  body: z.strictObject({
    text,
    expectedBackAt: instant.nullable().optional(),
    script: script.nullable().optional(),
    scriptEn: script.nullable().optional(),
  }),
  response: changedOut,
  ifMatch: true,
  handle: (request) =>
    runChange(request, "incident.update", (context, version) =>
      updateIncident(context, request.params.id, version, request.body),
    ),
});

const release = defineRoute({
  method: "post",
  path: "/incidents/{id}/release",
  permission: "incident.write",
  tag,
  summary: "Heat is back in some buildings (or all, when none is named): they leave",
  params: idParams,
  body: z.strictObject({ text, buildingIds: z.array(rowIdIn).min(1).max(2000).nullable().default(null) }),
  response: changedOut,
  ifMatch: true,
  handle: (request) =>
    runChange(request, "incident.release", (context, version) =>
      releaseBuildings(context, request.params.id, version, request.body),
    ),
});

const close = defineRoute({
  method: "post",
  path: "/incidents/{id}/close",
  permission: "incident.write",
  tag,
  summary: "Close an incident with what shows that it is over; its cases are resolved with it",
  params: idParams,
  body: z.strictObject({
    evidence: text,
    evidenceKind: z.enum(["attachment", "visit", "order", "slip", "call-back"]),
    evidenceRef: z
      .string()
      .regex(/^[a-z][a-z-]*:\d{1,18}$/, "such as work-order:9 or file:3")
      .nullable()
      .default(null),
    /** A supervisor's reason to close it while buildings are still in it. */
    force: text.nullable().default(null),
  }),
  response: changedOut,
  ifMatch: true,
  handle: (request) =>
    runChange(request, "incident.close", (context, version) =>
      closeIncident(context, request.params.id, version, request.body),
    ),
});

const reopen = defineRoute({
  method: "post",
  path: "/incidents/{id}/reopen",
  permission: "incident.write",
  tag,
  summary: "A closed incident was not over: its buildings are without heat again, its resolved cases go on",
  params: idParams,
  body: z.strictObject({
    reason: text,
    buildingIds: z.array(rowIdIn).min(1).max(2000).nullable().default(null),
  }),
  response: changedOut,
  ifMatch: true,
  handle: (request) =>
    runChange(request, "incident.reopen", (context, version) =>
      reopenIncident(context, request.params.id, version, request.body),
    ),
});

const cancel = defineRoute({
  method: "post",
  path: "/incidents/{id}/cancel",
  permission: "incident.write",
  tag,
  summary: "Take an incident back that was none; its cases go on alone",
  params: idParams,
  body: z.strictObject({ reason: text }),
  response: changedOut,
  ifMatch: true,
  handle: (request) =>
    runChange(request, "incident.cancel", (context, version) =>
      cancelIncident(context, request.params.id, version, request.body.reason),
    ),
});

const closeCasesTogether = defineRoute({
  method: "post",
  path: "/incidents/{id}/close-cases",
  permission: "incident.close-cases",
  tag,
  summary: "Close the cases that a closed incident resolved; those that stay are named with the reason",
  params: idParams,
  body: z.strictObject({
    /** Where the call before ended (`next`). */
    after: rowIdIn.optional(),
    limit: z.int().min(1).max(500).default(200),
  }),
  response: z.object({
    closed: z.int(),
    stayed: z.array(z.object({ ticketNo: z.string(), why: z.enum(STAYS) })),
    next: z.string().nullable(),
    unresolved: z.int(),
  }),
  handle: async ({ platform, actor, requestId, params, body }) => {
    const { after = 0n, limit } = body;
    const done = await closeCases(platform, actor, params.id, { after, limit, requestId });
    return {
      body: { ...done, stayed: [...done.stayed], next: done.next === null ? null : String(done.next) },
    };
  },
});

export const changeRoutes: readonly Route[] = [update, release, close, reopen, cancel, closeCasesTogether];
