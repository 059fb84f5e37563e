/**
 * The live feed (实时推送): a row for what happened, written in the command's own transaction, so that a screen never hears of
 * what was rolled back and never misses what was committed. Rows hold ids only: a screen reads the thing itself through
 * its route, which asks for permission and scope again.
 */
import type { Permission } from "./actor.ts";
import type { CommandContext } from "./command.ts";
import { insertLive, type NewLiveRow } from "./live-queries.ts";

/** The channel on which an urgent announcement wakes the processes that hold listeners. */
export const LIVE_CHANNEL = "nuan_live";

/**
 * Who may hear it. `areaId` null: only those whose scope is everything. Everyone means everyone who may listen at all and
 * has `permission` where one is given.
 */
export type LiveAudience = { readonly areaId: bigint | null } | { readonly staffId: bigint } | "everyone";

export type LiveAnnouncement = {
  /** `ticket.assigned`, `hotline.board`: what a screen subscribes to. */
  readonly topic: string;
  readonly audience: LiveAudience;
  /** `ticket:17`. */
  readonly subject: string;
  /** Ids and codes; never names, numbers or addresses of people. */
  readonly payload?: Readonly<Record<string, unknown>>;
  readonly permission?: Permission;
  /**
   * Heard within some 50 ms instead of 250. It costs a NOTIFY, and the server lets transactions that notify commit one by
   * one: for what a person waits for (a screen pop), not for what comes by the thousand.
   */
  readonly urgent?: boolean;
};

const json = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) => (typeof inner === "bigint" ? inner.toString() : inner));

const rowOf = ({ topic, subject, audience, permission, payload }: LiveAnnouncement): NewLiveRow => ({
  topic,
  subject,
  audience: audience === "everyone" ? "everyone" : "staffId" in audience ? "staff" : "area",
  areaId: audience !== "everyone" && "areaId" in audience ? audience.areaId : null,
  staffId: audience !== "everyone" && "staffId" in audience ? audience.staffId : null,
  permission: permission ?? null,
  payload: payload ?? {},
});

/** Announces in the transaction of the command, in the order given: heard after its commit, or never. One statement. */
export const announceAllLive = async (
  context: CommandContext,
  all: readonly LiveAnnouncement[],
): Promise<void> => {
  if (all.length === 0) return;
  await insertLive(context.sql, {
    rows: json(all.map(rowOf)),
    occurredAt: context.now,
    channel: LIVE_CHANNEL,
    urgent: all.some((live) => live.urgent === true),
  });
};

/** `announceAllLive` for one. */
export const announceLive = (context: CommandContext, live: LiveAnnouncement): Promise<void> =>
  announceAllLive(context, [live]);
