/** The proof of the books (账务核对): every room says what must hold, and the seals say that no row was altered. */
import { bankProofs } from "#src/bank/reconciliation/index.ts";
import { cutoverProofs } from "#src/cutover/index.ts";
import { billingProofs } from "#src/money/billing/index.ts";
import { collectionProofs } from "#src/money/collection/index.ts";
import { reminderProofs } from "#src/money/reminders/index.ts";
import { ledgerProofs, type Offender, type Proof, runProofs } from "#src/money/ledger/index.ts";
import { must } from "#src/kernel/errors.ts";
import { monotonicMs } from "#src/platform/clock.ts";
import type { Database } from "#src/platform/database.ts";
import { LEDGER_STREAMS } from "#src/platform/seal.ts";
import { type SealReport, verifySeals } from "#src/platform/seal-verify.ts";

/** Every room that can be wrong about money, from the ledger up. */
export const ledgerCheckProofs: readonly Proof[] = [
  ...ledgerProofs,
  ...billingProofs,
  ...collectionProofs,
  ...reminderProofs,
  ...bankProofs,
  ...cutoverProofs,
];

export type ProofResult = {
  readonly rule: string;
  /** Empty when the rule holds; at most a hundred. */
  readonly offenders: readonly Omit<Offender, "rule">[];
  readonly ms: number;
};

export type LedgerCheck = {
  readonly ok: boolean;
  readonly proofs: readonly ProofResult[];
  /** Rows of postings, transfers, bill lines and allocations that are not what was sealed. */
  readonly seals: SealReport & { readonly ms: number };
  readonly ms: number;
};

export type LedgerCheckOptions = {
  /** Where the heads of the seals were written down; without it a cut tail may go unseen. */
  readonly anchors?: string | undefined;
  /** Told before each proof, and before the seals. */
  readonly progress?: ((step: string) => void) | undefined;
};

/** Proofs and seals wait for different things; together they keep two cores busy. */
const LANES = 2;

const inLanes = async (works: readonly (() => Promise<void>)[]): Promise<void> => {
  const waiting = [...works];
  const lane = async (): Promise<void> => {
    for (let work = waiting.shift(); work !== undefined; work = waiting.shift()) await work();
  };
  await Promise.all(Array.from({ length: LANES }, lane));
};

const timed = async <T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly ms: number }> => {
  const start = monotonicMs();
  const result = await work();
  return { result, ms: Math.round(monotonicMs() - start) };
};

/**
 * Runs every proof and verifies the seals of the ledger's tables. Read-only and without locks: each proof sees one moment,
 * so it holds also while payments come in. Two connections of the bulk pool; a minute for 260,000 households with three
 * seasons.
 */
export const checkLedger = async (
  database: Database,
  options: LedgerCheckOptions = {},
): Promise<LedgerCheck> => {
  const start = monotonicMs();
  const results = new Map<string, ProofResult>();
  let seals: LedgerCheck["seals"] | undefined;
  const verify = async (): Promise<void> => {
    options.progress?.("seals of the ledger");
    const { result, ms } = await timed(() =>
      verifySeals(database, {
        streams: LEDGER_STREAMS,
        ...(options.anchors === undefined ? {} : { anchors: options.anchors }),
      }),
    );
    seals = { ...result, ms };
  };
  const prove = (proof: Proof) => async (): Promise<void> => {
    options.progress?.(proof.rule);
    const { result, ms } = await timed(() => runProofs(database, [proof]));
    const offenders = result.map(({ row, expected, found }) => ({ row, expected, found }));
    results.set(proof.rule, { rule: proof.rule, offenders, ms });
  };
  // The longest work first, so that no lane waits for it at the end.
  await inLanes([verify, ...ledgerCheckProofs.map(prove)]);
  const proofs = ledgerCheckProofs.map(({ rule }) => must(results.get(rule), rule));
  const verified = must(seals, "the verdict on the seals");
  return {
    ok: proofs.every(({ offenders }) => offenders.length === 0) && verified.findings.length === 0,
    proofs,
    seals: verified,
    ms: Math.round(monotonicMs() - start),
  };
};
