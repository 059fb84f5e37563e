/** A task for whoever looks after a building: the manager on duty in its area, else the area's. */
import { type NewTask, type OpenedTask, openTask } from "#src/office/tasks/index.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { findServingArea } from "./queries.ts";

/**
 * Opens it like `openTask`, which it repeats as safely.
 * @param buildingId null: of no building, so of every area manager
 */
export const openAreaTask = async (
  context: CommandContext,
  buildingId: bigint | null,
  task: Omit<NewTask, "areaId" | "ownerId" | "ownerRole">,
): Promise<OpenedTask> => {
  const area = buildingId === null ? null : await findServingArea(context.sql, buildingId, context.today);
  return openTask(context, {
    ...task,
    areaId: area?.areaId,
    ownerId: area?.managerId ?? undefined,
    ownerRole: "area-manager",
  });
};
