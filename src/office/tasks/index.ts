/**
 * Tasks (待办): one list of work for people, whatever raised it.
 *
 * - source (来源): what raised it (a break 差错, a claim, a posting); the same source raises the same task once
 * - owner (责任人): a role, or one person of it
 * - done (办结) by a person; recalled (撤回) when the reason is gone
 * - result (结果): the fact that some end with besides their words, of those that whoever raised it allows (a call: told, not reached)
 */
export { taskRoutes } from "./routes.ts";
export {
  closeTask,
  completeTask,
  type NewTask,
  type OpenedTask,
  openTask,
  openTasks,
  recallTask,
  takeTask,
} from "./service.ts";
