/**
 * Looking at a bank's file before it is imported: read under its profile, tried without a posting, kept with what was found. The
 * same file again is the same draft, so that two clicks keep one.
 */
import { type Refusal, refusalOf } from "#src/bank/channels/index.ts";
import type { Day } from "#src/kernel/day.ts";
import { DomainError, must } from "#src/kernel/errors.ts";
import { type Actor, staffIdOf } from "#src/platform/actor.ts";
import { isOfTheMoment } from "#src/platform/of-the-moment.ts";
import type { Platform } from "#src/platform/route.ts";
import {
  type Draft,
  draftPiece,
  findDraft,
  findWaitingDraft,
  importPiece,
  insertDraft,
  insertDraftBytes,
} from "./draft-queries.ts";
import { cleanFileName } from "./file-name.ts";
import { type DraftReport, doubtsOf, reportOn } from "./draft-report.ts";
import { postBankFile } from "./import-bank-file.ts";
import { channelToImport, profileToUse } from "./import-choice.ts";
import { bytesOf, type FileSource, type SourceFile, takeSource } from "./source-file.ts";

const PIECE_BYTES = 1024 * 1024;

export type LookRequest = {
  readonly source: FileSource;
  readonly fileName: string;
  readonly channel: string;
  readonly profile?: string | undefined;
  readonly forDay?: Day | undefined;
  readonly requestId?: string | undefined;
};

type Found = { readonly report: DraftReport; readonly refusal: Refusal | null };

/** What each line would become. A refusal of the trial is what the import would be refused with. */
const tryFile = async (
  platform: Platform,
  actor: Actor,
  request: LookRequest,
  path: string,
  found: Found,
): Promise<Found> => {
  if (found.refusal !== null) return found;
  try {
    const { counts, lineCount, totalFen, bankDay, doubts } = await postBankFile(platform, actor, {
      ...request,
      source: path,
      profile: found.report.profile,
      dryRun: true,
    });
    const tried = { counts, lineCount, totalFen: String(totalFen), ...doubtsOf(doubts) };
    return { report: { ...found.report, bankDay: bankDay ?? found.report.bankDay, tried }, refusal: null };
  } catch (error) {
    if (!(error instanceof DomainError) || isOfTheMoment(error)) throw error;
    return { report: found.report, refusal: refusalOf(error) };
  }
};

const keepBytes = async (
  keep: (ordinal: number, bytes: Uint8Array) => Promise<unknown>,
  source: SourceFile,
): Promise<void> => {
  let ordinal = 0;
  let piece = Buffer.alloc(0);
  for await (const bytes of bytesOf(source.path)) {
    piece = Buffer.concat([piece, bytes]);
    if (piece.length < PIECE_BYTES) continue;
    ordinal += 1;
    await keep(ordinal, piece);
    piece = Buffer.alloc(0);
  }
  if (piece.length > 0) await keep(ordinal + 1, piece);
};

/**
 * Looks at the file and keeps it; posts nothing. A file that cannot be taken is kept as refused, with why. Repeating gives the
 * draft that waits already.
 * @throws DomainError `channel.*`, `profile.*`, `file.too-large`; `database.busy`, which says nothing of the file: nothing is kept then
 */
export const keepDraft = async (platform: Platform, actor: Actor, request: LookRequest): Promise<Draft> => {
  const { sql } = platform.database;
  const channel = await channelToImport(sql, request.channel);
  const profile = await profileToUse(channel, request.profile);
  const source = await takeSource(request.source);
  try {
    const same = {
      channelId: channel.id,
      sha256: source.sha256,
      profile: profile.name,
      forDay: request.forDay ?? null,
    };
    const waiting = await findWaitingDraft(sql, same);
    if (waiting !== null) return waiting;
    const read = await reportOn(source.path, profile);
    const { report, refusal } = await tryFile(platform, actor, request, source.path, read);
    const { result: id } = await platform.commands.run(
      {
        name: "bank.keep-draft",
        actor,
        pool: "bulk",
        ...(request.requestId !== undefined && { requestId: request.requestId }),
      },
      async (context) => {
        const made = await insertDraft(context.sql, {
          ...same,
          fileName: cleanFileName(request.fileName) || "file",
          sizeBytes: source.sizeBytes,
          state: refusal === null ? "looked" : "refused",
          report,
          refusal,
          keptBy: staffIdOf(actor),
          keptByName: actor.name,
          now: context.now,
        });
        if (made === null) return null;
        await keepBytes((ordinal, bytes) => insertDraftBytes(context.sql, made, ordinal, bytes), source);
        context.audit({
          subject: `bank-draft:${made}`,
          details: {
            channelId: channel.id,
            sha256: Buffer.from(source.sha256).toString("hex"),
            refused: refusal?.code ?? null,
          },
        });
        return made;
      },
    );
    const kept = id === null ? await findWaitingDraft(sql, same) : await findDraft(sql, id);
    return must(kept, "the draft just kept");
  } finally {
    await source.dispose();
  }
};

/** The kept bytes, piece by piece: of a draft, or of the import that it became. */
export async function* bytesOfDraft(
  platform: Pick<Platform, "database">,
  draft: Pick<Draft, "id" | "state" | "importId">,
): AsyncGenerator<Uint8Array> {
  const { sql } = platform.database;
  for (let ordinal = 1; ; ordinal += 1) {
    const piece =
      draft.state === "imported" && draft.importId !== null
        ? await importPiece(sql, draft.importId, ordinal)
        : await draftPiece(sql, draft.id, ordinal);
    if (piece === null) return;
    yield piece;
  }
}
