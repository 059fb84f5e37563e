/** A notice at work over HTTP: begin, hold, go on, end. */
import { z } from "zod";
import type { CommandContext } from "#src/platform/command.ts";
import { defineRoute, type Route } from "#src/platform/route.ts";
import { pauseNotice, resumeNotice, startNotice, stopNotice } from "./run.ts";
import { idParams, reasonIn, tag, versionOut } from "./route-parts.ts";

const withReason = z.strictObject({ reason: reasonIn });

const start = defineRoute({
  method: "post",
  path: "/notices/{id}/start",
  permission: "notice.write",
  tag,
  summary: "Begin an approved notice",
  params: idParams,
  ifMatch: true,
  response: versionOut,
  handle: async ({ platform, actor, params, ifMatch = 0, requestId }) => {
    const { result } = await platform.commands.run({ name: "notice.start", actor, requestId }, (context) =>
      startNotice(context, params.id, ifMatch),
    );
    return { headers: { ETag: `"${result}"` }, body: { id: String(params.id), version: result } };
  },
});

// Without If-Match: whoever has to stop something has no time to read it first.
const moving = (
  verb: "pause" | "resume" | "stop",
  summary: string,
  work: (context: CommandContext, id: bigint, reason: string) => Promise<number>,
): Route =>
  defineRoute({
    method: "post",
    path: `/notices/{id}/${verb}`,
    permission: "notice.write",
    tag,
    summary,
    params: idParams,
    body: withReason,
    response: versionOut,
    handle: async ({ platform, actor, params, body, requestId }) => {
      const { result } = await platform.commands.run(
        { name: `notice.${verb}`, actor, requestId },
        (context) => work(context, params.id, body.reason),
      );
      return { headers: { ETag: `"${result}"` }, body: { id: String(params.id), version: result } };
    },
  });

export const runRoutes: Route[] = [
  start,
  moving("pause", "Hold a notice: nothing of it is called from now on", pauseNotice),
  moving("resume", "Go on with a notice that is held", resumeNotice),
  moving("stop", "End a notice: what has not been called is not called any more", stopNotice),
];
