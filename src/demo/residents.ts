/** The people behind the doors: owners, payers, tenants, their numbers and what they agreed to. All invented. */
import { type Day, day } from "#src/kernel/day.ts";
import { foldName } from "#src/town/accounts/index.ts";
import type { CopyRows } from "./copy-rows.ts";
import { firmName, personName } from "./names.ts";
import { type Random, randomStream } from "./random.ts";

type Phone = { readonly number: string; readonly kind: "mobile" | "landline"; readonly asWritten: string };
type Person = { readonly id: number; readonly phone: Phone | null; readonly foldedName: string };

const digits = (random: Random, count: number): string =>
  String(random.below(10 ** count)).padStart(count, "0");

const mobile = (random: Random): Phone => {
  const tail = digits(random, 7);
  const national = `1990${tail}`;
  const written = [
    national,
    `${national.slice(0, 3)} ${national.slice(3, 7)} ${national.slice(7)}`,
    `+86 ${national}`,
  ];
  return {
    number: `+86${national}`,
    kind: "mobile",
    asWritten: written[random.weighted([80, 15, 5])] ?? national,
  };
};

const landline = (random: Random, extension: boolean): Phone => {
  const local = `6${random.between(1, 8)}${digits(random, 6)}`;
  if (!extension) return { number: `+86371${local}`, kind: "landline", asWritten: `0371-${local}` };
  const ext = String(random.between(8001, 8999));
  return { number: `+86371${local};ext=${ext}`, kind: "landline", asWritten: `0371-${local}转${ext}` };
};

const CONSENT_PURPOSES = ["service-notice", "payment-notice", "greeting", "survey"] as const;

/** Makes the people of one household after the other; some flats share an owner, some owners a phone. */
export class Residents {
  readonly #random: Random;
  readonly #rows: CopyRows;
  #people = 0;
  #lastOwner: Person | null = null;
  #lastPhone: Phone | null = null;

  constructor(seed: number, rows: CopyRows) {
    this.#random = randomStream(seed, "residents");
    this.#rows = rows;
  }

  /**
   * Owner (one of a hundred sold the flat), sometimes a payer of its own and a tenant. Shops mostly belong to firms.
   * Answers the folded names of those who have a role today.
   */
  settle(accountId: number, openedOn: Day, shop: boolean): string[] {
    const random = this.#random;
    const owner = this.#owner(shop);
    const names = [owner.foldedName];
    const soldOn = day("2025-06-18");
    if (openedOn < soldOn && random.chance(100)) {
      const former = this.#person(false);
      this.#role(accountId, former.id, "owner", openedOn, soldOn);
      this.#role(accountId, owner.id, "owner", soldOn, null);
    } else {
      this.#role(accountId, owner.id, "owner", openedOn, null);
    }
    const settleOne = (firm: boolean, role: string, from: Day): void => {
      const one = this.#person(firm);
      names.push(one.foldedName);
      this.#role(accountId, one.id, role, from, null);
    };
    if (random.chance(800)) settleOne(random.chance(2000), "payer", openedOn);
    if (random.chance(1000)) settleOne(false, "tenant", day("2025-08-01"));
    return names;
  }

  #owner(shop: boolean): Person {
    if (!shop && this.#lastOwner !== null && this.#random.chance(400)) return this.#lastOwner;
    const owner = this.#person(shop && this.#random.chance(7000));
    this.#lastOwner = shop ? this.#lastOwner : owner;
    this.#consents(owner);
    return owner;
  }

  #person(firm: boolean): Person {
    const random = this.#random;
    this.#people += 1;
    const id = this.#people;
    const name = firm ? firmName(random) : personName(random);
    const foldedName = foldName(name);
    this.#rows.add("people", id, firm ? "organisation" : "person", name, foldedName);
    const phone = this.#phone(firm);
    if (phone !== null) this.#addPhone(id, phone);
    // One in fifty has a second number.
    const second = random.chance(200) ? landline(random, false) : null;
    if (second !== null && second.number !== phone?.number) this.#addPhone(id, second);
    return { id, phone, foldedName };
  }

  #phone(firm: boolean): Phone | null {
    const random = this.#random;
    if (random.chance(200)) return null;
    if (this.#lastPhone !== null && random.chance(600)) return this.#lastPhone;
    const phone = firm || random.chance(300) ? landline(random, firm && random.chance(5000)) : mobile(random);
    this.#lastPhone = phone;
    return phone;
  }

  /** Known as right 30%, known as wrong 5%, of the rest nobody knows. */
  #addPhone(personId: number, phone: Phone): void {
    const known = this.#random.weighted([30, 5, 65]);
    const confirmed = known === 0 ? true : known === 1 ? false : null;
    this.#rows.add("person_phones", personId, phone.number, phone.kind, phone.asWritten, confirmed);
  }

  #consents(owner: Person): void {
    const random = this.#random;
    if (!random.chance(7000)) return;
    const recordedAt = "2024-08-20T10:00:00+08:00";
    const purpose = CONSENT_PURPOSES[random.weighted([45, 35, 15, 5])] ?? "service-notice";
    const granted = purpose === "greeting" || purpose === "survey" ? random.chance(6000) : true;
    this.#rows.add("consents", owner.id, purpose, granted, "营业厅登记表", recordedAt);
  }

  #role(accountId: number, personId: number, role: string, from: Day, until: Day | null): void {
    this.#rows.add("account_roles", accountId, personId, role, `[${from},${until ?? ""})`);
  }
}
