/**
 * Files that people give us (附件). What a file is, its bytes say (file-type reads their signatures), not its name and not its
 * sender. Only kinds that a case needs are taken: nothing that a browser would run.
 */
import { createHash } from "node:crypto";
import { fileTypeFromBuffer } from "file-type";
import { fail } from "#src/kernel/errors.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import type { Sql } from "#src/platform/sql.ts";
import { findFile, insertFile, type StoredFile } from "./file-queries.ts";

/** A photo of a telephone has 3 to 8 MiB. */
export const LARGEST_FILE_BYTES = 12 * 1024 * 1024;

/** What is taken, with the ending that its name gets. */
const TAKEN: Readonly<Record<string, string>> = {
  "image/jpeg": "jpg",
  "image/png": "png",
  "image/gif": "gif",
  "image/webp": "webp",
  "image/heic": "heic",
  "application/pdf": "pdf",
  "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
  "audio/mpeg": "mp3",
  "audio/wav": "wav",
  "audio/amr": "amr",
  "video/mp4": "mp4",
  "text/plain": "txt",
};

/** What senders write when they mean a type of ours, or do not know. */
const SAME: Readonly<Record<string, string>> = {
  "image/jpg": "image/jpeg",
  "image/pjpeg": "image/jpeg",
  "image/heif": "image/heic",
  "audio/mp3": "audio/mpeg",
  "audio/x-wav": "audio/wav",
  "audio/vnd.wave": "audio/wav",
  "audio/wave": "audio/wav",
};

export type FileInput = {
  readonly bytes: Uint8Array;
  readonly fileName: string;
  /** As the sender calls it; `application/octet-stream` or nothing says that the sender does not know. */
  readonly mediaType?: string | undefined;
};

export type CheckedFile = { readonly fileName: string; readonly mediaType: string };

const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]/gu;

/** The name without a path, without what cannot be seen, without signs that file systems read; with the ending of its content. */
export const cleanFileName = (name: string, ending: string): string => {
  const last = name.normalize("NFC").replaceAll(UNSEEN, "").split(/[/\\]/).at(-1) ?? "";
  const stem = last
    .replaceAll(/[<>:"|?*%;&$`']/g, "_")
    .replace(/\.[A-Za-z0-9]{1,8}$/, "")
    .replaceAll(/^[.\s]+|[.\s]+$/g, "");
  const short = [...stem].slice(0, 100).join("");
  return `${short === "" ? "file" : short}.${ending}`;
};

/** Text has no signature: it is text when every byte of it reads as UTF-8 or GB18030 and none is a control. */
const isText = (bytes: Uint8Array): boolean =>
  ["utf-8", "gb18030"].some((encoding) => {
    try {
      // eslint-disable-next-line no-control-regex -- controls are what is looked for
      return !/[\u0000-\u0008\u000b\u000e-\u001a\u001c-\u001f]/.test(
        new TextDecoder(encoding, { fatal: true }).decode(bytes),
      );
    } catch {
      // Not in this encoding; the next one is tried.
      return false;
    }
  });

const detect = async (bytes: Uint8Array): Promise<string | null> => {
  const found = await fileTypeFromBuffer(bytes);
  if (found === undefined) return isText(bytes) ? "text/plain" : null;
  return SAME[found.mime] ?? found.mime;
};

/**
 * Says what a file is and how it is called here. Pure: reads nothing but its argument.
 * @throws DomainError `file.empty`, `file.too-large`, `file.type-refused`, `file.type-differs` when the sender calls it
 * something else than it is
 */
export const checkFile = async (input: FileInput): Promise<CheckedFile> => {
  if (input.bytes.length === 0) fail("file.empty", "the file is empty", { field: "file" });
  if (input.bytes.length > LARGEST_FILE_BYTES) {
    fail("file.too-large", `a file has ${LARGEST_FILE_BYTES / 1024 / 1024} MiB at most`, {
      field: "file",
      remedy:
        "make it smaller or send it in parts: photographs at a lower resolution, a document by its pages",
    });
  }
  const mediaType = await detect(input.bytes);
  const ending = mediaType === null ? undefined : TAKEN[mediaType];
  if (mediaType === null || ending === undefined) {
    fail("file.type-refused", "this kind of file is not taken", {
      field: "file",
      remedy: `send one of ${Object.values(TAKEN).join(", ")}`,
      facts: { found: mediaType },
    });
  }
  const named = (input.mediaType ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  const declared = SAME[named] ?? named;
  const isKnown = declared !== "" && declared !== "application/octet-stream";
  // A table of values or a log is text by its bytes, whatever sort of text its sender calls it.
  if (isKnown && declared !== mediaType && !(mediaType === "text/plain" && declared.startsWith("text/"))) {
    fail("file.type-differs", `the file is called ${declared} and is ${mediaType}`, {
      field: "file",
      facts: { declared, found: mediaType },
    });
  }
  return { fileName: cleanFileName(input.fileName, ending), mediaType };
};

/**
 * Stores a file with the transaction of its command. Each call stores one; who must not store twice has a unique key of its own.
 * @throws DomainError as `checkFile`
 */
export const storeFile = async (context: CommandContext, input: FileInput): Promise<bigint> => {
  const checked = await checkFile(input);
  const sha256 = createHash("sha256").update(input.bytes).digest();
  const { id } = await insertFile(context.sql, {
    ...checked,
    byteCount: input.bytes.length,
    sha256,
    bytes: input.bytes,
    now: context.now,
    by: staffIdOf(context.actor),
    byName: context.actor.name,
  });
  context.audit({
    subject: `file:${id}`,
    details: { mediaType: checked.mediaType, bytes: input.bytes.length, sha256: sha256.toString("hex") },
  });
  return id;
};

/** A file with its bytes. Whoever calls has checked that the reader may see it. @throws DomainError `file.not-found` */
export const readStoredFile = async (sql: Sql, fileId: bigint): Promise<StoredFile> =>
  (await findFile(sql, fileId)) ?? fail("file.not-found", "there is no such file");

/**
 * A request's body in one piece.
 * @throws DomainError `request.body-missing`, `file.too-large` as soon as it is
 */
export const readUpload = async (stream: AsyncIterable<Uint8Array> | undefined): Promise<Buffer> => {
  if (stream === undefined) {
    fail("request.body-missing", "the file is missing", { remedy: "send the file as the body" });
  }
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of stream) {
    size += piece.length;
    if (size > LARGEST_FILE_BYTES) {
      fail("file.too-large", `a file has ${LARGEST_FILE_BYTES / 1024 / 1024} MiB at most`, {
        field: "file",
        remedy:
          "make it smaller or send it in parts: photographs at a lower resolution, a document by its pages",
      });
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces, size);
};

/** The headers of a download: saved, never run, under its own name. */
export const downloadHeaders = (file: StoredFile): Record<string, string> => ({
  "Content-Type": file.mediaType === "text/plain" ? "text/plain; charset=utf-8" : file.mediaType,
  "Content-Disposition": `attachment; filename*=UTF-8''${encodeURIComponent(file.fileName)}`,
  "X-Content-Type-Options": "nosniff",
  "Content-Security-Policy": "default-src 'none'; sandbox",
});
