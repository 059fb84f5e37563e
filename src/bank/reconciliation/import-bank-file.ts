/**
 * Importing a bank's file, from bytes to a posted bank day.
 *
 * received > checked > posting > posted. Everything that can be refused is refused before the first posting, and then
 * the row says refused with its reason. What a killed process leaves is taken over by whoever imports the same bytes
 * again: before the first posting it is given up and done anew, after it the posting goes on.
 */
import type pg from "pg";
import type { BankProfile } from "#src/bank/channels/index.ts";
import type { Day } from "#src/kernel/day.ts";
import { DomainError, fail, must } from "#src/kernel/errors.ts";
import type { Action } from "#src/platform/actions.ts";
import type { Actor } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { failpoint } from "#src/platform/failpoint.ts";
import { isOfTheMoment } from "#src/platform/of-the-moment.ts";
import type { Platform } from "#src/platform/route.ts";
import type { Sql } from "#src/platform/sql.ts";
import { type CertifiedCheck, keepOutOfCertified, refuseUnneeded } from "./certified-days.ts";
import { type DoubtfulLine, doubtfulLines, type PaidTwice, paidTwice } from "./doubt-queries.ts";
import { countsOf, isInDoubt, linesInDoubt, requireAgreed } from "./doubts.ts";
import { cleanFileName } from "./file-name.ts";
import { withFileLock } from "./file-lock.ts";
import {
  answersFor,
  deleteBytes,
  deleteStaged,
  findImport,
  findOtherChannel,
  findSameBytes,
  findSameContent,
  type ImportChannel,
  type ImportFile,
  insertImport,
  lockChecks,
  markAborted,
  markChecked,
  markRefused,
  outcomeCounts,
} from "./import-queries.ts";
import { channelToImport, profileToUse } from "./import-choice.ts";
import { importStatementFile } from "./import-statement.ts";
import { type ImportProgress, postImport } from "./post-file.ts";
import { reconcileTouchedDays } from "./reconcile-day.ts";
import { type FileSource, type SourceFile, takeSource } from "./source-file.ts";
import { stageFile, type StagedFile } from "./stage-file.ts";

export type BankImportRequest = {
  readonly source: FileSource;
  /** As the bank named it; kept, and never used to recognise a file. */
  readonly fileName: string;
  readonly channel: string;
  /** Another profile than the channel's own: a copy in another encoding, or a statement. */
  readonly profile?: string | undefined;
  readonly dryRun?: boolean | undefined;
  /** To which later day a further file of a certified day counts. */
  readonly forDay?: Day | undefined;
  readonly requestId?: string | undefined;
  readonly onProgress?: ImportProgress | undefined;
};

export type BankImportReport = {
  readonly importFileId: bigint;
  readonly channel: string;
  readonly fileName: string;
  readonly kind: "collection" | "statement";
  readonly state: string;
  readonly dryRun: boolean;
  /** The posting of an earlier, killed import was finished. */
  readonly resumed: boolean;
  readonly bankDay: Day | null;
  readonly lineCount: number;
  readonly totalFen: bigint;
  /** Lines by what became of them; in a dry run, what would become of them. */
  readonly counts: Readonly<Record<string, number>>;
  /** Of a dry run of a channel's file: the lines that a person looks at, the first `DOUBTS_SHOWN` of each sort. */
  readonly doubts?: { readonly lines: readonly DoubtfulLine[]; readonly twice: readonly PaidTwice[] };
};

const DOUBTS_SHOWN = 200;

/** The answer to a file that is there already: which one it is, and how far it is. */
export const refuseKnownFile = (first: ImportFile): never =>
  fail(
    "file.already-imported",
    first.state === "posted"
      ? `this file was imported before, as import ${first.id}`
      : `this file is being imported just now, as import ${first.id}`,
    {
      remedy: "Nothing was posted again; see GET /bank-imports/{id}.",
      facts: { importFileId: String(first.id), state: first.state, fileName: first.fileName },
    },
  );

type Import = {
  readonly platform: Platform;
  readonly actor: Actor;
  readonly request: BankImportRequest;
  readonly channel: ImportChannel;
  readonly profile: BankProfile;
  readonly source: SourceFile;
  /** To how many lines in doubt a second person agreed. */
  readonly agreedInDoubt: number;
};

export type ClaimedImport = Import & {
  readonly fileId: bigint;
  readonly client: pg.PoolClient;
  readonly bulkSql: Sql;
};

const run = async <T>(
  { platform, actor, request }: Import,
  name: Action,
  work: (context: CommandContext) => Promise<T>,
): Promise<T> =>
  (
    await platform.commands.run(
      { name, actor, pool: "bulk", ...(request.requestId !== undefined && { requestId: request.requestId }) },
      work,
    )
  ).result;

/** Writes the file's row. Under the file's lock; what a killed import left before its first posting is given up. */
const claim = async (one: Import): Promise<{ fileId: bigint } | { resume: ImportFile }> => {
  const { platform, channel, source, profile, request, actor } = one;
  const left = await findSameBytes(platform.database.sql, channel.id, source.sha256);
  if (left !== null) {
    if (left.state === "posted") refuseKnownFile(left);
    if (left.state === "posting" || (left.state === "checked" && left.kind === "collection")) {
      return { resume: left };
    }
  }
  const fileId = await run(one, "bank.receive-file", async (context) => {
    if (left !== null) {
      await deleteStaged(context.sql, left.id);
      await deleteBytes(context.sql, left.id);
      await markAborted(context.sql, left.id, context.now);
    }
    const id = await insertImport(context.sql, {
      channelId: channel.id,
      sha256: source.sha256,
      fileName: cleanFileName(request.fileName) || "file",
      sizeBytes: source.sizeBytes,
      profile: profile.name,
      profileVersion: String(profile.version),
      encoding: profile.format === "delimited" ? profile.layout.encoding : "xml",
      kind: profile.format === "camt" ? "statement" : "collection",
      now: context.now,
      receivedBy: await answersFor(context.sql, actor),
      receivedByName: actor.name,
    });
    if (id !== null) {
      context.audit({
        subject: `bank-import:${id}`,
        details: { channelId: channel.id, sha256: Buffer.from(source.sha256).toString("hex") },
      });
    }
    return id;
  });
  if (fileId !== null) return { fileId };
  const first = await findSameBytes(platform.database.sql, channel.id, source.sha256);
  return refuseKnownFile(must(first, "the import that the index found"));
};

/** In doubt, and nobody agreed: what was staged goes, as after a trial. The file is kept by whoever holds it for a second person. */
const setAside = (one: ClaimedImport): Promise<void> =>
  run(one, "bank.set-file-aside", async (context) => {
    await deleteStaged(context.sql, one.fileId);
    await deleteBytes(context.sql, one.fileId);
    await markAborted(context.sql, one.fileId, context.now);
    context.audit({ subject: `bank-import:${one.fileId}`, details: { setAside: true } });
  });

/** A busy moment says nothing of the file: its row stays as a killed import leaves it, for whoever imports it again. */
const isVerdict = (error: unknown): error is DomainError =>
  error instanceof DomainError && !isOfTheMoment(error);

/** Keeps the reason with the file, takes the staged lines away, and passes the refusal on with the file's id. */
const refuse = async (one: ClaimedImport, error: DomainError): Promise<never> => {
  if (isInDoubt(error)) {
    await setAside(one);
    throw error;
  }
  const facts = { importFileId: String(one.fileId), ...error.detail.facts };
  await run(one, "bank.refuse-file", async (context) => {
    await deleteStaged(context.sql, one.fileId);
    await markRefused(
      context.sql,
      one.fileId,
      { code: error.code, message: error.message, ...error.detail, facts },
      context.now,
    );
    context.audit({ subject: `bank-import:${one.fileId}`, details: { refused: error.code } });
  });
  throw new DomainError(error.code, error.message, { ...error.detail, facts });
};

const certifiedCheck = (
  { channel, fileId, request }: ClaimedImport,
  staged: StagedFile,
  mode: CertifiedCheck["mode"],
  now: Date,
): CertifiedCheck => ({
  channelId: channel.id,
  channel: channel.code,
  fileId,
  staged,
  forDay: request.forDay,
  mode,
  now,
});

/** A file is one channel's: taken for another besides, its money would be in the books twice. */
const refuseOtherChannel = async (sql: Sql, one: ClaimedImport, staged: StagedFile): Promise<void> => {
  const other = await findOtherChannel(sql, {
    channelId: one.channel.id,
    sha256: one.source.sha256,
    contentSha256: staged.contentSha256,
  });
  if (other === null) return;
  fail("file.other-channel", `this file was imported for channel "${other.channel}", as import ${other.id}`, {
    field: "channel",
    remedy: `Nothing was posted for "${one.channel.code}"; see GET /bank-imports/{id}, and whose file it is.`,
    facts: { otherImportFileId: String(other.id), channel: other.channel, state: other.state },
  });
};

const lookBefore = async (one: ClaimedImport, staged: StagedFile) => {
  const { sql } = one.platform.database;
  await refuseOtherChannel(sql, one, staged);
  return keepOutOfCertified(sql, certifiedCheck(one, staged, "look", one.platform.clock.now()));
};

const check = async (one: ClaimedImport, staged: StagedFile): Promise<void> => {
  const { platform, channel, profile, fileId } = one;
  const { realTime } = channel;
  const outcomes = await outcomeCounts(one.bulkSql, { id: fileId, channelId: channel.id, realTime });
  if (profile.format === "delimited" && profile.reconciliation.unknownAccount === "refuse") {
    const unknown = outcomes.find((line) => line.outcome === "suspense" || line.class === "unknown-account");
    if (unknown !== undefined) {
      fail("file.account-unknown", `line ${unknown.firstRow} has an account number that is not on our roll`, {
        row: unknown.firstRow,
        field: "accountNo",
        remedy: "The agreement with this channel has such files refused; ask the bank for a corrected one.",
        facts: { lines: Number(unknown.lines) },
      });
    }
  }
  // What is refused anyway is not held for a second person; asked again below, with the lock that makes it hold.
  await lookBefore(one, staged);
  requireAgreed(countsOf(outcomes), one.agreedInDoubt);
  try {
    await run(one, "bank.check-file", async (context) => {
      await lockChecks(context.sql);
      await refuseOtherChannel(context.sql, one, staged);
      const file = await keepOutOfCertified(context.sql, certifiedCheck(one, staged, "lock", context.now));
      await markChecked(context.sql, { id: fileId, ...file });
      context.audit({
        subject: `bank-import:${fileId}`,
        details: { lines: file.lineCount, totalFen: file.totalFen, forDay: one.request.forDay ?? null },
      });
    });
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== "file.already-imported") throw error;
    const first = await findSameContent(platform.database.sql, channel.id, staged.contentSha256);
    throw new DomainError(error.code, error.message, {
      remedy: "Nothing was posted again; see GET /bank-imports/{id}.",
      facts: first === null ? {} : { firstImportFileId: String(first.id), state: first.state },
    });
  }
};

export const reportOf = (
  file: ImportFile,
  extra: { readonly dryRun: boolean; readonly resumed: boolean },
): BankImportReport => ({
  importFileId: file.id,
  channel: file.channel,
  fileName: file.fileName,
  kind: file.kind,
  state: file.state,
  bankDay: file.bankDay,
  lineCount: file.lineCount ?? 0,
  totalFen: file.totalFen ?? 0n,
  counts: file.counts,
  ...extra,
});

const tryOnly = async (one: ClaimedImport, staged: StagedFile): Promise<BankImportReport> => {
  const { channel, fileId } = one;
  const tried = await lookBefore(one, staged);
  const outcomes = await outcomeCounts(one.bulkSql, {
    id: fileId,
    channelId: channel.id,
    realTime: channel.realTime,
  });
  const counts = countsOf(outcomes);
  const asked = { id: fileId, channelId: channel.id, realTime: channel.realTime, most: DOUBTS_SHOWN };
  const doubts = {
    lines: linesInDoubt(counts) === 0 ? [] : await doubtfulLines(one.bulkSql, asked),
    twice: await paidTwice(one.bulkSql, fileId, DOUBTS_SHOWN),
  };
  await run(one, "bank.try-file", async (context) => {
    await deleteStaged(context.sql, fileId);
    await markAborted(context.sql, fileId, context.now);
    context.audit({ subject: `bank-import:${fileId}`, details: { dryRun: true } });
  });
  const file = must(await findImport(one.platform.database.sql, fileId), "the tried file");
  return {
    ...reportOf(file, { dryRun: true, resumed: false }),
    bankDay: tried.bankDay,
    lineCount: staged.lineCount,
    totalFen: staged.totalFen,
    counts,
    doubts,
  };
};

const postAndReconcile = async (one: Import, file: ImportFile): Promise<ImportFile> => {
  const { platform, actor, channel, request } = one;
  await postImport(platform, actor, file, channel, {
    onProgress: request.onProgress,
    requestId: request.requestId,
  });
  await failpoint("import-reconcile-before");
  await reconcileTouchedDays(platform, actor, channel.code, file.id, file.bankDay);
  return must(await findImport(platform.database.sql, file.id), "the posted file");
};

const importCollection = async (one: ClaimedImport): Promise<BankImportReport> => {
  const { platform, request, fileId } = one;
  const dryRun = request.dryRun === true;
  try {
    await failpoint("import-stage-before");
    const staged = await stageFile(platform.database, one.client, one.bulkSql, {
      fileId,
      source: one.source,
      profile: one.profile,
      keepBytes: !dryRun,
    });
    await failpoint("import-stage-after");
    if (dryRun) return await tryOnly(one, staged);
    await check(one, staged);
  } catch (error) {
    if (isVerdict(error)) await refuse(one, error);
    throw error;
  }
  const checked = must(await findImport(platform.database.sql, fileId), "the checked file");
  return reportOf(await postAndReconcile(one, checked), { dryRun: false, resumed: false });
};

/**
 * Imports a file of a channel, or a statement (camt) of our bank account, with no more lines in doubt than a second person agreed to: what
 * the doors lead to (`import-door.ts`, `confirm-draft.ts`). A dry run reads, checks and counts, and posts nothing. Files of one process are
 * imported one after the other, so that they do not take each other's connections.
 *
 * @throws DomainError `file.already-imported` (also for a renamed or re-encoded copy, and for the second of two at once)
 * with the first import's id; `channel.*`, `profile.*`, `file.*`, `line.*`, `statement.*`: then nothing was posted, and
 * the import's row keeps the reason; `file.in-doubt`. Repeating after a kill finishes what was begun.
 */
export const postBankFile = async (
  platform: Platform,
  actor: Actor,
  request: BankImportRequest,
  agreedInDoubt = 0,
): Promise<BankImportReport> => {
  const { database } = platform;
  const channel = await channelToImport(database.sql, request.channel);
  const profile = await profileToUse(channel, request.profile);
  refuseUnneeded(request.forDay, profile.format === "delimited");
  const source = await takeSource(request.source);
  try {
    const known = await findSameBytes(database.sql, channel.id, source.sha256);
    if (known?.state === "posted") refuseKnownFile(known);
    const one: Import = { platform, actor, request, channel, profile, source, agreedInDoubt };
    return await withFileLock(database, channel.id, source.sha256, async (client, bulkSql) => {
      const claimed = await claim(one);
      if ("resume" in claimed) {
        if (request.dryRun === true) refuseKnownFile(claimed.resume);
        return reportOf(await postAndReconcile(one, claimed.resume), { dryRun: false, resumed: true });
      }
      const held: ClaimedImport = { ...one, client, bulkSql, fileId: claimed.fileId };
      if (profile.format === "delimited") return importCollection(held);
      try {
        const file = await importStatementFile(held);
        return reportOf(file, { dryRun: request.dryRun === true, resumed: false });
      } catch (error) {
        if (isVerdict(error)) await refuse(held, error);
        throw error;
      }
    });
  } finally {
    await source.dispose();
  }
};
