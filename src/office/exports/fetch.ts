/** A file is fetched by whoever asked for it, whose rights still reach so far: looked at and written down before the first byte goes. */
import { Readable } from "node:stream";
import { fail } from "#src/kernel/errors.ts";
import type { Actor } from "#src/platform/actor.ts";
import type { Database } from "#src/platform/database.ts";
import type { Platform, RouteReply } from "#src/platform/route.ts";
import { tableHeaders } from "#src/platform/table-export.ts";
import { lookerOf } from "./ask.ts";
import { cancelExport, dropPieces, type ExportRow, findPiece, lockOwn, noteFetch } from "./queries.ts";
import { exportJson, isStillAllowed, stateAt } from "./schema.ts";

export const unknownExport = (): never =>
  fail("export.not-found", "you have no such export", { remedy: "choose one of your list" });

type Asked = { readonly platform: Platform; readonly actor: Actor; readonly requestId: string };

/** @throws DomainError `export.rights-changed`, `export.expired`, `export.not-ready` */
const requireFetchable = (row: ExportRow, actor: Actor, now: Date): void => {
  if (!isStillAllowed(actor, row)) {
    fail(
      "export.rights-changed",
      "your rights or areas are not those any more with which this was asked for",
      {
        remedy: "ask for the export again: it will have what you may see now",
      },
    );
  }
  const state = stateAt(row, now);
  if (state === "expired") {
    fail("export.expired", "this file was kept for as long as it was said, and is deleted", {
      remedy: "ask for the export again",
    });
  }
  if (state !== "ready") {
    fail("export.not-ready", `this export is ${state}`, {
      remedy: state === "failed" || state === "cancelled" ? "ask for it again" : "wait until it is ready",
      facts: { state },
    });
  }
};

/** Piece by piece, each read when the one before is on its way; one that was deleted meanwhile breaks the answer off. */
async function* piecesOf(database: Database, row: ExportRow): AsyncGenerator<Buffer> {
  for (let ordinal = 0; ordinal < row.pieceCount; ordinal += 1) {
    const piece = await findPiece(database.sql, { id: row.id, attempt: row.attempt, ordinal });
    if (piece === null) fail("export.not-found", "this file was deleted while it was being fetched");
    yield piece.bytes;
  }
}

/**
 * The file, as often as it is asked for while it is kept; each time audited. Locks the row for the length of the command alone.
 * @throws DomainError `export.not-found` also for those of others, `export.rights-changed`, `export.expired`, `export.not-ready`
 */
export const fetchExport = async (asked: Asked, id: bigint): Promise<RouteReply<Readable>> => {
  const { platform, actor, requestId } = asked;
  const { result: row } = await platform.commands.run(
    { name: "export.fetch", actor, requestId },
    async (context) => {
      const { sql, now } = context;
      const found = (await lockOwn(sql, { ...lookerOf(actor, context.today), id })) ?? unknownExport();
      requireFetchable(found, actor, now);
      await noteFetch(sql, { id, now });
      context.audit({
        subject: `export:${id}`,
        details: {
          of: found.subject,
          purpose: found.purpose,
          format: found.format,
          rows: found.rowsDone,
          bytes: String(found.byteCount),
          time: found.fetchCount + 1,
        },
      });
      return found;
    },
  );
  return {
    body: Readable.from(piecesOf(platform.database, row), { objectMode: false }),
    headers: tableHeaders(row.fileName, row.format, Number(row.byteCount)),
  };
};

/**
 * Ends one that is not finished, or deletes a file that is kept; audited. Repeating is safe: what is over stays as it is.
 * @throws DomainError `export.not-found`
 */
export const dropExport = async (asked: Asked, id: bigint) => {
  const { platform, actor, requestId } = asked;
  const { result } = await platform.commands.run(
    { name: "export.cancel", actor, requestId },
    async (context) => {
      const { sql, now } = context;
      const own = { ...lookerOf(actor, context.today), id };
      const found = (await lockOwn(sql, own)) ?? unknownExport();
      if ((await cancelExport(sql, { id, now })) === 0) return exportJson(found, actor, now);
      await dropPieces(sql, { id, before: null });
      context.audit({ subject: `export:${id}`, details: { of: found.subject, was: found.state } });
      return exportJson((await lockOwn(sql, own)) ?? unknownExport(), actor, now);
    },
  );
  return result;
};
