/**
 * What is said about a stop of heat reaches all supplied homes behind it, not only those who called: as a notice, which waits for
 * one person at its beginning (messages/notices). Cold areas and noise are told to callers alone.
 */
import type { CommandContext } from "#src/platform/command.ts";
import type { Subscriber } from "#src/platform/outbox.ts";
import { noticeForSupply } from "#src/messages/notices/index.ts";
import { findOpening, findSaid, type SaidRow } from "./notice-queries.ts";
import { hourText } from "./script.ts";

const TOLD_TO_ALL = "heat-outage";

const tell = async (context: CommandContext, said: SaidRow | null): Promise<void> => {
  const { now } = context;
  if (said?.kindCode !== TOLD_TO_ALL) return;
  await noticeForSupply(context, {
    incidentId: said.incidentId,
    updateId: said.updateId,
    kind: said.kind,
    title: said.title,
    since: hourText(said.startsAt, now, "zh-CN"),
    back:
      said.expectedBackAt === null || said.expectedBackAt <= now
        ? ""
        : hourText(said.expectedBackAt, now, "zh-CN"),
    buildingIds: said.buildingIds,
    standingIds: said.standingIds,
    planned: said.startsAt > now,
    followsDispatch: said.outageId !== null,
  });
};

export const incidentNoticeSubscriber: Subscriber = {
  name: "incident-notices",
  handlers: {
    "incident.opened": async (context, { payload }) =>
      tell(context, await findOpening(context.sql, { incidentId: payload.incidentId, at: context.now })),
    "incident.updated": async (context, { payload }) =>
      tell(context, await findSaid(context.sql, { updateId: payload.updateId, at: context.now })),
    "incident.closed": async (context, { payload }) =>
      tell(context, await findSaid(context.sql, { updateId: payload.updateId, at: context.now })),
  },
};
