/** Changes that a person makes about a version that was seen (`If-Match`): who comes second is shown that somebody was first. */
import { must } from "#src/kernel/errors.ts";
import type { Action } from "./actions.ts";
import type { CommandContext } from "./command.ts";
import type { RouteRequest } from "./route.ts";

export type SeenRequest = Pick<
  RouteRequest<unknown, unknown, unknown>,
  "platform" | "actor" | "requestId" | "ifMatch"
>;

/** One command of a route that is declared `ifMatch: true`, under the version that its request names. */
export const changeSeen = async <T>(
  { platform, actor, requestId, ifMatch }: SeenRequest,
  name: Action,
  work: (context: CommandContext, seen: number) => Promise<T>,
): Promise<T> => {
  const seen = must(ifMatch, "If-Match, which the edge requires");
  const { result } = await platform.commands.run({ name, actor, requestId }, (context) =>
    work(context, seen),
  );
  return result;
};

/** The answer of a change: which one, and its version now, for the next change. */
export const versionAnswer = (id: bigint, version: number) => ({
  headers: { ETag: `"${version}"` },
  body: { id: String(id), version },
});
