/** The nightly proof: every room's proofs over the whole ledger. A red result is a task for finance, with the first rows. */
import type { Day } from "#src/kernel/day.ts";
import { billingProofs } from "#src/money/billing/index.ts";
import { collectionProofs } from "#src/money/collection/index.ts";
import { ledgerProofs, type Proof, runProofs } from "#src/money/ledger/index.ts";
import { openTask } from "#src/office/tasks/index.ts";
import { systemActor } from "#src/platform/actor.ts";
import type { Services } from "./services.ts";

const PROOFS: readonly Proof[] = [...ledgerProofs, ...billingProofs, ...collectionProofs];

/** Read-only but for the task; repeating opens no second task for the same business date. */
export const checkLedger = async (
  { platform, log }: Services,
  businessDate: Day,
): Promise<Readonly<Record<string, unknown>>> => {
  const offenders = await runProofs(platform.database, PROOFS);
  const rules = [...new Set(offenders.map((offender) => offender.rule))];
  if (offenders.length > 0) {
    log.error({ businessDate, offenders: offenders.length, rules }, "the ledger does not prove");
    await platform.commands.run({ name: "ledger.check", actor: systemActor("ledger-check") }, (context) =>
      openTask(context, {
        kind: "ledger-not-proven",
        source: `ledger-check:${businessDate}`,
        title: `The nightly check of ${businessDate} found ${offenders.length} rows that do not prove`,
        details: { rules, first: offenders.slice(0, 20) },
        ownerRole: "finance",
      }),
    );
  }
  return { proofs: PROOFS.length, offenders: offenders.length, rules };
};
