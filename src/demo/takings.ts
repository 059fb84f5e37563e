/** The money of the past as it came in: payments, the shifts of the tills, and what the banks credited the next day. */
import { addDays, type Day } from "#src/kernel/day.ts";
import { must } from "#src/kernel/errors.ts";
import { CHANNELS, type DemoChannel } from "./channels.ts";
import type { CopyRows } from "./copy-rows.ts";
import type { Journal } from "./journal.ts";
import type { PlannedPayment } from "./payment-habits.ts";
import type { HistoryFacts } from "./past-seasons.ts";

type Shift = {
  readonly id: number;
  readonly on: Day;
  readonly till: string;
  readonly staff: bigint;
  cashFen: bigint;
  cardFen: bigint;
  lastPosting: number;
};

type ChannelDay = { readonly channel: DemoChannel; readonly on: Day; fen: bigint; items: number };

export type Entry = {
  readonly posting: number;
  readonly on: Day;
  readonly debit: "cash" | "pos_clearing" | "channel_clearing";
};

const channelById = new Map(CHANNELS.map((channel) => [channel.id, channel]));
const channelOf = (plan: PlannedPayment): DemoChannel => must(channelById.get(plan.channelId), "a channel");

export class Takings {
  readonly #rows: CopyRows;
  readonly #journal: Journal;
  readonly #facts: HistoryFacts;
  readonly #shifts = new Map<string, Shift>();
  readonly #channelDays = new Map<string, ChannelDay>();
  #payments = 0;

  constructor(rows: CopyRows, journal: Journal, facts: HistoryFacts) {
    this.#rows = rows;
    this.#journal = journal;
    this.#facts = facts;
  }

  get count(): number {
    return this.#payments;
  }

  /** A bank or a wallet pays the bill that it shows; at the counter people pay what they owe. */
  namesBills(plan: PlannedPayment): boolean {
    return channelOf(plan).kind !== "counter";
  }

  /** Writes the payment and its posting; where the money goes is the caller's. */
  take(accountId: number, plan: PlannedPayment, amountFen: bigint, billId: number | null): Entry {
    const channel = channelOf(plan);
    const on = plan.paidAt.slice(0, 10) as Day;
    this.#payments += 1;
    const id = this.#payments;
    const shift = channel.kind === "counter" ? this.#shiftOf(accountId, on) : null;
    const serial = `${on.replaceAll("-", "")}${String(accountId).padStart(7, "0")}${plan.ordinal}`;
    const posting = this.#journal.post({
      kind: "payment",
      source: id,
      on,
      actor: shift?.staff ?? null,
      at: plan.paidAt,
    });
    const money = [amountFen, plan.tender, plan.paidAt, shift?.id ?? null, billId, shift === null] as const;
    this.#rows.add("payments", id, accountId, channel.id, serial, ...money);
    if (shift === null) {
      const day = this.#channelDay(channel, on);
      day.fen += amountFen;
      day.items += 1;
      return { posting, on, debit: "channel_clearing" };
    }
    shift.lastPosting = posting;
    if (plan.tender === "cash") {
      shift.cashFen += amountFen;
      return { posting, on, debit: "cash" };
    }
    shift.cardFen += amountFen;
    return { posting, on, debit: "pos_clearing" };
  }

  /** Shifts are counted without a difference and emptied the same evening; channels are credited the next morning. */
  finish(): void {
    for (const shift of this.#shifts.values()) this.#closeShift(shift);
    const days = [...this.#channelDays.values()].sort((a, b) =>
      a.on === b.on ? a.channel.id - b.channel.id : a.on < b.on ? -1 : 1,
    );
    for (const [index, day] of days.entries()) this.#credit(index + 1, day);
  }

  #shiftOf(accountId: number, on: Day): Shift {
    const place = accountId % 2 === 0 ? 0 : 1;
    const key = `${on}/${place}`;
    const known = this.#shifts.get(key);
    if (known !== undefined) return known;
    const staff = this.#facts.cashiers[place];
    const shift = {
      id: this.#shifts.size + 1,
      on,
      till: `T0${place + 1}`,
      staff,
      cashFen: 0n,
      cardFen: 0n,
      lastPosting: 0,
    };
    this.#shifts.set(key, shift);
    return shift;
  }

  #channelDay(channel: DemoChannel, on: Day): ChannelDay {
    const key = `${on}/${channel.id}`;
    const known = this.#channelDays.get(key);
    if (known !== undefined) return known;
    const day = { channel, on, fen: 0n, items: 0 };
    this.#channelDays.set(key, day);
    return day;
  }

  #closeShift(shift: Shift): void {
    const { id, on, cashFen, cardFen } = shift;
    const closedAt = `${on}T20:30:00+08:00`;
    const slip = cashFen > 0n ? `JK${on.replaceAll("-", "")}-${shift.till}` : null;
    const times = [on, "closed", `${on}T08:00:00+08:00`, closedAt] as const;
    this.#rows.add(
      "shifts",
      id,
      shift.staff,
      shift.till,
      ...times,
      cashFen,
      cashFen,
      cardFen,
      cardFen,
      slip,
      shift.lastPosting,
    );
    const posting = this.#journal.post({
      kind: "shift-deposited",
      source: id,
      on,
      actor: shift.staff,
      at: closedAt,
    });
    if (cashFen > 0n) this.#journal.transfer(posting, on, "bank", "cash", cashFen, {});
    if (cardFen > 0n) this.#journal.transfer(posting, on, "bank", "pos_clearing", cardFen, {});
  }

  #credit(id: number, day: ChannelDay): void {
    const { channel, fen } = day;
    const fee = (fen * BigInt(channel.feeBasisPoints)) / 10_000n + BigInt(day.items * channel.feePerItemFen);
    const on = addDays(day.on, 1);
    const at = `${on}T09:00:00+08:00`;
    const reference = `${day.on.replaceAll("-", "")}-${channel.code}`;
    this.#rows.add("bank_credits", id, channel.id, day.on, reference, fen, fee, on, at, this.#facts.finance);
    const posting = this.#journal.post({
      kind: "channel-settled",
      source: id,
      on,
      actor: this.#facts.finance,
      at,
    });
    const about = { channelId: channel.id };
    this.#journal.transfer(posting, on, "bank", "channel_clearing", fen - fee, about);
    if (fee > 0n) this.#journal.transfer(posting, on, "bank_fee", "channel_clearing", fee, about);
  }
}
