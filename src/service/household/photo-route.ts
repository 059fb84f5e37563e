/** Photos of what a household reports: they come after the words, one by one, so that a slow line costs at most a photo. */
import { fail } from "#src/kernel/errors.ts";
import { checkFile, readUpload } from "#src/office/documents/index.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { defineRoute, type Route } from "#src/platform/route.ts";
import { attachFile, OPEN_STATES, parseTicketNo } from "#src/service/tickets/index.ts";
import { lockCounters } from "./attempt-queries.ts";
import { countPhotos, findCaseState } from "./home-queries.ts";
import { accessHome } from "./homes.ts";
import { photoOut, photoParams, photoQuery, tag } from "./schema.ts";

/** More of them say nothing new. */
export const MOST_PHOTOS = 4;

/** @throws DomainError `ticket.not-found` also for the case of another home, or one that is over */
const accessOpenCase = async (context: Pick<CommandContext, "sql">, accountId: bigint, ticketNo: string) => {
  const ticketId = parseTicketNo(ticketNo);
  const state = ticketId === null ? null : await findCaseState(context.sql, { ticketId, accountId });
  const isOpen = state !== null && OPEN_STATES.some((one) => one === state);
  if (ticketId === null || !isOpen)
    return fail("ticket.not-found", "there is no such open case of this home", { field: "ticketNo" });
  return ticketId;
};

const refuseAnother = (found: string): never =>
  fail("file.type-refused", "only photos are taken here", {
    field: "file",
    remedy: "send a photo: jpg, png, webp or heic",
    facts: { found },
  });

export const householdPhotoRoute: Route = defineRoute({
  method: "post",
  path: "/me/homes/{homeId}/cases/{ticketNo}/photos",
  permission: "me.write",
  tag,
  summary:
    "A photo for a case that was reported from here: the body is the photo, byte for byte; its content says what it is",
  params: photoParams,
  query: photoQuery,
  consumes: "raw",
  response: photoOut,
  status: 201,
  idempotency: "required",
  handle: async ({ platform, actor, params, query, headers, requestId, idempotency }, stream) => {
    const { sql } = platform.database;
    // Asked before the bytes are read, and again with the transaction that stores them.
    const home = await accessHome(sql, actor, params.homeId);
    await accessOpenCase({ sql }, home.id, params.ticketNo);
    const bytes = await readUpload(stream);
    const file = { bytes, fileName: query.fileName, mediaType: headers["content-type"] };
    const { mediaType } = await checkFile(file);
    if (!mediaType.startsWith("image/") || mediaType === "image/gif") refuseAnother(mediaType);
    const { result } = await platform.commands.run(
      { name: "household.photo", actor, requestId, ...(idempotency && { idempotency }) },
      async (context) => {
        const account = await accessHome(context.sql, actor, params.homeId);
        const ticketId = await accessOpenCase(context, account.id, params.ticketNo);
        await lockCounters(context.sql, [`household-photos:${ticketId}`]);
        const photos = await countPhotos(context.sql, ticketId);
        if (photos >= MOST_PHOTOS) {
          fail("household.too-many-photos", `a case has ${MOST_PHOTOS} photos at most`, {
            remedy: "what else there is to see, whoever comes will see",
          });
        }
        await attachFile(context, ticketId, {
          ...file,
          text: { "zh-CN": "住户上传的照片", en: "Photo from the household" },
        });
        return { photos: photos + 1 };
      },
    );
    return { body: result };
  },
});
