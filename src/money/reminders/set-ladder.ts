/** A new version of the ladder, by two people. */
import { fail } from "#src/kernel/errors.ts";
import { requestApproval, registerApprovalKinds, useApproval } from "#src/office/approvals/index.ts";
import { requireSeason } from "#src/office/calendars/index.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { checkStages, type Stage } from "./ladder.ts";
import { findKnownRanks, insertLadder, lockAllLadders } from "./ladder-queries.ts";

export const LADDER_APPROVAL = "reminders.ladder";
registerApprovalKinds({ [LADDER_APPROVAL]: "reminder.approve" });

export type LadderOrder = {
  /** The first season that it counts for. */
  readonly fromSeason: number;
  readonly document: string;
  readonly stages: readonly Stage[];
};

const refuseMovedRanks = async (context: CommandContext, stages: readonly Stage[]): Promise<void> => {
  const known = await findKnownRanks(context.sql);
  for (const stage of stages) {
    const other = known.find((one) => (one.code === stage.code) !== (one.rank === stage.rank));
    if (other === undefined) continue;
    fail("reminders.rank-moved", `stage ${other.code} has the rank ${other.rank} in every version`, {
      field: "stages",
      remedy: "a new stage takes a code and a rank that were never used",
      facts: { code: other.code, rank: other.rank },
    });
  }
};

/**
 * Without an approval: checks the ladder and asks for a second person. With it, and the same ladder: it counts from that season
 * on. What accounts have reached stays; stages that have begun are not made up for.
 * @throws DomainError `season.unknown`, `reminders.out-of-order`, `reminders.rank-moved`, and those of approvals
 */
export const setLadder = async (
  context: CommandContext,
  order: LadderOrder,
  approvalId: bigint | undefined,
): Promise<{ readonly state: "approval-requested" | "done"; readonly approvalId: string }> => {
  const season = await requireSeason(context.sql, order.fromSeason);
  await lockAllLadders(context.sql);
  checkStages(order.stages, season);
  await refuseMovedRanks(context, order.stages);
  const request = { ...order };
  if (approvalId === undefined) {
    const asked = await requestApproval(context, {
      kind: LADDER_APPROVAL,
      subject: `ladder:${order.fromSeason}`,
      request,
    });
    return { state: "approval-requested", approvalId: String(asked) };
  }
  await useApproval(context, approvalId, LADDER_APPROVAL, request);
  const ladderId = await insertLadder(context.sql, { ...order, approvalId, now: context.now });
  context.audit({
    subject: `ladder:${ladderId}`,
    details: { fromSeason: order.fromSeason, document: order.document, stages: order.stages },
  });
  return { state: "done", approvalId: String(approvalId) };
};
