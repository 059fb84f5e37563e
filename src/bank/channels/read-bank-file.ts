/** One door for every format. A new format is a reader, a profile shape and a line here. */
import type { BankEvent } from "./model.ts";
import type { BankProfile } from "./profile-schema.ts";
import { readCamt } from "./read-camt.ts";
import { readDelimited } from "./read-delimited.ts";

type Readers = {
  readonly [Format in BankProfile["format"]]: (
    source: AsyncIterable<Uint8Array>,
    profile: Extract<BankProfile, { format: Format }>,
  ) => AsyncIterable<BankEvent[]>;
};

const READERS: Readers = { delimited: readDelimited, camt: readCamt };

const readWith = <Format extends BankProfile["format"]>(
  format: Format,
  source: AsyncIterable<Uint8Array>,
  profile: Extract<BankProfile, { format: Format }>,
): AsyncIterable<BankEvent[]> => READERS[format](source, profile);

/**
 * Reads a bank file under its profile as batches of events (see `model.ts` for what the stream promises). Pure: it
 * opens nothing and keeps nothing; reading twice gives the same events, however the bytes are chunked.
 * @throws DomainError `file.*` for a file that cannot be taken at all, from any batch, also the last.
 */
export const readBankFile = (
  source: AsyncIterable<Uint8Array>,
  profile: BankProfile,
): AsyncIterable<BankEvent[]> =>
  profile.format === "delimited" ? readWith("delimited", source, profile) : readWith("camt", source, profile);
