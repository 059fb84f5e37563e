/** One tap per valve (一键开阀): a stairwell's doors in one request, each with its own result. */
import { DomainError } from "#src/kernel/errors.ts";
import type { Actor } from "#src/platform/actor.ts";
import { hashRequest, type Idempotency } from "#src/platform/command.ts";
import { isOfTheMoment } from "#src/platform/of-the-moment.ts";
import type { Platform } from "#src/platform/route.ts";
import { leaveOrder } from "./change-order.ts";
import { finishOrder } from "./finish-order.ts";
import type { OrderState } from "./order-states.ts";
import { reportVisit } from "./report-visit.ts";

export type ValveTap = {
  readonly id: bigint;
  /** As the list showed it: somebody else's tap in between is a conflict of this door and of no other. */
  readonly version: number;
  readonly outcome: "opened" | "already-open" | "not-home";
  readonly note?: string | undefined;
  /** Written down at the door and sent when the line was back: what does not fit any more is kept, and compared. */
  readonly madeAt?: Date | undefined;
};

export const TAP_RESULTS = ["done", "kept", "conflict", "refused", "again"] as const;

export type TapResult = {
  readonly id: bigint;
  /** `kept`: of a tap with its own time, which the order did not take. `again`: nobody had time to look at this door. */
  readonly result: (typeof TAP_RESULTS)[number];
  readonly state: OrderState | null;
  readonly version: number | null;
  /** Why it was refused: `version.stale`, `work-order.not-paid` .. */
  readonly code: string | null;
  readonly message: string | null;
  /** For whoever compares what was kept. */
  readonly taskId: string | null;
};

/** Idempotency of a door: the same request repeated finds the doors done that were done. */
const keyOfDoor = (idempotency: Idempotency | undefined, tap: ValveTap): Idempotency | undefined =>
  idempotency && {
    scope: idempotency.scope,
    key: `${idempotency.key.slice(0, 200)}:${tap.id}`,
    requestHash: hashRequest(tap),
  };

const tapOne = async (
  platform: Platform,
  actor: Actor,
  tap: ValveTap,
  more: { readonly requestId: string; readonly idempotency: Idempotency | undefined },
): Promise<TapResult> => {
  const idempotency = keyOfDoor(more.idempotency, tap);
  try {
    if (tap.madeAt !== undefined && idempotency !== undefined) {
      const reported = await reportVisit(
        platform,
        actor,
        { ...tap, madeAt: tap.madeAt },
        { requestId: more.requestId, idempotency },
      );
      return { id: tap.id, ...reported };
    }
    const { result } = await platform.commands.run(
      { name: "work-order.tap", actor, requestId: more.requestId, ...(idempotency && { idempotency }) },
      async (context) => {
        const { id, version, note } = tap;
        const moved =
          tap.outcome === "not-home"
            ? await leaveOrder(context, { id, version, command: "miss", note })
            : await finishOrder(context, { id, version, result: tap.outcome, note });
        return { state: moved.state, version: moved.version };
      },
    );
    return { id: tap.id, result: "done", ...result, code: null, message: null, taskId: null };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const isPassing = isOfTheMoment(error);
    // With a key the whole request is sent again, and finds the doors done that were done.
    if (isPassing && idempotency !== undefined) throw error;
    const facts = error.detail.facts ?? {};
    const isStale = error.code === "version.stale";
    return {
      id: tap.id,
      result: isPassing ? "again" : isStale ? "conflict" : "refused",
      state: isStale ? (facts["state"] as OrderState) : null,
      version: isStale ? (facts["version"] as number) : null,
      code: error.code,
      message: error.message,
      taskId: null,
    };
  }
};

/**
 * Writes down what was found at each door, a transaction a door: what is refused at one leaves the others as they are. Compare
 * and set: a door that somebody changed since is a conflict, with its state as it is now.
 * @throws DomainError of the moment (`database.busy`, `request.in-flight`), where the request has a key: it is to be sent again
 */
export const tapValves = async (
  platform: Platform,
  actor: Actor,
  taps: readonly ValveTap[],
  more: { readonly requestId: string; readonly idempotency: Idempotency | undefined },
): Promise<TapResult[]> => {
  const results: TapResult[] = [];
  for (const tap of taps) results.push(await tapOne(platform, actor, tap, more));
  return results;
};
