/** A proof of all seals that a page asks for: a worker makes it, and its report stays with the run. */
import { fail } from "#src/kernel/errors.ts";
import { staffIdOf } from "./actor.ts";
import type { Clock } from "./clock.ts";
import type { CommandContext } from "./command.ts";
import type { Database } from "./database.ts";
import { askVerification, endVerification, takeVerification } from "./operations-queries.ts";
import { verifySeals } from "./seal-verify.ts";

/** A town's ledger of many seasons takes minutes; another process takes over after this. */
const LEASE_MS = 3_600_000;
const MOST_FINDINGS = 200;

/** Asks for a run; a worker begins within a minute. @throws DomainError `audit.verifying` */
export const requestVerification = async (context: CommandContext): Promise<bigint> => {
  const asked = await askVerification(context.sql, { staffId: staffIdOf(context.actor), now: context.now });
  if (asked === null) {
    fail("audit.verifying", "the audit is being verified", { remedy: "wait for the run that is under way" });
  }
  context.audit({ subject: `audit-verification:${asked.id}` });
  return asked.id;
};

const textOf = (report: unknown): string =>
  JSON.stringify(report, (_key, inner: unknown) => (typeof inner === "bigint" ? inner.toString() : inner));

/** Makes the run that waits, if there is one; null otherwise. A failure is kept with the run and thrown. */
export const runVerification = async (
  { database, clock }: { readonly database: Database; readonly clock: Clock },
  anchors: string | undefined,
): Promise<{ readonly id: bigint; readonly findings: number } | null> => {
  const taken = await takeVerification(database.sql, { now: clock.now(), leaseMs: LEASE_MS });
  if (taken === null) return null;
  const end = (state: "done" | "failed", report: unknown): Promise<number> =>
    endVerification(database.sql, { id: taken.id, state, now: clock.now(), report: textOf(report) });
  try {
    const report = await verifySeals(database, {
      mostFindings: MOST_FINDINGS,
      ...(anchors === undefined ? {} : { anchors }),
    });
    await end("done", report);
    return { id: taken.id, findings: report.findings.length };
  } catch (error) {
    await end("failed", { error: error instanceof Error ? error.message : String(error) });
    throw error;
  }
};
