/** Certainty about serials that the sieve suspects: a second reading that looks at the suspects only. */
import type { BankTransaction, EntryEvent } from "./model.ts";
import type { BankProfile } from "./profile-schema.ts";
import { readBankFile } from "./read-bank-file.ts";

export type RepeatedSerial = {
  readonly serial: string;
  readonly kind: BankTransaction["kind"];
  /** Lines of the file, in order; at least two. */
  readonly rows: readonly number[];
  /**
   * true: every row says the same (account, amount, time), the bank sent one payment twice.
   * false: two payments bear one serial, and nothing here can tell which is right.
   */
  readonly sameContent: boolean;
};

type Sighting = { readonly rows: number[]; readonly content: string; same: boolean };

const contentOf = (entry: EntryEvent, transaction: BankTransaction): string =>
  JSON.stringify([
    transaction.accountNo,
    String(transaction.amountMinor),
    transaction.direction,
    entry.valueDay,
    transaction.paidAt,
    transaction.originalSerial,
    entry.status,
  ]);

/**
 * Reads the file again and says which of the suspected serials (those of entries with `mayRepeatSerial`) really
 * repeat. A payment and its reversal may share a serial; they are told apart by kind.
 * Needs memory for the suspects only.
 */
export const resolveRepeatedSerials = async (
  open: () => AsyncIterable<Uint8Array>,
  profile: BankProfile,
  suspects: ReadonlySet<string>,
): Promise<RepeatedSerial[]> => {
  if (suspects.size === 0) return [];
  const sightings = new Map<string, Sighting & Pick<RepeatedSerial, "serial" | "kind">>();
  for await (const events of readBankFile(open(), profile)) {
    for (const event of events) {
      if (event.type !== "entry") continue;
      for (const transaction of event.transactions) {
        const { serial, kind } = transaction;
        if (serial === null || !suspects.has(serial)) continue;
        const key = `${kind} ${serial}`;
        const content = contentOf(event, transaction);
        const known = sightings.get(key);
        if (known === undefined)
          sightings.set(key, { serial, kind, rows: [event.rawLine], content, same: true });
        else {
          known.rows.push(event.rawLine);
          if (known.content !== content) known.same = false;
        }
      }
    }
  }
  return [...sightings.values()]
    .filter((sighting) => sighting.rows.length > 1)
    .map(({ serial, kind, rows, same }) => ({ serial, kind, rows, sameContent: same }));
};
