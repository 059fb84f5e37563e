/**
 * Reading the customer mailbox (客户邮箱): look, store each mail, move the cursor, read what was stored, wait for news. It may
 * be killed anywhere: what is stored is not stored again, what is stored and not read is read at the next start.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { MailboxConfig } from "#src/platform/config-mail.ts";
import { failpoint } from "#src/platform/failpoint.ts";
import type { Platform } from "#src/platform/route.ts";
import { findUnreadMails } from "../received-queries.ts";
import { type ImapSession, mailTroubleOf, openImapSession } from "./imap-session.ts";
import {
  beginLook,
  leaseMailbox,
  recordTrouble,
  registerMailbox,
  releaseMailbox,
} from "./mailbox-queries.ts";
import { type MailParserApart, openMailParser } from "./parse-apart.ts";
import { readStoredMail } from "./read-mail.ts";
import { storeMail } from "./store-mail.ts";

type Log = {
  info(facts: object, text: string): void;
  warn(facts: object, text: string): void;
  error(facts: object, text: string): void;
};

export type MailboxLoopSettings = {
  /** Looked at this often even when the server tells nothing. */
  readonly pollMs: number;
  readonly leaseMs: number;
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
};
export const MAILBOX_LOOP_SETTINGS: MailboxLoopSettings = {
  pollMs: 60_000,
  leaseMs: 30_000,
  firstPauseMs: 1000,
  longestPauseMs: 300_000,
};

export type MailboxLoop = { stop(): Promise<void> };

/** As it stands in the database and in lists: without the password. */
export const mailboxName = (config: MailboxConfig): string =>
  `${config.secure ? "imaps" : "imap"}://${config.user}@${config.host}:${config.port}/${config.folder}`;

type Reader = {
  readonly platform: Pick<Platform, "commands" | "database" | "clock">;
  readonly config: MailboxConfig;
  readonly log: Log;
  readonly parser: MailParserApart;
  readonly settings: MailboxLoopSettings;
  readonly signal: AbortSignal;
  /** The mail on which fetching failed last, and how often in a row. */
  readonly stuck: { uid: bigint; times: number };
};

const MOST_FETCHES = 3;

/**
 * A mail from the server. What the server cannot give out three times in a row is stored as such, so that it does not stand in
 * the way of all behind it.
 */
const fetchOrGiveUp = async ({ stuck }: Reader, session: ImapSession, uid: bigint) => {
  if (stuck.uid === uid && stuck.times >= MOST_FETCHES) {
    const raw = Buffer.from(`UID ${uid} of ${session.uidValidity}`);
    return { raw, size: raw.byteLength, problem: `the server did not give out UID ${uid}` };
  }
  stuck.times = stuck.uid === uid ? stuck.times + 1 : 1;
  stuck.uid = uid;
  const fetched = await session.fetch(uid);
  stuck.times = 0;
  return fetched;
};

/** Everything stored and not yet read, whoever stored it. One that cannot be read now does not stop those behind it. */
const readAllStored = async ({ platform, config, parser, log, signal }: Reader): Promise<void> => {
  let afterId = 0n;
  for (;;) {
    const ids = await findUnreadMails(platform.database.sql, { afterId, limit: 100 });
    for (const id of ids) {
      if (signal.aborted) return;
      const outcome = await readStoredMail(platform, id, { parser, ownAddresses: config.ownAddresses });
      if (outcome === "quarantined") log.warn({ messageId: String(id) }, "a mail went to quarantine");
      await failpoint("mail-read");
      afterId = id;
    }
    if (ids.length < 100) return;
  }
};

/** One look at the mailbox: stores what is new and reads it. Answers how many mails it saw. */
const lookOnce = async (reader: Reader, session: ImapSession, mailboxId: bigint): Promise<number> => {
  const { platform, signal } = reader;
  const { uidValidity } = session;
  const now = platform.clock.now();
  let { lastUid } = await beginLook(platform.database.sql, { id: mailboxId, uidValidity, now });
  let seen = 0;
  for (;;) {
    const uids = await session.uidsAfter(lastUid);
    for (const uid of uids) {
      if (signal.aborted) return seen;
      const fetched = await fetchOrGiveUp(reader, session, uid);
      await failpoint("mail-fetched");
      if (fetched !== null) await storeMail(platform, { mailboxId, uidValidity, uid, ...fetched });
      await failpoint("mail-stored");
      await readAllStored(reader);
      lastUid = uid;
      seen += 1;
    }
    await session.markSeen(uids);
    if (uids.length === 0) return seen;
  }
};

/**
 * Keeps the mailbox ours while we read it, however long that takes: a process that dies loses it within `leaseMs`. Two readers
 * at once would only fetch twice; the keys keep each mail one.
 */
const keepLease = ({ platform, settings }: Reader, mailboxId: bigint, holder: string) => {
  const lease = { id: mailboxId, reader: holder, leaseMs: settings.leaseMs };
  let isOurs = true;
  const renew = async (): Promise<void> => {
    try {
      isOurs = await leaseMailbox(platform.database.sql, lease);
    } catch {
      // A database that does not answer is met by whatever is read next.
    }
  };
  const timer = setInterval(() => void renew(), settings.leaseMs / 3);
  return { isOurs: () => isOurs, stop: () => clearInterval(timer) };
};

const readWhileConnected = async (reader: Reader, mailboxId: bigint, holder: string): Promise<void> => {
  const { config, settings, signal, log } = reader;
  const session = await openImapSession(config, settings.pollMs);
  log.info({ mailbox: mailboxName(config) }, "the mailbox is open");
  const lease = keepLease(reader, mailboxId, holder);
  try {
    while (!signal.aborted && session.isOpen && lease.isOurs()) {
      await readAllStored(reader);
      await lookOnce(reader, session, mailboxId);
      await session.waitForNews(settings.pollMs, signal);
    }
  } finally {
    lease.stop();
    await session.close();
  }
};

const pauseAfter = (failures: number, { firstPauseMs, longestPauseMs }: MailboxLoopSettings): number =>
  Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(failures - 1, 12)) * (0.5 + Math.random() / 2);

/** Writes down what is wrong where people look for it; a database that is gone as well is the smaller trouble. */
const tellTrouble = async (
  { platform, log }: Reader,
  mailboxId: bigint | undefined,
  error: unknown,
  failures: number,
): Promise<void> => {
  const { code, message } = mailTroubleOf(error);
  // One line when it begins and then now and then: an outage must not fill the log.
  if (failures === 1 || failures % 20 === 0) {
    log.warn({ code, failures, cause: message }, "the mailbox cannot be read");
  }
  if (mailboxId === undefined) return;
  const row = { id: mailboxId, trouble: code, details: message, now: platform.clock.now() };
  await recordTrouble(platform.database.sql, row).catch(() => undefined);
};

const run = async (reader: Reader): Promise<void> => {
  const { platform, config, settings, signal } = reader;
  const holder = randomUUID();
  let mailboxId: bigint | undefined;
  let failures = 0;
  while (!signal.aborted) {
    // Somebody else reads it: look again when that reader may have died.
    let pauseMs = Math.min(settings.pollMs, settings.leaseMs / 2);
    try {
      mailboxId ??= await registerMailbox(platform.database.sql, mailboxName(config));
      const lease = { id: mailboxId, reader: holder, leaseMs: settings.leaseMs };
      if (await leaseMailbox(platform.database.sql, lease)) {
        await readWhileConnected(reader, mailboxId, holder);
        failures = 0;
        pauseMs = settings.firstPauseMs;
      }
    } catch (error) {
      failures += 1;
      await tellTrouble(reader, mailboxId, error, failures);
      pauseMs = pauseAfter(failures, settings);
    }
    await delay(pauseMs, undefined, { signal }).catch(() => undefined);
  }
  if (mailboxId !== undefined) {
    // The next reader need not wait for the lease to run out; if this fails, it waits.
    await releaseMailbox(platform.database.sql, { id: mailboxId, reader: holder }).catch(() => undefined);
  }
};

/** Starts reading; `stop` ends it between two mails. Never throws: what goes wrong is logged, shown and tried again. */
export const startMailboxLoop = (
  platform: Pick<Platform, "commands" | "database" | "clock">,
  config: MailboxConfig,
  log: Log,
  settings: MailboxLoopSettings = MAILBOX_LOOP_SETTINGS,
): MailboxLoop => {
  const stopping = new AbortController();
  const parser = openMailParser();
  const stuck = { uid: 0n, times: 0 };
  const running = run({ platform, config, log, parser, settings, signal: stopping.signal, stuck });
  return {
    stop: async () => {
      stopping.abort();
      await running;
      await parser.close();
    },
  };
};
