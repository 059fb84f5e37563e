/**
 * The certificate of a bank day: both sides, the bridge and every difference, as text that is written once and never
 * changes. What is corrected later stands on later days.
 */
import { createHash } from "node:crypto";
import type { Day } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import { fen, formatYuan } from "#src/kernel/money.ts";
import { noteCertifiedDay } from "#src/money/reminders/index.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import { canonicalJson, type CommandContext } from "#src/platform/command.ts";
import { DIFFERENCE_PARTS, type Side } from "./bridge.ts";
import { type Certificate, ensureBankDay, insertCertificate, setDayState, spanOfDay } from "./day-queries.ts";
import { answersFor } from "./import-queries.ts";
import { type BankDayView, channelOfDay, readBankDay, settleDifferences } from "./reconcile-day.ts";

const yuan = (amount: bigint): string => formatYuan(fen(amount));
const side = (one: Side | null): unknown => one && { items: String(one.items), yuan: yuan(one.fen) };

/** The text of a certificate: keys sorted, amounts in yuan as text, ids and numbers only. */
export const certificateBody = (
  view: BankDayView,
  issue: { readonly by: string; readonly at: Date },
): string =>
  `${canonicalJson({
    certificate: "bank-day",
    version: 1,
    channel: view.channel,
    day: view.day,
    issuedBy: issue.by,
    issuedAt: issue.at.toISOString(),
    ours: side(view.bridge.ours),
    differences: Object.fromEntries(
      DIFFERENCE_PARTS.map((part) => [part, side(view.bridge.differences[part])]),
    ),
    file: side(view.bridge.file),
    gap: side(view.bridge.gap),
    files: view.files.map((file) => ({
      id: String(file.id),
      sha256: file.sha256.toString("hex"),
      lines: file.lineCount,
      yuan: yuan(file.totalFen),
      importedBy: file.receivedBy,
    })),
    statement: {
      credits: String(view.credits.credits),
      credited: yuan(view.credits.grossFen - view.credits.feeFen),
      fee: yuan(view.credits.feeFen),
      gap: view.creditGapFen === null ? null : yuan(view.creditGapFen),
    },
    breaks: view.breaks.map((one) => ({
      id: String(one.id),
      class: one.class,
      bank: one.bankAmountFen === null ? null : yuan(one.bankAmountFen),
      ours: one.ourAmountFen === null ? null : yuan(one.ourAmountFen),
      state: one.state,
      resolution: one.resolution,
      owner: one.owner ?? one.ownerRole,
    })),
  })}\n`;

/** Who signs: as the logs name the actor, and the person behind it, as far as we know. */
type Signer = { readonly name: string; readonly staffId: bigint | null };

const refuseUnready = (view: BankDayView, signer: Signer): void => {
  if (view.certificate !== null) {
    fail("bank-day.certified", `${view.day} of ${view.channel} has its certificate`, {
      remedy: "what is corrected now stands on its own day",
    });
  }
  if (view.unfinishedId !== null) {
    fail("bank-day.file-unfinished", `import ${view.unfinishedId} is not posted to its end`, {
      remedy: "import the same file again: it goes on where it stopped",
    });
  }
  if (view.files.length === 0) {
    fail("bank-day.no-file", "there is no file of this bank day", { remedy: "import the file first" });
  }
  const own = view.files.find(
    (file) =>
      file.receivedBy === signer.name || (signer.staffId !== null && file.receivedById === signer.staffId),
  );
  if (own !== undefined) {
    fail("bank-day.own-import", "who imported the file does not certify its day", {
      remedy: "let another person certify",
      facts: { importFileId: String(own.id) },
    });
  }
  if (!view.closes) {
    fail("bank-day.gap", "our side and the file differ by more than the named differences", {
      remedy: "reconcile the day again, and look at the lines of the file",
      facts: { gapItems: String(view.bridge.gap?.items ?? 0n), gapFen: String(view.bridge.gap?.fen ?? 0n) },
    });
  }
  const orphan = view.breaks.find((one) => one.state === "open" && one.ownerRole === null);
  if (orphan !== undefined) {
    fail("bank-day.break-without-owner", `difference ${orphan.id} has no owner`, {
      facts: { breakId: String(orphan.id) },
    });
  }
};

/** Until the day cut the bank and we take money for the day: what is signed before is half of it. */
const refuseBeforeDayCut = async (context: CommandContext, channelId: number, day: Day): Promise<void> => {
  const { until } = await spanOfDay(context.sql, channelId, day);
  if (until <= context.now) return;
  fail("bank-day.not-over", `the bank day ${day} is not over`, {
    remedy: "certify it after the day cut",
    facts: { ends: until.toISOString() },
  });
};

/**
 * Certifies a day that is over: it is reconciled first, so that whatever no file names is a difference, and then only when the bridge
 * closes to the fen, every difference has a class and an owner, and the certifier is not who imported its file. Once; locks
 * the bank day, so that no file of it is taken meanwhile.
 * @throws DomainError `bank-day.not-over`, `bank-day.certified`, `bank-day.no-file`, `bank-day.file-unfinished`, `bank-day.own-import`,
 * `bank-day.gap`, `bank-day.break-without-owner`, `channel.unknown`
 */
export const certifyBankDay = async (
  context: CommandContext,
  channelCode: string,
  day: Day,
): Promise<Certificate> => {
  const { sql, actor, now } = context;
  const channel = await channelOfDay(sql, channelCode);
  await refuseBeforeDayCut(context, channel.id, day);
  const row = await ensureBankDay(sql, channel.id, day);
  await settleDifferences(context, channel, day);
  const view = await readBankDay(sql, channelCode, day);
  const signer = { name: actor.name, staffId: await answersFor(sql, actor) };
  refuseUnready(view, signer);
  const body = certificateBody(view, { by: actor.name, at: now });
  const sha256 = createHash("sha256").update(body).digest();
  await insertCertificate(sql, { bankDayId: row.id, body, sha256, now, issuedBy: staffIdOf(actor) });
  await setDayState(sql, row.id, "certified");
  await noteCertifiedDay(context, channel.id, day);
  context.audit({
    subject: `bank-day:${channelCode}:${day}`,
    details: { certified: sha256.toString("hex") },
  });
  return { body, sha256, issuedAt: now };
};
