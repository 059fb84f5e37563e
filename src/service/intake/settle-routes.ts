/** Routes of what no case took, read or not: a person puts it under a case, puts it away with a reason, or puts it back. */
import { z } from "zod";
import { fail } from "#src/kernel/errors.ts";
import { putBackReceived, settleReceived } from "#src/messages/messaging/index.ts";
import { accountNoIn, defineRoute, type Route, rowIdIn } from "#src/platform/route.ts";
import { accessQuarantined, accessReceived } from "./access-received.ts";
import { type Placement, placeQuarantined, placeReceived } from "./place-message.ts";

const tag = "Messages 消息";
const params = z.strictObject({ id: rowIdIn });
const reasonIn = z.string().trim().min(2).max(200);
const placeIn = z.strictObject({
  /** Either the case that it belongs to, or the household for which a new one is opened. */
  ticketNo: z.string().trim().min(2).max(30).optional(),
  accountNo: accountNoIn.optional(),
});
const placedOut = z.object({ ticketNo: z.string() });
const doneOut = z.object({ id: z.string() });

const placementOf = ({ ticketNo, accountNo }: z.output<typeof placeIn>): Placement => {
  if (ticketNo !== undefined && accountNo === undefined) return { ticketNo };
  if (accountNo !== undefined && ticketNo === undefined) return { accountNo };
  return fail("message.place-one", "name the case that it belongs to, or a household, and not both", {
    field: "ticketNo",
  });
};

const KINDS = [
  { path: "received-messages", access: accessReceived, what: "a message without a case" },
  { path: "quarantined-messages", access: accessQuarantined, what: "a mail that could not be read" },
] as const;

const discard = ({ path, access, what }: (typeof KINDS)[number]): Route =>
  defineRoute({
    method: "post",
    path: `/${path}/{id}/discard`,
    permission: "message.write",
    summary: `Put away ${what}, with the reason; it stays to be read`,
    tag,
    params,
    body: z.strictObject({ reason: reasonIn }),
    response: doneOut,
    handle: async ({ platform, actor, params: { id }, body, requestId }) => {
      await access(platform, actor, id);
      await platform.commands.run({ name: "message.discard", actor, requestId }, (context) =>
        settleReceived(context, id, body.reason),
      );
      return { body: { id: String(id) } };
    },
  });

const putBack = ({ path, access, what }: (typeof KINDS)[number]): Route =>
  defineRoute({
    method: "post",
    path: `/${path}/{id}/put-back`,
    permission: "message.write",
    summary: `Put ${what} back among what waits for a person`,
    tag,
    params,
    response: doneOut,
    handle: async ({ platform, actor, params: { id }, requestId }) => {
      await access(platform, actor, id);
      await platform.commands.run({ name: "message.put-back", actor, requestId }, (context) =>
        putBackReceived(context, id),
      );
      return { body: { id: String(id) } };
    },
  });

const placeRead = defineRoute({
  method: "post",
  path: "/received-messages/{id}/placement",
  permission: "ticket.write",
  summary: "Put a message without a case under one, or open one of a household for it",
  tag,
  params,
  body: placeIn,
  response: placedOut,
  handle: async ({ platform, actor, params: { id }, body, requestId }) => {
    const placement = placementOf(body);
    await accessReceived(platform, actor, id);
    const { result } = await platform.commands.run(
      { name: "message.place", actor, requestId },
      async (context) => ({ ticketNo: (await placeReceived(context, id, placement)).ticketNo }),
    );
    return { body: result };
  },
});

const placeUnread = defineRoute({
  method: "post",
  path: "/quarantined-messages/{id}/placement",
  permission: "ticket.write",
  summary:
    "Put a mail that could not be read under a case, or open one of a household, in the words of whoever looked at it",
  tag,
  params,
  body: placeIn.extend({ summary: z.string().trim().min(2).max(300) }),
  response: placedOut,
  handle: async ({ platform, actor, params: { id }, body, requestId }) => {
    const { summary, ...place } = body;
    const placement = placementOf(place);
    await accessQuarantined(platform, actor, id);
    const { result } = await platform.commands.run(
      { name: "message.place-unread", actor, requestId },
      async (context) => ({ ticketNo: (await placeQuarantined(context, id, placement, summary)).ticketNo }),
    );
    return { body: result };
  },
});

export const settleRoutes: readonly Route[] = [
  ...KINDS.flatMap((kind) => [discard(kind), putBack(kind)]),
  placeRead,
  placeUnread,
];
