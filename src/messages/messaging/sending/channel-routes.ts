/** Routes of the channels: what each may do now, and what people set. */
import { z } from "zod";
import { defineRoute, type Route } from "#src/platform/route.ts";
import { changeSeen } from "#src/platform/seen-change.ts";
import { CHANNEL_NAMES, resumeChannel, setChannelRate, stopChannel, tryChannel } from "./channels.ts";
import { readBacklog, readGates } from "./figure-queries.ts";
import { untilLooked } from "./gate-watch.ts";

const TAG = "Messages 消息";
const instant = z.string();
const channel = z.enum(CHANNEL_NAMES);
const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

const channelsOut = z.object({
  channels: z.array(
    z.object({
      channel,
      /** Due and not yet claimed, and how long the oldest of them has been due. */
      backlog: z.int(),
      oldestSeconds: z.number(),
      underWay: z.int(),
      providers: z.array(
        z.object({
          provider: z.string(),
          /** null: as fast as the provider answers. */
          ratePerSecond: z.int().nullable(),
          pausedUntil: instant.nullable(),
          /** '' while no person has stopped it. */
          stoppedReason: z.string(),
          breaker: z.enum(["closed", "open", "half-open"]),
          failures: z.int(),
          openUntil: instant.nullable(),
          lastTrouble: z.string(),
          lastTroubleAt: instant.nullable(),
          /** Messages of which a person has to decide what became of them. */
          undecided: z.int(),
          /** For `If-Match`: raised by what people set. */
          version: z.int(),
        }),
      ),
    }),
  ),
});

const channels = defineRoute({
  method: "get",
  path: "/messages/channels",
  permission: "message.set-up",
  summary: "What each channel may do now: backlog, age, rate, pause, circuit breaker",
  tag: TAG,
  response: channelsOut,
  handle: async ({ platform }) => {
    const { sql } = platform.database;
    const [backlog, gates] = await Promise.all([readBacklog(sql, platform.clock.now()), readGates(sql)]);
    return {
      body: {
        channels: backlog.map((one) => ({
          ...one,
          providers: gates
            .filter((gate) => gate.channel === one.channel)
            .map(({ channel: _channel, ...gate }) => ({
              ...gate,
              pausedUntil: iso(gate.pausedUntil),
              openUntil: iso(gate.openUntil),
              lastTroubleAt: iso(gate.lastTroubleAt),
            })),
        })),
      },
    };
  },
});

const PATH = "/messages/channels/{channel}/{provider}";
const PERMISSION = "message.settings";
const params = z.strictObject({ channel, provider: z.string().regex(/^[a-z][a-z0-9-]{1,40}$/) });
const reasonIn = z.string().trim().min(2).max(200);
const changedOut = z.object({ channel, provider: z.string(), version: z.int() });
type Key = z.output<typeof params>;
const answerOf = (key: Key, { version }: { readonly version: number }) => ({
  headers: { ETag: `"${version}"` },
  body: { ...key, version },
});

const rateRoute = defineRoute({
  method: "put",
  path: PATH,
  permission: PERMISSION,
  summary: "Set how fast a channel goes; null: as fast as its provider answers. A stop stays",
  tag: TAG,
  params,
  body: z.strictObject({ ratePerSecond: z.int().min(1).max(100_000).nullable() }),
  response: changedOut,
  ifMatch: true,
  handle: async (request) => {
    const { params: key, body } = request;
    const changed = await changeSeen(request, "message.channel-rate", (context, seen) =>
      setChannelRate(context, key, seen, body.ratePerSecond),
    );
    await untilLooked();
    return answerOf(key, changed);
  },
});

const stopRoute = defineRoute({
  method: "post",
  path: `${PATH}/stop`,
  permission: PERMISSION,
  summary: "Stop a channel with a reason, at once and whatever others have set",
  tag: TAG,
  params,
  body: z.strictObject({ reason: reasonIn }),
  response: changedOut,
  handle: async ({ platform, actor, requestId, params: key, body }) => {
    const { result } = await platform.commands.run(
      { name: "message.channel-stop", actor, requestId },
      (context) => stopChannel(context, key, body.reason),
    );
    await untilLooked();
    return answerOf(key, result);
  },
});

const resumeRoute = defineRoute({
  method: "post",
  path: `${PATH}/resume`,
  permission: PERMISSION,
  summary: "Let a stopped channel go on: the stop that was seen, and no later one",
  tag: TAG,
  params,
  body: z.strictObject({ reason: reasonIn }),
  response: changedOut,
  ifMatch: true,
  handle: async (request) => {
    const { params: key, body } = request;
    const changed = await changeSeen(request, "message.channel-resume", (context, seen) =>
      resumeChannel(context, key, seen, body.reason),
    );
    return answerOf(key, changed);
  },
});

const tryRoute = defineRoute({
  method: "post",
  path: `${PATH}/try`,
  permission: PERMISSION,
  summary: "End a pause and close the breaker of a channel; a stop stays",
  tag: TAG,
  params,
  response: changedOut,
  handle: async ({ platform, actor, requestId, params: key }) => {
    const { result } = await platform.commands.run(
      { name: "message.channel-try", actor, requestId },
      (context) => tryChannel(context, key),
    );
    return answerOf(key, result);
  },
});

export const channelRoutes: readonly Route[] = [channels, rateRoute, stopRoute, resumeRoute, tryRoute];
