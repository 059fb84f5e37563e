/** What `nuan doctor` makes of the figures: each finding says what was found, and what to do when it is not well. */
import type { listReceiptPulls, MailboxRow } from "#src/messages/messaging/index.ts";
import type { MessagesConfig } from "#src/platform/config-messages.ts";
import type { DatabaseFacts, OutboxFigures, SealFigure, ServerFigures } from "#src/platform/figures.ts";

export type Level = "ok" | "warn" | "bad";
export type Finding = {
  readonly level: Level;
  readonly check: string;
  readonly found: string;
  readonly remedy?: string;
};

const finding = (check: string, found: string, level: Level, remedy: string): Finding =>
  level === "ok" ? { level, check, found } : { level, check, found, remedy };

const OLDEST_SERVER = 150_000;
const SKEW_WARN_MS = 500;
const SKEW_BAD_MS = 5000;
const GIB = 1024 ** 3;

/** A setting whose other value may lose or tear committed money. */
const mustBe = (server: ServerFigures, name: string, wanted: string): Finding =>
  finding(
    `postgres ${name}`,
    server.settings[name] ?? "unknown",
    server.settings[name] === wanted ? "ok" : "bad",
    `set ${name} = ${wanted}: a power cut could lose committed payments`,
  );

export const serverFindings = (server: ServerFigures): Finding[] => [
  finding(
    "postgres version",
    server.version,
    server.versionNumber >= OLDEST_SERVER ? "ok" : "bad",
    "PostgreSQL 15 or newer is needed",
  ),
  mustBe(server, "fsync", "on"),
  mustBe(server, "full_page_writes", "on"),
  finding(
    "postgres synchronous_commit",
    server.settings["synchronous_commit"] ?? "unknown",
    server.settings["synchronous_commit"] === "off" ? "bad" : "ok",
    "set synchronous_commit = on: a receipt must not be given before the payment is on disk",
  ),
  finding(
    "postgres data_checksums",
    server.settings["data_checksums"] ?? "unknown",
    server.settings["data_checksums"] === "on" ? "ok" : "warn",
    "enable checksums (pg_checksums --enable on a stopped server), so that a failing disk is noticed",
  ),
  finding(
    "postgres server_encoding",
    server.settings["server_encoding"] ?? "unknown",
    server.settings["server_encoding"] === "UTF8" ? "ok" : "bad",
    "the database must be created with encoding UTF8",
  ),
  finding(
    "postgres autovacuum",
    server.settings["autovacuum"] ?? "unknown",
    server.settings["autovacuum"] === "on" ? "ok" : "bad",
    "set autovacuum = on",
  ),
];

export const skewFinding = (skewMs: number): Finding => {
  const far = Math.abs(skewMs);
  const level = far >= SKEW_BAD_MS ? "bad" : far >= SKEW_WARN_MS ? "warn" : "ok";
  return finding(
    "clock against the database",
    `${Math.round(skewMs)} ms`,
    level,
    "set both machines by the same time server (NTP)",
  );
};

export const migrationFinding = (missing: readonly string[]): Finding =>
  finding(
    "migrations",
    missing.length === 0 ? "up to date" : `${missing.length} missing, first ${missing[0] ?? ""}`,
    missing.length === 0 ? "ok" : "bad",
    "run: nuan db migrate",
  );

export const diskFinding = (folder: string, freeBytes: number): Finding =>
  finding(
    `disk free at ${folder}`,
    `${Math.round((freeBytes / GIB) * 10) / 10} GiB`,
    freeBytes < GIB ? "bad" : freeBytes < 5 * GIB ? "warn" : "ok",
    "make room: a full disk stops all payments",
  );

const OLD_EVENT_SECONDS = 60;
const STUCK_EVENT_SECONDS = 600;

const ageLevel = (seconds: number): Level =>
  seconds > STUCK_EVENT_SECONDS ? "bad" : seconds > OLD_EVENT_SECONDS ? "warn" : "ok";

export const outboxFindings = (outbox: OutboxFigures): Finding[] => [
  finding(
    "outbox to ring",
    `${outbox.toRing} events, oldest ${Math.round(outbox.oldestToRingSeconds)} s`,
    ageLevel(outbox.oldestToRingSeconds),
    "is the worker process running?",
  ),
  finding(
    "outbox unsettled",
    `${outbox.unsettled} events, oldest ${Math.round(outbox.oldestUnsettledSeconds)} s`,
    ageLevel(outbox.oldestUnsettledSeconds),
    "is the worker process running, and does the queue answer?",
  ),
  finding(
    "dead letters",
    String(outbox.deadLetters),
    outbox.deadLetters === 0 ? "ok" : "bad",
    "read the reasons, put the cause right, then replay them",
  ),
];

export const sealFinding = (seal: SealFigure): Finding => {
  const behind = seal.unsealedRows;
  return finding(
    `seal of ${seal.stream}`,
    `${seal.blocks} blocks, ${behind} rows not sealed yet`,
    behind > 100_000 ? "bad" : behind > 10_000 ? "warn" : "ok",
    "the worker process seals; start it, then run: nuan audit verify",
  );
};

export const factFindings = (facts: DatabaseFacts, isExternal: boolean): Finding[] => [
  finding(
    "demo database",
    facts.demo ? "yes" : "no",
    facts.demo && isExternal ? "warn" : "ok",
    "everybody knows a demo's logins; use a database of its own for a company's data",
  ),
  finding(
    "business clock",
    facts.clockOffsetSeconds === 0n ? "the system's" : `moved by ${facts.clockOffsetSeconds} s`,
    facts.clockOffsetSeconds === 0n ? "ok" : "warn",
    "a demo or test moved it; set it back when done",
  ),
  finding(
    "sending",
    facts.sendingHeld ? "held" : "released",
    facts.sendingHeld ? "warn" : "ok",
    "a restored copy sends nothing until a person releases it",
  ),
];

/** A mailbox that cannot be read, and mails in quarantine: nobody else would tell that customers are not heard. */
export const mailFindings = (mailboxes: readonly MailboxRow[], quarantined: number): Finding[] => [
  ...mailboxes.map((mailbox) =>
    finding(
      "mailbox",
      mailbox.trouble === ""
        ? `read up to mail ${mailbox.lastUid}`
        : `${mailbox.trouble} since ${mailbox.troubleSince?.toISOString() ?? "?"}: ${mailbox.details}`,
      mailbox.trouble === "" ? "ok" : "bad",
      "put right what the code says; mail waits in the mailbox meanwhile",
    ),
  ),
  finding(
    "mails in quarantine",
    String(quarantined),
    quarantined === 0 ? "ok" : "warn",
    "look at them (GET /quarantined-messages), then have them read again",
  ),
];

/** Who carries messages, and a gateway whose receipts cannot be pulled: then nobody knows what arrived. */
export const carrierFindings = (
  { smsProvider, smtp }: Pick<MessagesConfig, "smsProvider" | "smtp">,
  pulls: Awaited<ReturnType<typeof listReceiptPulls>>,
): Finding[] => [
  finding(
    "messages are carried by",
    `${smsProvider}, mail by ${smtp === undefined ? "outbox" : smtp.host}`,
    "ok",
    "",
  ),
  ...pulls.map(({ provider, pulledAt, trouble, unreadable }) =>
    finding(
      `receipts pulled from ${provider}`,
      trouble === ""
        ? `last at ${pulledAt?.toISOString() ?? "never"}, ${unreadable} unreadable`
        : `${trouble} at ${pulledAt?.toISOString() ?? "?"}`,
      trouble === "" ? (unreadable === 0n ? "ok" : "warn") : "bad",
      "the gateway does not give its receipts out; ask its operator (docs/messages.md)",
    ),
  ),
];

/** Terms are copies: an upgrade from a version without them leaves the households that were there without any. */
export const searchFinding = (isLacking: boolean): Finding =>
  finding(
    "search terms",
    isLacking ? "some households are found by no name" : "every household is found",
    isLacking ? "warn" : "ok",
    "nuan search rebuild",
  );
