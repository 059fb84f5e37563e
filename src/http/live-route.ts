/** GET /live: the live feed as Server-Sent Events (RFC: HTML living standard, 9.2), and how one stream is served. */
import type { Request, Response } from "express";
import { z } from "zod";
import type { Actor } from "#src/platform/actor.ts";
import { defineRoute, type Route } from "#src/platform/route.ts";
import type { Credential } from "./authentication.ts";
import type { LiveHub } from "./live-hub.ts";

const EVENT_STREAM = "text/event-stream";

/** What a stream was asked for: the reply of the route, served as a stream instead of being sent. */
const liveWish = z.object({
  topics: z.array(z.string()).nullable(),
  afterId: z.string().nullable(),
  follow: z.boolean(),
});
export type LiveWish = z.output<typeof liveWish>;

const id = z.string().regex(/^\d{1,18}$/, "the id of an event");
const topic = /^[a-z][a-z0-9.-]{1,60}$/;

export const liveRoute = defineRoute({
  method: "get",
  path: "/live",
  permission: "live.read",
  tag: "Live 实时",
  summary:
    "What happens, as Server-Sent Events: topic, subject and ids within the caller's areas. Last-Event-ID (or `after`) catches up without a gap; `reset` says that it is too old",
  query: z.strictObject({
    topics: z
      .string()
      .max(500)
      .transform((text) => text.split(","))
      .pipe(z.array(z.string().regex(topic, "topics with commas between")).min(1).max(20))
      .optional(),
    /** Where a browser cannot send the header: the first connection of a page that knows an id. */
    after: id.optional(),
    /** `no` ends the stream after what is there. */
    follow: z.enum(["yes", "no"]).default("yes"),
  }),
  response: liveWish,
  produces: EVENT_STREAM,
  handle: async ({ query, headers }) => {
    const last = id.safeParse(headers["last-event-id"]);
    return {
      body: {
        topics: query.topics ?? null,
        afterId: last.success ? last.data : (query.after ?? null),
        follow: query.follow === "yes",
      },
    };
  },
});

export const isLiveRoute = (route: Route): boolean => route.produces === EVENT_STREAM;

type Caller = { readonly actor: Actor; readonly credential: Credential; readonly wish: LiveWish };

/** Begins the stream and returns; it ends when either side does. @throws DomainError `live.full`, `live.closing` */
export const serveLive = (hub: LiveHub, caller: Caller, request: Request, response: Response): void => {
  const { wish } = caller;
  let isOpen = true;
  const end = (): void => {
    if (!isOpen) return;
    isOpen = false;
    // Whoever reads nothing would keep a polite end waiting for ever.
    if (response.writableNeedDrain) response.destroy();
    else response.end();
  };
  const listening = hub.join({
    credential: caller.credential,
    actor: caller.actor,
    topics: wish.topics,
    afterId: wish.afterId === null ? null : BigInt(wish.afterId),
    follow: wish.follow,
    sink: { write: (text) => !isOpen || response.write(text), end },
  });
  response.writeHead(200, {
    "Content-Type": `${EVENT_STREAM}; charset=utf-8`,
    "Cache-Control": "no-store",
    // A proxy that gathers an answer before it passes it on would make the feed a post office.
    "X-Accel-Buffering": "no",
  });
  response.flushHeaders();
  request.socket.setNoDelay(true);
  response.on("drain", () => listening.onDrain());
  response.on("close", () => {
    isOpen = false;
    listening.leave();
  });
  response.on("error", () => listening.leave());
};
