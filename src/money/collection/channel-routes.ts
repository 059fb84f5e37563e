/** Reading channels over HTTP. They are set one floor higher, where the bank profiles are known. */
import { z } from "zod";
import { ROLES } from "#src/platform/actor.ts";
import { defineRoute, fenJson, fenOut, type Route } from "#src/platform/route.ts";
import { type ChannelTerms, listChannelDetails } from "./channel-queries.ts";
import { CHANNEL_KINDS } from "./channels.ts";

export const channelOut = z.object({
  code: z.string(),
  name: z.string(),
  /** Null: nobody gave one. */
  nameEn: z.string().nullable(),
  kind: z.enum(CHANNEL_KINDS),
  realTime: z.boolean(),
  profile: z.string().nullable(),
  bankAccountNo: z.string().nullable(),
  dayCutAt: z.string(),
  dayCutToleranceMinutes: z.int(),
  fileDueAt: z.string().nullable(),
  taskOwnerRole: z.enum(ROLES),
  taskOwner: z.string().nullable(),
  settlementPattern: z.string().nullable(),
  settlementDelayDays: z.int(),
  feePerItemFen: fenOut,
  feeBasisPoints: z.int(),
  active: z.boolean(),
});

export const channelJson = (code: string, terms: ChannelTerms): z.input<typeof channelOut> => ({
  code,
  name: terms.name,
  nameEn: terms.nameEn,
  kind: terms.kind,
  realTime: terms.realTime,
  profile: terms.profile,
  bankAccountNo: terms.bankAccountNo,
  dayCutAt: terms.dayCutAt,
  dayCutToleranceMinutes: terms.dayCutToleranceMinutes,
  fileDueAt: terms.fileDueAt,
  taskOwnerRole: terms.taskOwnerRole,
  taskOwner: terms.taskOwner,
  settlementPattern: terms.settlementPattern,
  settlementDelayDays: terms.settlementDelayDays,
  feePerItemFen: fenJson(terms.feePerItemFen),
  feeBasisPoints: terms.feeBasisPoints,
  active: terms.active,
});

export const channelRoutes: readonly Route[] = [
  defineRoute({
    method: "get",
    path: "/channels",
    permission: "channel.read",
    tag: "Channels 渠道",
    summary: "The ways in which money comes in; a machine of a channel sees its own",
    response: z.object({ items: z.array(channelOut) }),
    handle: async ({ platform, actor }) => ({
      body: {
        items: (await listChannelDetails(platform.database.sql, actor.channelId ?? null)).map((channel) =>
          // A login of ours is nothing for the bank's machine.
          channelJson(channel.code, actor.kind === "machine" ? { ...channel, taskOwner: null } : channel),
        ),
      },
    }),
  }),
];
