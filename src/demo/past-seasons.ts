/**
 * The bookkeeping of the seasons that are over, one household after the other: bills issued, paid, fallen due or withdrawn,
 * with the postings of docs/postings.md. Rows are written by COPY like the rest of the town; every room's proofs hold over
 * them, and a test runs them all.
 */
import type { AreaMilliM2 } from "#src/kernel/area.ts";
import type { Day } from "#src/kernel/day.ts";
import { must } from "#src/kernel/errors.ts";
import { chargeFen, type PriceMicroYuan } from "#src/kernel/rate.ts";
import type { HeatClass, LoopType } from "#src/town/accounts/index.ts";
import type { CopyRows } from "./copy-rows.ts";
import { Journal } from "./journal.ts";
import { PAST_SEASONS, type PlannedPayment } from "./payment-habits.ts";
import { Takings } from "./takings.ts";

export type SeasonFacts = {
  readonly season: number;
  /** By class. */
  readonly prices: ReadonlyMap<HeatClass, { readonly id: bigint; readonly micro: PriceMicroYuan }>;
  /** By `class/loop`: the approved days, and the day on which an unpaid bill became a debt or a paid one revenue. */
  readonly rules: ReadonlyMap<string, { readonly days: number; readonly dueOn: Day }>;
};

export type HistoryFacts = {
  readonly seasons: readonly SeasonFacts[];
  /** Supply states by `state/loop` that are billed. */
  readonly billed: ReadonlySet<string>;
  readonly finance: bigint;
  /** Of the two tills. */
  readonly cashiers: readonly [bigint, bigint];
};

export type BilledTerms = {
  readonly id: number;
  readonly heatClass: HeatClass;
  readonly billingArea: AreaMilliM2;
  readonly areaRule: string;
  readonly shareBasisPoints: number;
};

/** What the history needs of a charge point: the terms and the supply state in force on a day. */
export type BilledPoint = {
  readonly id: number;
  readonly loopType: LoopType;
  termsOn(on: Day): BilledTerms | null;
  supplyOn(on: Day): string | null;
};

type OpenBill = {
  readonly id: number;
  readonly season: number;
  readonly amountFen: bigint;
  readonly heatClass: HeatClass;
  readonly dueOn: Day;
  /** The silence of an independent home is settled by withdrawing its bill. */
  readonly silenceIsNotUsing: boolean;
  readonly issuePosting: number;
  readonly pointId: number;
  paidFen: bigint;
  state: "offered" | "due" | "cancelled";
};

const revenueOf = (heatClass: HeatClass): "revenue_residential" | "revenue_non_residential" =>
  heatClass === "residential" ? "revenue_residential" : "revenue_non_residential";

const issuedOn = (season: number): Day => `${season}-09-01` as Day;

export class PastSeasons {
  readonly #rows: CopyRows;
  readonly #facts: HistoryFacts;
  readonly #journal: Journal;
  readonly #takings: Takings;
  readonly #runs = new Map<number, { count: number; sumFen: bigint }>();
  #bills = 0;

  constructor(rows: CopyRows, facts: HistoryFacts) {
    this.#rows = rows;
    this.#facts = facts;
    this.#journal = new Journal(rows);
    this.#takings = new Takings(rows, this.#journal, facts);
  }

  /** One household's two seasons, in the order of their days. */
  add(accountId: number, points: readonly BilledPoint[], plans: readonly PlannedPayment[]): void {
    const bills: OpenBill[] = [];
    let prepaidFen = 0n;
    for (const facts of this.#facts.seasons) {
      const issued = this.#issue(accountId, points, facts);
      bills.push(...issued);
      const billedFen = issued.reduce((sum, bill) => sum + bill.amountFen, 0n);
      const payments = plans
        .filter((plan) => plan.season === facts.season)
        .sort((a, b) => (a.paidAt < b.paidAt ? -1 : 1));
      for (const plan of payments) {
        const on = plan.paidAt.slice(0, 10) as Day;
        this.#fallDue(accountId, issued, on);
        const amountFen = paymentFen(plan, billedFen);
        if (amountFen > 0n) prepaidFen += this.#pay(accountId, bills, issued, plan, amountFen);
      }
      this.#fallDue(accountId, issued, null);
    }
    for (const bill of bills) this.#writeBill(accountId, bill);
    const owedFen = bills.reduce(
      (sum, bill) => sum + (bill.state === "due" ? bill.amountFen - bill.paidFen : 0n),
      0n,
    );
    if (owedFen > 0n) this.#rows.add("household_balances", accountId, "receivable", owedFen);
    if (prepaidFen > 0n) this.#rows.add("household_balances", accountId, "prepaid", prepaidFen);
  }

  /** Everything that is counted over all households: tills, channels, runs, days. Call once, at the end. */
  finish(): { readonly bills: number; readonly payments: number } {
    this.#takings.finish();
    this.#journal.closeDays(this.#facts.finance);
    for (const season of PAST_SEASONS) {
      const run = this.#runs.get(season) ?? { count: 0, sumFen: 0n };
      const at = `${issuedOn(season)}T08:00:00+08:00`;
      const figures = [run.count, run.sumFen, run.count, run.sumFen] as const;
      this.#rows.add(
        "bill_runs",
        season - 2023,
        season,
        issuedOn(season),
        "posted",
        ...figures,
        this.#facts.finance,
        at,
        at,
      );
    }
    return { bills: this.#bills, payments: this.#takings.count };
  }

  #issue(accountId: number, points: readonly BilledPoint[], facts: SeasonFacts): OpenBill[] {
    const on = issuedOn(facts.season);
    return points.flatMap((point): OpenBill[] => {
      const terms = point.termsOn(on);
      const supply = point.supplyOn(on);
      if (terms === null || supply === null || !this.#facts.billed.has(`${supply}/${point.loopType}`))
        return [];
      const price = must(facts.prices.get(terms.heatClass), "a price");
      const rule = must(facts.rules.get(`${terms.heatClass}/${point.loopType}`), "a season rule");
      const amountFen = chargeFen(terms.billingArea, price.micro, rule.days, BigInt(terms.shareBasisPoints));
      if (amountFen === 0n) return [];
      this.#bills += 1;
      const id = this.#bills;
      const run = this.#runs.get(facts.season) ?? { count: 0, sumFen: 0n };
      this.#runs.set(facts.season, { count: run.count + 1, sumFen: run.sumFen + amountFen });
      const inputs = [
        terms.heatClass,
        point.loopType,
        terms.billingArea,
        terms.areaRule,
        price.id,
        price.micro,
      ] as const;
      this.#rows.add(
        "bill_lines",
        id,
        "heat",
        amountFen,
        ...inputs,
        rule.days,
        terms.shareBasisPoints,
        terms.id,
      );
      const issuePosting = this.#journal.post({
        kind: "bill-issued",
        source: id,
        on,
        actor: this.#facts.finance,
      });
      this.#journal.transfer(issuePosting, on, "offered", "unearned_revenue", amountFen, {
        accountId,
        season: facts.season,
        billId: id,
      });
      return [
        {
          id,
          season: facts.season,
          amountFen,
          heatClass: terms.heatClass,
          dueOn: rule.dueOn,
          silenceIsNotUsing: terms.heatClass === "residential" && point.loopType === "independent",
          issuePosting,
          pointId: point.id,
          paidFen: 0n,
          state: "offered",
        },
      ];
    });
  }

  /** What falls due up to a day (all of it for null): a debt as far as it is open, revenue, or withdrawn if nobody used it. */
  #fallDue(accountId: number, bills: readonly OpenBill[], until: Day | null): void {
    for (const bill of bills) {
      if (bill.state !== "offered" || (until !== null && bill.dueOn > until)) continue;
      const dimensions = { accountId, season: bill.season, billId: bill.id };
      if (bill.silenceIsNotUsing && bill.paidFen === 0n) {
        const posting = this.#journal.post({
          kind: "bill-cancelled",
          source: bill.id,
          on: bill.dueOn,
          actor: this.#facts.finance,
          corrects: bill.issuePosting,
        });
        this.#journal.transfer(
          posting,
          bill.dueOn,
          "unearned_revenue",
          "offered",
          bill.amountFen,
          dimensions,
        );
        const at = `${bill.dueOn}T10:00:00+08:00`;
        this.#rows.add("bill_cancellations", bill.id, "未缴费视为不用热", at, this.#facts.finance, posting);
        bill.state = "cancelled";
        continue;
      }
      const posting = this.#journal.post({
        kind: "bill-fell-due",
        source: bill.id,
        on: bill.dueOn,
        actor: this.#facts.finance,
      });
      const openFen = bill.amountFen - bill.paidFen;
      if (openFen > 0n)
        this.#journal.transfer(posting, bill.dueOn, "receivable", "offered", openFen, dimensions);
      this.#journal.transfer(
        posting,
        bill.dueOn,
        "unearned_revenue",
        revenueOf(bill.heatClass),
        bill.amountFen,
        dimensions,
      );
      bill.state = "due";
    }
  }

  /**
   * One payment and where each fen of it goes: first the bill that a bank or wallet named, then old debt, then the oldest.
   * Answers what is left over, which is prepaid now.
   */
  #pay(
    accountId: number,
    bills: readonly OpenBill[],
    issued: readonly OpenBill[],
    plan: PlannedPayment,
    amountFen: bigint,
  ): bigint {
    const named = this.#takings.namesBills(plan) && issued.length === 1 ? issued[0] : undefined;
    const entry = this.#takings.take(accountId, plan, amountFen, named?.id ?? null);
    const old = (bill: OpenBill): boolean => bill.state === "due" && bill.season < plan.season;
    const order = [...bills].sort(
      (a, b) => Number(b === named) - Number(a === named) || Number(old(b)) - Number(old(a)) || a.id - b.id,
    );
    let left = amountFen;
    let rank = 0;
    for (const bill of order) {
      const openFen = bill.state === "cancelled" ? 0n : bill.amountFen - bill.paidFen;
      const share = openFen < left ? openFen : left;
      if (share === 0n) continue;
      const rule = bill === named ? "designated" : old(bill) ? "old-debt-first" : "oldest-first";
      const code = bill.state === "offered" ? "offered" : "receivable";
      this.#journal.transfer(entry.posting, entry.on, entry.debit, code, share, {
        accountId,
        season: bill.season,
        billId: bill.id,
        channelId: plan.channelId,
      });
      this.#rows.add("allocations", entry.posting, accountId, bill.id, share, rule, rank);
      bill.paidFen += share;
      left -= share;
      rank += 1;
    }
    if (left > 0n) {
      this.#journal.transfer(entry.posting, entry.on, entry.debit, "prepaid", left, {
        accountId,
        channelId: plan.channelId,
      });
      this.#rows.add("allocations", entry.posting, accountId, null, left, "overpayment", 999);
    }
    return left;
  }

  #writeBill(accountId: number, bill: OpenBill): void {
    const run = bill.season - 2023;
    this.#rows.add(
      "bills",
      bill.id,
      accountId,
      bill.pointId,
      bill.season,
      "heat",
      bill.state,
      bill.amountFen,
      bill.paidFen,
      issuedOn(bill.season),
      run,
    );
  }
}

/** The first payment is a share of the bills; the second is what the first left open. */
const paymentFen = (plan: PlannedPayment, billedFen: bigint): bigint =>
  plan.ordinal === 1
    ? (billedFen * BigInt(plan.shareBasisPoints)) / 10_000n
    : billedFen - (billedFen * BigInt(10_000 - plan.shareBasisPoints)) / 10_000n;
