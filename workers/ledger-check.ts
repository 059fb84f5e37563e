/** The nightly proof: every room's proofs and the seals over the whole ledger. A red result is a task for finance, with the first rows. */
import type { Day } from "#src/kernel/day.ts";
import { openTask } from "#src/office/tasks/index.ts";
import { systemActor } from "#src/platform/actor.ts";
import { checkLedger } from "#src/reports/index.ts";
import type { Services } from "./services.ts";

const ROWS_NAMED = 20;

/** Read-only but for the task; repeating opens no second task for the same business date. */
export const proveLedger = async (
  { platform, log, auditAnchorFile }: Pick<Services, "platform" | "log" | "auditAnchorFile">,
  businessDate: Day,
): Promise<Readonly<Record<string, unknown>>> => {
  const check = await checkLedger(platform.database, { anchors: auditAnchorFile });
  const offenders = check.proofs.flatMap(({ rule, offenders: rows }) =>
    rows.map((row) => ({ rule, ...row })),
  );
  const { findings } = check.seals;
  const rules = [...new Set(offenders.map((offender) => offender.rule))];
  if (!check.ok) {
    const count = offenders.length + findings.length;
    log.error(
      { businessDate, offenders: offenders.length, findings: findings.length, rules },
      "the ledger does not prove",
    );
    await platform.commands.run({ name: "ledger.check", actor: systemActor("ledger-check") }, (context) =>
      openTask(context, {
        kind: "ledger-not-proven",
        source: `ledger-check:${businessDate}`,
        title: `${businessDate} 夜间核对：账务 ${count} 条不符 The nightly check found rows that do not prove`,
        details: {
          rules,
          first: offenders.slice(0, ROWS_NAMED),
          sealFindings: findings.slice(0, ROWS_NAMED),
        },
        ownerRole: "finance",
      }),
    );
  }
  return {
    proofs: check.proofs.length,
    offenders: offenders.length,
    sealFindings: findings.length,
    rules,
    ms: check.ms,
  };
};
