/** Every minute: a run that verifies the seals, when a page has asked for one. */
import { runVerification } from "#src/platform/audit-verification.ts";
import type { Services } from "./services.ts";

/** Repeating is safe: one process takes a run. A failure stands with the run, and is logged. */
export const watchAudit = async ({ platform, log, auditAnchorFile }: Services): Promise<void> => {
  try {
    const done = await runVerification(platform, auditAnchorFile);
    if (done === null) return;
    if (done.findings > 0) log.error({ ...done }, "the seals do not prove");
    else log.info({ ...done }, "the seals prove");
  } catch (error) {
    log.error({ err: error }, "verifying the seals failed");
  }
};
