/**
 * A statement of our own bank account: the third leg. Credits that are a channel's day settle it (docs/postings.md rows 13
 * and 14); a credit that nobody can explain is held as money of nobody, with a task. One transaction for the file.
 */
import { fail, must } from "#src/kernel/errors.ts";
import { fen } from "#src/kernel/money.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { failpoint } from "#src/platform/failpoint.ts";
import { postTransfers } from "#src/money/ledger/index.ts";
import { openTasks } from "#src/office/tasks/index.ts";
import { breakTask, ownerRoleOf } from "./break-task.ts";
import { ensureBankDay } from "./day-queries.ts";
import { requireAgreed } from "./doubts.ts";
import type { ClaimedImport } from "./import-bank-file.ts";
import { findImport, giveTasks, type ImportChannel, type ImportFile, markAborted } from "./import-queries.ts";
import { readStatements, type ReadStatement, type StatementEntry } from "./read-statements.ts";
import { recordBankCredit } from "./record-credit.ts";
import { sameBytes } from "./source-file.ts";
import { storeBytes } from "./stage-file.ts";
import { contractFee, findSettlement } from "./statement-match.ts";
import {
  findStatement,
  insertEntry,
  insertLineBreak,
  insertStatement,
  insertStatementLine,
  isEntryKnown,
  lockBankAccount,
  markStatementPosted,
  neighbours,
  type SettlingChannel,
  settledSoFar,
  settlingChannels,
} from "./statement-queries.ts";
import { insertSuspense } from "./suspense-queries.ts";

/** Thrown to undo a dry run's work; never leaves this file. */
class DryRun extends Error {}

const refuseBrokenChain = async (context: CommandContext, statement: ReadStatement): Promise<void> => {
  const { before, after } = await neighbours(context.sql, statement.bankAccountNo, statement.endsOn);
  if (before !== null && before.closingFen !== statement.openingFen) {
    fail("statement.gap", "the statement does not open where the one before it closed", {
      remedy: "import the statement that is missing in between first",
      facts: {
        previousEndsOn: before.endsOn,
        differenceFen: String(statement.openingFen - before.closingFen),
      },
    });
  }
  if (after !== null && after.openingFen !== statement.closingFen) {
    fail("statement.gap", "the statement does not close where the next one opens", {
      facts: { nextEndsOn: after.endsOn, differenceFen: String(after.openingFen - statement.closingFen) },
    });
  }
};

/** True when this very statement is there already. @throws DomainError `statement.conflict` when it says something else */
const isKnown = async (context: CommandContext, statement: ReadStatement): Promise<boolean> => {
  const known = await findStatement(context.sql, {
    bankAccountNo: statement.bankAccountNo,
    bankStatementId: statement.bankStatementId,
    sequence: statement.sequence,
    period: statement.period,
  });
  if (known === null) return false;
  const same =
    known.openingFen === statement.openingFen &&
    known.closingFen === statement.closingFen &&
    known.creditsFen === statement.creditsFen &&
    known.debitsFen === statement.debitsFen;
  if (!same) {
    fail("statement.conflict", "this statement was imported before with other figures", {
      remedy: "ask the bank which one holds; nothing was taken",
      facts: { endsOn: statement.endsOn },
    });
  }
  return true;
};

type Place = {
  readonly context: CommandContext;
  readonly fileId: bigint;
  readonly importedUnder: ImportChannel;
  readonly channels: readonly SettlingChannel[];
};

type Verdict = {
  readonly state: "proved" | "suspense" | "break" | "ignored";
  readonly rule: string;
  /** Set when the credit is a channel's day. */
  readonly settles?: {
    readonly channel: SettlingChannel;
    readonly day: StatementEntry["bookingDay"];
    readonly feeFen: bigint;
  };
  /** What the day should have brought, when the day is known and the amount is another. */
  readonly expectedFen?: bigint;
};

const judgeCredit = async (place: Place, entry: StatementEntry): Promise<Verdict> => {
  const found = findSettlement(place.channels, entry.text, entry.valueDay);
  if (found === null) return { state: "suspense", rule: "no-channel" };
  const { channel, day } = found;
  const soFar = await settledSoFar(place.context.sql, channel.id, day);
  if (soFar.files === 0n) return { state: "suspense", rule: "no-file" };
  if (soFar.grossFen > 0n) return { state: "suspense", rule: "credited-before" };
  const feeFen = contractFee(channel, soFar.items, soFar.totalFen);
  return soFar.totalFen - feeFen === entry.amountFen
    ? { state: "proved", rule: "settlement", settles: { channel, day, feeFen } }
    : { state: "suspense", rule: "amount-differs", expectedFen: soFar.totalFen - feeFen };
};

const judge = async (place: Place, statement: ReadStatement, entry: StatementEntry): Promise<Verdict> => {
  if (await isEntryKnown(place.context.sql, statement.bankAccountNo, entry.key)) {
    return { state: "ignored", rule: "replay" };
  }
  if (entry.direction === "credit") return judgeCredit(place, entry);
  // Money that left our account: what we paid is the treasury's business, what the bank took back is ours.
  return entry.reversal ? { state: "break", rule: "credit-reversed" } : { state: "ignored", rule: "debit" };
};

const raiseBreak = async (
  place: Place,
  entry: StatementEntry,
  verdict: Verdict,
  bankLineId: bigint,
): Promise<void> => {
  const { context, importedUnder } = place;
  const day = await ensureBankDay(context.sql, importedUnder.id, entry.bookingDay);
  const kind =
    verdict.state === "break" ? "state" : verdict.rule === "amount-differs" ? "amount" : "unknown-account";
  const breakId = await insertLineBreak(context.sql, {
    bankDayId: day.id,
    class: kind,
    bankLineId,
    bankAmountFen: entry.amountFen,
    ourAmountFen: verdict.expectedFen ?? null,
    now: context.now,
  });
  const tasks = await openTasks(context, [
    breakTask({
      breakId,
      class: kind,
      channel: importedUnder.code,
      bankDay: entry.bookingDay,
      amountFen: entry.amountFen,
      ownerRole: ownerRoleOf(importedUnder.taskOwnerRole),
      ownerId: importedUnder.taskOwnerId,
      details: { row: entry.rowNo, rule: verdict.rule, statement: true },
    }),
  ]);
  await giveTasks(
    context.sql,
    [breakId],
    tasks.map((task) => task.id),
  );
};

const holdCredit = async (place: Place, entry: StatementEntry, bankLineId: bigint): Promise<void> => {
  const { context, importedUnder } = place;
  await insertSuspense(context.sql, {
    channelId: importedUnder.id,
    bankLineId,
    amountFen: entry.amountFen,
    receivedOn: context.today,
    note: "",
  });
  await postTransfers(context, {
    kind: "suspense-received",
    sourceId: bankLineId,
    valueDate: entry.valueDay,
    transfers: [
      { debit: "bank", credit: "suspense", amountFen: entry.amountFen, channelId: importedUnder.id },
    ],
  });
};

const takeEntry = async (
  place: Place,
  statement: ReadStatement,
  statementId: bigint,
  entry: StatementEntry,
  ordinal: number,
): Promise<string> => {
  const { context } = place;
  const verdict = await judge(place, statement, entry);
  const bankLineId = await insertStatementLine(context.sql, {
    fileId: place.fileId,
    ordinal,
    rowNo: entry.rowNo,
    kind: entry.direction,
    serial: entry.reference,
    amountFen: entry.amountFen,
    bankDay: entry.bookingDay,
    valueDate: entry.valueDay,
    payerName: entry.payerName,
    remittance: entry.text,
    state: verdict.state,
    rule: verdict.rule,
  });
  if (verdict.rule === "replay") return "ignored";
  await insertEntry(context.sql, {
    bankAccountNo: statement.bankAccountNo,
    entryKey: entry.key,
    statementId,
    bankLineId,
  });
  if (verdict.settles !== undefined) {
    await recordBankCredit(context, {
      channel: verdict.settles.channel.code,
      day: verdict.settles.day,
      reference: `statement-line:${bankLineId}`,
      amountFen: fen(entry.amountFen),
      feeFen: fen(verdict.settles.feeFen),
      valueDate: entry.valueDay,
      bankLineId,
    });
    return "settled";
  }
  if (verdict.state === "suspense") await holdCredit(place, entry, bankLineId);
  if (verdict.state === "suspense" || verdict.state === "break")
    await raiseBreak(place, entry, verdict, bankLineId);
  return verdict.state;
};

const takeStatements = async (
  context: CommandContext,
  one: ClaimedImport,
  statements: readonly ReadStatement[],
): Promise<Readonly<Record<string, number>>> => {
  const counts: Record<string, number> = {};
  let ordinal = 0;
  let totalFen = 0n;
  let fresh = 0;
  for (const statement of statements) {
    await lockBankAccount(context.sql, statement.bankAccountNo);
    if (await isKnown(context, statement)) continue;
    fresh += 1;
    await refuseBrokenChain(context, statement);
    const statementId = await insertStatement(context.sql, { ...statement, fileId: one.fileId });
    const place: Place = {
      context,
      fileId: one.fileId,
      importedUnder: one.channel,
      channels: await settlingChannels(context.sql, statement.bankAccountNo),
    };
    for (const entry of statement.entries) {
      ordinal += 1;
      totalFen += entry.direction === "credit" ? entry.amountFen : -entry.amountFen;
      const word = await takeEntry(place, statement, statementId, entry, ordinal);
      counts[word] = (counts[word] ?? 0) + 1;
    }
  }
  if (fresh === 0 && statements.length > 0) {
    fail("file.already-imported", "every statement of this file was imported before", {
      remedy: "Nothing was posted again.",
    });
  }
  if (one.request.dryRun !== true) requireAgreed(counts, one.agreedInDoubt);
  await markStatementPosted(context.sql, {
    id: one.fileId,
    lineCount: ordinal,
    totalFen,
    counts,
    now: context.now,
  });
  context.audit({
    subject: `bank-import:${one.fileId}`,
    details: { statements: fresh, entries: ordinal, ...counts },
  });
  return counts;
};

/**
 * Imports the statements of a camt.053. Arithmetic must hold within each statement and from one to the next; a statement
 * that is known is passed over, an entry that is known moves nothing.
 * @throws DomainError `statement.*`, `entry.*`, `file.*` (`file.in-doubt`); then nothing of the file was taken
 */
export const importStatementFile = async (one: ClaimedImport): Promise<ImportFile> => {
  const { platform, request, fileId } = one;
  const dryRun = request.dryRun === true;
  if (!dryRun) await storeBytes(platform.database, fileId, one.source);
  const statements = await readStatements(sameBytes(one.source), one.profile);
  await failpoint("import-stage-after");
  let tried: Readonly<Record<string, number>> = {};
  const command = {
    name: "bank.import-statement" as const,
    actor: one.actor,
    pool: "bulk" as const,
    ...(request.requestId !== undefined && { requestId: request.requestId }),
  };
  try {
    await platform.commands.run(command, async (context) => {
      tried = await takeStatements(context, one, statements);
      if (dryRun) throw new DryRun();
    });
  } catch (error) {
    if (!(error instanceof DryRun)) throw error;
    await platform.commands.run({ ...command, name: "bank.try-file" }, async (context) => {
      await markAborted(context.sql, fileId, context.now);
      context.audit({ subject: `bank-import:${fileId}`, details: { dryRun: true } });
    });
  }
  const file = must(await findImport(platform.database.sql, fileId), "the imported statement");
  return dryRun ? { ...file, counts: tried } : file;
};
