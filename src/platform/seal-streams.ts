/**
 * What is sealed, and the text of each row that is digested. A row's digest is the first 16 bytes of SHA-256 over
 * `row(columns)::text` as the server writes it on our connections (UTC, ISO dates). A column that is not listed here is not
 * protected; changing a list makes every row of the stream look changed, so a new column opens a new stream.
 */
export const SEALED_COLUMNS = {
  audit_events: [
    "id",
    "occurred_at",
    "actor_id",
    "actor_kind",
    "actor_name",
    "command",
    "subject",
    "details",
    "request_id",
  ],
  postings: [
    "id",
    "kind",
    "source_id",
    "accounting_date",
    "value_date",
    "actor_id",
    "corrects_id",
    "created_at",
  ],
  transfers: [
    "id",
    "posting_id",
    "debit",
    "credit",
    "amount_fen",
    "accounting_date",
    "account_id",
    "season_id",
    "bill_id",
    "channel_id",
  ],
  bill_lines: [
    "id",
    "bill_id",
    "ordinal",
    "kind",
    "amount_fen",
    "heat_class",
    "loop_type",
    "billing_area_milli_m2",
    "area_rule",
    "price_version_id",
    "price_micro_yuan",
    "days",
    "share_basis_points",
    "terms_id",
    "note",
  ],
  allocations: ["id", "posting_id", "account_id", "bill_id", "amount_fen", "rule", "rank"],
} as const satisfies Record<string, readonly string[]>;

export type SealStream = keyof typeof SEALED_COLUMNS;
export const SEAL_STREAMS = Object.keys(SEALED_COLUMNS) as readonly SealStream[];
export const LEDGER_STREAMS: readonly SealStream[] = ["postings", "transfers", "bill_lines", "allocations"];

/** Bytes per row in `seal_blocks.row_digests`. */
export const DIGEST_BYTES = 16;

/** The digest of one row under the alias `t`. */
export const rowDigest = (stream: SealStream): string => {
  const columns = SEALED_COLUMNS[stream].map((column) => `t.${column}`).join(", ");
  return `substr(sha256(convert_to(row(${columns})::text, 'UTF8')), 1, ${DIGEST_BYTES})`;
};

/** The sequence that gives the stream's ids. */
export const sequenceOf = (stream: SealStream): string => `${stream}_id_seq`;

/** The newest id that is committed and came from the sequence; null when there is none. */
export const newestId = (stream: SealStream): string =>
  `(select max(t.id) from ${stream} t where t.id <= (select s.last_value from ${sequenceOf(stream)} s))`;

/** A block's hash: SHA-256 over the hash before it, the stream, its range, its ids and its digests. */
export const blockHash = (block: {
  readonly stream: string;
  readonly previousHash: string;
  readonly fromId: string;
  readonly toId: string;
  readonly ids: string;
  readonly digests: string;
}): string =>
  `sha256(${block.previousHash} || convert_to(${block.stream} || '|' || ${block.fromId} || '|' || ${block.toId}
     || '|' || array_to_string(${block.ids}, ',') || '|', 'UTF8') || ${block.digests})`;

/** What stands before the first block. */
export const FIRST_PREVIOUS_HASH = Buffer.alloc(32);
