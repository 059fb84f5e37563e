/**
 * Writes the tables that people asked for. Two at a time in each process, so that a small one does not stand behind the list of the
 * whole town; what is due stands in the table of exports, and the lease gives each to one process.
 */
import { recipientExport } from "#src/messages/notices/index.ts";
import { arrearsExport, closingExport } from "#src/money/reminders/index.ts";
import { type ExportDefinition, expireExports, writeNextExport } from "#src/office/exports/index.ts";
import { type Loop, startLoop } from "#src/platform/outbox.ts";
import { listExport } from "#src/reports/index.ts";
import { callExport } from "#src/service/hotline/index.ts";
import type { Services } from "./services.ts";

export const EXPORTS: readonly ExportDefinition[] = [
  arrearsExport,
  closingExport,
  recipientExport,
  callExport,
  listExport,
];

const AT_ONCE = 2;
/** Somebody sits before the page and waits for a short list. */
const LOOK_EVERY_MS = 300;
const EXPIRE_EVERY_MS = 60_000;

const writeLoop = ({ platform, log, stopping }: Services): Loop =>
  startLoop("exports", log, async () => {
    if (stopping?.aborted === true) return LOOK_EVERY_MS;
    const written = await writeNextExport(platform, EXPORTS, { stopping });
    if (written === null) return LOOK_EVERY_MS;
    const { id, outcome, error } = written;
    const facts = { exportId: String(id), outcome };
    if (error === undefined) log.info(facts, "export worked on");
    else log.warn({ ...facts, err: error }, "export not written");
    return 0;
  });

export const startExports = (services: Services): Loop[] => [
  ...Array.from({ length: AT_ONCE }, () => writeLoop(services)),
  startLoop("exports-expire", services.log, async () => {
    const expired = await expireExports(services.platform);
    if (expired > 0) services.log.info({ expired }, "exports expired");
    return EXPIRE_EVERY_MS;
  }),
];
