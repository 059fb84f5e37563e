/**
 * Exports (导出): tables that people take along, as work of the house. One is asked for with its purpose, written by a worker, kept for
 * a while and fetched by whoever asked, as often as is needed and every time written down.
 *
 * - export (导出): one table, asked for once, with the filter and the areas of that moment
 * - piece (分片): a part of the file; the whole of it is in no process's memory
 * - attempt (轮次): one writing from the beginning; a lease (租约) says who is at it, and nothing of an earlier attempt is taken
 * - my exports (我的导出): what a person has asked for, and what became of it
 */
export { askExport } from "./ask.ts";
export {
  defineExport,
  type DefinedExport,
  type ExportDefinition,
  storedDay,
  storedId,
  storedInstant,
  storedReach,
} from "./definition.ts";
export { EXPORT_RETENTION_DAYS, expireExports, forgetExports } from "./forget.ts";
export { exportRoutes } from "./routes.ts";
export { exportOut } from "./schema.ts";
export { EXPORT_WRITING, writeNextExport, type WrittenExport } from "./write.ts";
