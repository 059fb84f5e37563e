/** What notices read again just before a message is called. */
import { dayOfInstant } from "#src/kernel/day.ts";
import {
  type ClaimCheck,
  type ClaimedHome,
  type ClaimVerdict,
  MESSAGE_PURPOSES,
} from "#src/messages/messaging/index.ts";
import { findOtherWays } from "./audience-queries.ts";
import {
  findAboutToBeSuperseded,
  findApprovedBefore,
  findNeverTold,
  findShunned,
  findStanding,
  findSuperseded,
  findSupplyChanged,
  findToldByNotice,
  findWaitingForPerson,
} from "./run-queries.ts";
import { FOR_WHOEVER_LIVES_THERE, HOLDS_AGAINST } from "./schema.ts";
import { DECIDE_MS } from "./supply.ts";

/** A paused message is looked at again after this time, if the resuming has not called it back before. */
const LOOK_AGAIN_MS = 60_000;

const noticeOf = (regarding: string): bigint | null => {
  const id = /^notice:(\d{1,18})$/.exec(regarding)?.[1];
  return id === undefined ? null : BigInt(id);
};

type HomeOfNotice = ClaimedHome & { readonly noticeId: bigint };

const homesOfNotices = (homes: readonly ClaimedHome[]): readonly HomeOfNotice[] =>
  homes.flatMap((home) => {
    const noticeId = noticeOf(home.regarding);
    return noticeId === null ? [] : [{ ...home, noticeId }];
  });

/** Side by side, for the statements that ask home by home. */
const columnsOf = (homes: readonly HomeOfNotice[]) => ({
  messageIds: homes.map(({ messageId }) => messageId),
  accountIds: homes.map(({ accountId }) => accountId),
  noticeIds: homes.map(({ noticeId }) => noticeId),
});

const noticesOf = (homes: readonly HomeOfNotice[]): readonly bigint[] => [
  ...new Set(homes.map(({ noticeId }) => noticeId)),
];

/** Nothing goes out of a notice that is paused or stopped; what goes has the words that its approver read. */
export const noticeStateCheck: ClaimCheck = {
  name: "notice-state",
  purposePrefix: "",
  check: async (sql, homes, now) => {
    const asked = homesOfNotices(homes);
    if (asked.length === 0) return [];
    const known = new Map((await findStanding(sql, noticesOf(asked))).map((notice) => [notice.id, notice]));
    return asked.flatMap(({ messageId, accountId, noticeId }): ClaimVerdict[] => {
      const notice = known.get(noticeId);
      if (notice === undefined) return [];
      const { held, state, wordsPins } = notice;
      if (!held) return [{ messageId, accountId, pins: wordsPins }];
      return state === "stopped"
        ? [{ messageId, accountId, reason: "notice-stopped" }]
        : [{ messageId, accountId, until: new Date(now.getTime() + LOOK_AGAIN_MS) }];
    });
  },
};

/** Nobody is told that heat has gone who has it back, nor that it is back who is without it again, or never heard that it had gone. */
export const noticeSupplyCheck: ClaimCheck = {
  name: "notice-supply",
  purposePrefix: "incident-update",
  check: async (sql, homes, now) => {
    const asked = homesOfNotices(homes);
    if (asked.length === 0) return [];
    const changed = await findSupplyChanged(sql, { ...columnsOf(asked), now });
    const neverTold = await findNeverTold(sql, columnsOf(asked));
    return [
      ...changed.map(({ messageId, accountId, supplyCheck }) => ({
        messageId,
        accountId,
        reason: supplyCheck === "still-out" ? "heat-is-back" : "heat-gone-again",
      })),
      ...neverTold.map((home) => ({ ...home, reason: "never-told" })),
    ];
  },
};

/** Whom one tells for a home is what it was a moment ago. */
const WAYS_ARE_FRESH_MS = 10 * 60_000;

/**
 * What is frozen is the home; who is told for it is read again when days have passed: a tenant who moved in since the approval hears of
 * the test, and not the landlord alone. One of several homes of a message cannot be told so, and stands in the list as `way-changed`.
 */
export const noticeWayCheck: ClaimCheck = {
  name: "notice-way",
  purposePrefix: "",
  check: async (sql, homes, now) => {
    const named = homesOfNotices(homes);
    if (named.length === 0) return [];
    const notices = await findApprovedBefore(sql, {
      ids: noticesOf(named),
      purposes: FOR_WHOEVER_LIVES_THERE,
      before: new Date(now.getTime() - WAYS_ARE_FRESH_MS),
    });
    const verdicts: ClaimVerdict[] = [];
    for (const { id, purpose, channels } of notices) {
      const { messageIds, accountIds } = columnsOf(named.filter(({ noticeId }) => noticeId === id));
      for (const channel of channels) {
        verdicts.push(
          ...(await findOtherWays(sql, {
            messageIds,
            accountIds,
            purpose,
            consent: MESSAGE_PURPOSES[purpose].consent ?? "",
            channel,
            scopeDay: dayOfInstant(now),
          })),
        );
      }
    }
    return verdicts;
  },
};

/** A newer notice is about to say who hears of it: that takes seconds. */
const FREEZES_WITHIN_MS = 5_000;

/**
 * Nobody hears an old hour after a new one is known, nor two all-clears of one night: what has not gone of the older notice gives way
 * to the newer one, home by home. While the newer one waits for a person the older one waits too, a quarter of an hour at most: that
 * heat has gone is worth more than the right hour.
 */
export const noticeSupersededCheck: ClaimCheck = {
  name: "notice-superseded",
  purposePrefix: "incident-update",
  check: async (sql, homes, now) => {
    const asked = homesOfNotices(homes);
    if (asked.length === 0) return [];
    const superseded = await findSuperseded(sql, columnsOf(asked));
    const waiting = new Set(await findAboutToBeSuperseded(sql, noticesOf(asked)));
    const until = new Date(now.getTime() + FREEZES_WITHIN_MS);
    const forPerson = (await findWaitingForPerson(sql, columnsOf(asked))).flatMap(
      ({ messageId, accountId, since }): ClaimVerdict[] => {
        const atMost = Math.min(since.getTime() + DECIDE_MS, now.getTime() + LOOK_AGAIN_MS);
        return atMost <= now.getTime() ? [] : [{ messageId, accountId, until: new Date(atMost) }];
      },
    );
    return [
      ...superseded.map((home) => ({ ...home, reason: "superseded" })),
      ...forPerson,
      ...asked
        .filter(({ noticeId }) => waiting.has(noticeId))
        .map(({ messageId, accountId }) => ({ messageId, accountId, until })),
    ];
  },
};

/**
 * Between its approval and its festival a week goes by: nobody is greeted, nor asked how we did, where there is a dispute or a
 * death. It is a matter of the phone that rings, so one such home of it keeps all of them out.
 */
const holdCheck = (purpose: "greeting" | "survey"): ClaimCheck => ({
  name: `${purpose}-hold`,
  purposePrefix: purpose,
  check: async (sql, homes, now) => {
    const shunned = await findShunned(sql, {
      messageIds: homes.map(({ messageId }) => messageId),
      accountIds: homes.map(({ accountId }) => accountId),
      kinds: HOLDS_AGAINST[purpose],
      today: dayOfInstant(now),
    });
    const kinds = new Map(shunned.map(({ messageId, kind }) => [messageId, kind]));
    return homes.flatMap(({ messageId, accountId }) => {
      const reason = kinds.get(messageId);
      return reason === undefined ? [] : [{ messageId, accountId, reason }];
    });
  },
});
export const greetingHoldCheck = holdCheck("greeting");
export const surveyHoldCheck = holdCheck("survey");

const incidentOf = (step: string): bigint | null => {
  const id = /^incident:(\d{1,18}):(?:update|back):/.exec(step)?.[1];
  return id === undefined ? null : BigInt(id);
};

/** A caller hears from the notice what his case, or the call without one, would have told. */
export const toldByNoticeCheck: ClaimCheck = {
  name: "told-by-notice",
  purposePrefix: "incident-update",
  check: async (sql, homes) => {
    const asked = homes.flatMap((home) => {
      const incidentId = incidentOf(home.step);
      return incidentId === null ? [] : [{ ...home, incidentId }];
    });
    if (asked.length === 0) return [];
    const told = new Set(
      await findToldByNotice(sql, {
        messageIds: asked.map(({ messageId }) => messageId),
        incidentIds: asked.map(({ incidentId }) => incidentId),
        steps: asked.map(({ step }) => step),
      }),
    );
    return asked
      .filter(({ messageId }) => told.has(messageId))
      .map(({ messageId, accountId }) => ({ messageId, accountId, reason: "told-by-notice" }));
  },
};
