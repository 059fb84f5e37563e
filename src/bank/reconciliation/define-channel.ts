/** Setting a channel: here, because a channel names the profile that reads its files. */
import { z } from "zod";
import { loadProfile } from "#src/bank/channels/index.ts";
import { fail } from "#src/kernel/errors.ts";
import {
  type ChannelChange,
  channelCodeIn,
  channelIn,
  channelJson,
  channelOut,
  setChannel,
} from "#src/money/collection/index.ts";
import type { Actor } from "#src/platform/actor.ts";
import type { Idempotency } from "#src/platform/command.ts";
import { defineRoute, type Platform, type Route } from "#src/platform/route.ts";

export type ChannelOrder = {
  readonly actor: Actor;
  readonly requestId: string;
  readonly code: string;
  readonly change: ChannelChange;
  readonly idempotency?: Idempotency | undefined;
};

/**
 * Makes or changes a channel as `setChannel` does, after its profile was found and read. A profile of the company's own is
 * a file on the server, so only who is at the server may name one by its path.
 * @throws DomainError `profile.unknown`, `profile.invalid`, `channel.*`
 */
export const defineChannel = async (
  platform: Platform,
  order: ChannelOrder,
): Promise<z.input<typeof channelOut>> => {
  const { actor, requestId, code, change, idempotency } = order;
  const { profile } = change;
  if (profile !== undefined && profile !== null) {
    if (actor.kind !== "cli" && !/^[a-z0-9-]{1,40}$/.test(profile)) {
      fail("profile.unknown", "a profile is named here, not found by a path", {
        field: "profile",
        remedy: "give the name of a profile that ships with the program, or set it by the command line",
      });
    }
    await loadProfile(profile);
  }
  const { result } = await platform.commands.run(
    { name: "channel.set", actor, requestId, ...(idempotency && { idempotency }) },
    async (context) => channelJson(code, await setChannel(context, code, change)),
  );
  return result;
};

export const defineChannelRoute: Route = defineRoute({
  method: "put",
  path: "/channels/{code}",
  permission: "channel.write",
  tag: "Channels 渠道",
  summary: "Make a channel or change it; what is left out stays",
  params: z.strictObject({ code: channelCodeIn }),
  body: channelIn,
  response: channelOut,
  idempotency: "optional",
  handle: async ({ platform, actor, params, body, idempotency, requestId }) => ({
    body: await defineChannel(platform, { actor, requestId, code: params.code, change: body, idempotency }),
  }),
});
