/** Photos of an order (现场照片): stored in the house's one place for files, seen by whoever sees the order. */
import { both } from "#src/kernel/words.ts";
import { fail } from "#src/kernel/errors.ts";
import { type FileInput, readStoredFile, storeFile, type StoredFile } from "#src/office/documents/index.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import type { Sql } from "#src/platform/sql.ts";
import { beginOrderChange } from "./access-order.ts";
import { tellCases } from "./cases.ts";
import { formatOrderNo } from "./order-kinds.ts";
import { findTicketIds, hasFile, insertPhoto } from "./order-queries.ts";

/**
 * Adds a photo or a paper to an order in any state, and to the timelines of its cases. The version stays: nobody's change is
 * overtaken. A signature's image comes this way too; its id is then given to `finish` or to the slip.
 * @throws DomainError `work-order.not-found`, `file.empty`, `file.too-large`, `file.type-refused`, `file.type-differs`
 */
export const addPhoto = async (
  context: CommandContext,
  photo: FileInput & { readonly id: bigint; readonly caption: string },
): Promise<bigint> => {
  const { sql, now, actor } = context;
  const order = await beginOrderChange(context, photo.id, undefined);
  const fileId = await storeFile(context, photo);
  await insertPhoto(sql, {
    orderId: order.id,
    fileId,
    caption: photo.caption,
    now,
    takenAt: null,
    addedBy: staffIdOf(actor),
  });
  context.audit({ subject: `work-order:${order.id}`, details: { file: fileId } });
  await tellCases(context, await findTicketIds(sql, [order.id]), {
    orderId: order.id,
    kind: "order",
    text: both(
      `${formatOrderNo(order.id)} 现场照片${photo.caption === "" ? "" : `：${photo.caption}`}`,
      `${formatOrderNo(order.id)} photo${photo.caption === "" ? "" : `: ${photo.caption}`}`,
    ),
    details: { file: String(fileId) },
  });
  return fileId;
};

/**
 * One photo of a shaft (管道井) for all the valves behind its door: stored once, hung on each order.
 * @throws DomainError as `addPhoto`
 */
export const addShaftPhoto = async (
  context: CommandContext,
  orderIds: readonly bigint[],
  photo: FileInput & { readonly caption: string; readonly takenAt: Date | null },
): Promise<bigint> => {
  const { sql, now, actor } = context;
  const fileId = await storeFile(context, photo);
  const { caption, takenAt } = photo;
  const row = { fileId, caption, now, takenAt, addedBy: staffIdOf(actor) };
  for (const orderId of orderIds) {
    await insertPhoto(sql, { ...row, orderId });
    context.audit({ subject: `work-order:${orderId}`, details: { file: fileId, shaft: true } });
  }
  return fileId;
};

/** A file of this order. @throws DomainError `file.not-found` also for the file of another one */
export const readPhoto = async (sql: Sql, orderId: bigint, fileId: bigint): Promise<StoredFile> => {
  if (!(await hasFile(sql, orderId, fileId))) fail("file.not-found", "there is no such file");
  return readStoredFile(sql, fileId);
};
