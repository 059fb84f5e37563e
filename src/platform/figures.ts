/** Figures about the platform's own tables, for `/metrics` and `nuan doctor`. Read-only. */
import type { Sql } from "./sql.ts";

export type OutboxFigures = {
  /** Events that no queue knows of yet. */
  readonly toRing: number;
  /** Events that a queue knows and that not every subscriber has handled. */
  readonly unsettled: number;
  readonly oldestToRingSeconds: number;
  readonly oldestUnsettledSeconds: number;
  /** Given up and not replayed. */
  readonly deadLetters: number;
};

/** Both states are read from their partial indexes, which hold only what is open. */
export const readOutboxFigures = async (sql: Sql): Promise<OutboxFigures> =>
  sql.one<OutboxFigures>(`
    select ringing.count::int as "toRing", ringing.seconds as "oldestToRingSeconds",
      settling.count::int as "unsettled", settling.seconds as "oldestUnsettledSeconds",
      (select count(*)::int from dead_letters where replayed_at is null) as "deadLetters"
    from (
      select count(*), coalesce(greatest(extract(epoch from now() - min(occurred_at)), 0), 0)::float8 as seconds
      from outbox_events where rung_at is null) ringing,
    (
      select count(*), coalesce(greatest(extract(epoch from now() - min(rung_at)), 0), 0)::float8 as seconds
      from outbox_events where settled_at is null and rung_at is not null) settling`);

export type SealFigure = {
  readonly stream: string;
  readonly sealedToId: string;
  readonly blocks: number;
  readonly lastSealedAt: Date | null;
  /** Committed rows that no block holds yet; a healthy sealer keeps this within a second of 0. */
  readonly unsealedRows: number;
};

const SEALED_TABLES = ["audit_events", "postings", "transfers", "bill_lines", "allocations"] as const;

/** How far each sealed stream is behind its table. Row counts come from the primary keys above the sealed id. */
export const readSealFigures = async (sql: Sql): Promise<SealFigure[]> => {
  const figures: SealFigure[] = [];
  for (const stream of SEALED_TABLES) {
    figures.push(
      await sql.one<SealFigure>(
        `select name as stream, sealed_to_id::text as "sealedToId",
          (select count(*)::int from seal_blocks where seal_blocks.stream = name) as blocks,
          (select max(sealed_at) from seal_blocks where seal_blocks.stream = name) as "lastSealedAt",
          (select count(*)::int from ${stream} sealed where sealed.id > seal_streams.sealed_to_id) as "unsealedRows"
        from seal_streams where name = :stream`,
        { stream },
      ),
    );
  }
  return figures;
};

export type ServerFigures = {
  readonly version: string;
  readonly versionNumber: number;
  /** The server's clock at the moment of the answer. */
  readonly now: Date;
  readonly databaseName: string;
  readonly databaseBytes: bigint;
  readonly connections: number;
  readonly settings: Readonly<Record<string, string>>;
};

const WATCHED_SETTINGS = [
  "fsync",
  "full_page_writes",
  "synchronous_commit",
  "data_checksums",
  "server_encoding",
  "wal_level",
  "max_connections",
  "shared_buffers",
  "work_mem",
  "max_wal_size",
  "autovacuum",
  "track_commit_timestamp",
] as const;

/** What the server is and how it is set, as far as money depends on it. */
export const readServerFigures = async (sql: Sql): Promise<ServerFigures> => {
  const server = await sql.one<Omit<ServerFigures, "settings">>(`
    select current_setting('server_version') as version, current_setting('server_version_num')::int as "versionNumber",
      clock_timestamp() as now, current_database()::text as "databaseName",
      pg_database_size(current_database()) as "databaseBytes",
      (select count(*)::int from pg_stat_activity where datname = current_database()) as connections`);
  const rows = await sql.rows<{ name: string; value: string }>(
    "select name, current_setting(name) as value from pg_settings where name = any(:names::text[])",
    { names: WATCHED_SETTINGS },
  );
  return { ...server, settings: Object.fromEntries(rows.map((row) => [row.name, row.value])) };
};

export type DatabaseFacts = {
  readonly demo: boolean;
  readonly clockOffsetSeconds: bigint;
  readonly sendingHeld: boolean;
};

/** What this database says about itself: a demo, a moved clock, a restored copy that sends nothing. */
export const readDatabaseFacts = async (sql: Sql): Promise<DatabaseFacts> =>
  sql.one<DatabaseFacts>(`
    select demo, business_clock_offset_seconds as "clockOffsetSeconds", sending_held as "sendingHeld"
    from database_facts`);
