/** Postings and transfers of the past, and the daily totals that they add up to. */
import type { Day } from "#src/kernel/day.ts";
import type { LedgerCode } from "#src/money/ledger/index.ts";
import type { CopyRows, CopyValue } from "./copy-rows.ts";

export type Posting = {
  readonly kind: string;
  readonly source: number;
  /** Accounting date and value date. */
  readonly on: Day;
  readonly actor: bigint | null;
  readonly corrects?: number;
  /** ISO time; the morning of the day when not given. */
  readonly at?: string;
};

export type Dimensions = {
  readonly accountId?: number;
  readonly season?: number;
  readonly billId?: number;
  readonly channelId?: number;
};

type Sides = { debitFen: bigint; creditFen: bigint };

export class Journal {
  readonly #rows: CopyRows;
  readonly #days = new Map<Day, Map<LedgerCode, Sides>>();
  #postings = 0;

  constructor(rows: CopyRows) {
    this.#rows = rows;
  }

  post(posting: Posting): number {
    this.#postings += 1;
    const at: CopyValue = posting.at ?? `${posting.on}T01:00:00+08:00`;
    const { kind, source, on, actor, corrects } = posting;
    this.#rows.add("postings", this.#postings, kind, source, on, on, actor, corrects ?? null, at);
    return this.#postings;
  }

  transfer(
    posting: number,
    on: Day,
    debit: LedgerCode,
    credit: LedgerCode,
    fen: bigint,
    about: Dimensions,
  ): void {
    const { accountId, season, billId, channelId } = about;
    this.#rows.add(
      "transfers",
      posting,
      debit,
      credit,
      fen,
      on,
      accountId ?? null,
      season ?? null,
      billId ?? null,
      channelId ?? null,
    );
    this.#sides(on, debit).debitFen += fen;
    this.#sides(on, credit).creditFen += fen;
  }

  /** Closes every day on which something was posted, with its roll-up. */
  closeDays(closedBy: bigint): void {
    for (const [on, codes] of [...this.#days].sort(([a], [b]) => (a < b ? -1 : 1))) {
      this.#rows.add("accounting_days", on, "closed", `${on}T23:30:00+08:00`, closedBy);
      for (const [code, { debitFen, creditFen }] of codes) {
        this.#rows.add("daily_totals", on, code, debitFen, creditFen);
      }
    }
  }

  #sides(on: Day, code: LedgerCode): Sides {
    let codes = this.#days.get(on);
    if (codes === undefined) this.#days.set(on, (codes = new Map()));
    let sides = codes.get(code);
    if (sides === undefined) codes.set(code, (sides = { debitFen: 0n, creditFen: 0n }));
    return sides;
  }
}
