/**
 * Lifecycle (业务变更): what money does to supply and supply to money.
 *
 * - valve opening task (开阀任务): a paid home whose valve is closed, sealed or unknown is opened by the crew of its area
 * - closing (销户): an account is closed for good only when no money hangs on it
 */
export { closeAccount, type Closing } from "./close-account.ts";
export { lifecycleRoutes } from "./routes.ts";
export { settleValveTasks, valveTaskSubscriber } from "./valve-tasks.ts";
