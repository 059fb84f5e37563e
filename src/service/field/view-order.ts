/** An order with everything that hangs on it. */
import type { z } from "zod";
import type { Sql } from "#src/platform/sql.ts";
import { formatTicketNo } from "#src/service/tickets/index.ts";
import { findCalls, findChain } from "./emergency-queries.ts";
import { findParts, findPhotos, findTicketIds, findVisits, type OrderRow } from "./order-queries.ts";
import { maskedContact, orderJson, type orderViewOut } from "./schema.ts";
import { findSlips } from "./slip-queries.ts";

type View = z.input<typeof orderViewOut>;

const emergencyOf = async (sql: Sql, order: OrderRow): Promise<View["emergency"]> => {
  const chain = order.kind === "emergency" ? await findChain(sql, order.id) : null;
  if (chain === null) return null;
  const calls = await findCalls(sql, order.id);
  return {
    state: chain.state,
    nextAt: chain.nextAt?.toISOString() ?? null,
    acknowledgedAt: chain.acknowledgedAt?.toISOString() ?? null,
    calls: calls.map(({ ordinal, name, state, calledAt }) => ({
      ordinal,
      name,
      state,
      calledAt: calledAt?.toISOString() ?? null,
    })),
  };
};

/** The household's name and number are masked; `POST /work-orders/{id}/contact` shows them, audited. */
export const viewOrder = async (sql: Sql, order: OrderRow): Promise<View> => {
  const [ticketIds, visits, parts, photos, slips] = [
    await findTicketIds(sql, [order.id]),
    await findVisits(sql, order.id),
    await findParts(sql, order.id),
    await findPhotos(sql, order.id),
    await findSlips(sql, order.id),
  ];
  return {
    ...orderJson(order),
    ...maskedContact(order),
    ticketNos: ticketIds.map(formatTicketNo),
    cancelReason: order.cancelReason,
    signature: order.signatureKind,
    visitList: visits.map(({ ordinal, crewName, arrivedAt, leftAt, outcome, note }) => ({
      ordinal,
      crew: crewName,
      arrivedAt: arrivedAt.toISOString(),
      leftAt: leftAt?.toISOString() ?? null,
      outcome,
      note,
    })),
    parts,
    photos: photos.map(({ fileId, caption, addedAt, takenAt }) => ({
      fileId: String(fileId),
      caption,
      addedAt: addedAt.toISOString(),
      takenAt: takenAt?.toISOString() ?? null,
    })),
    slips: slips.map((slip) => ({
      ordinal: slip.ordinal,
      instrumentNo: slip.instrumentNo,
      calibratedOn: slip.calibratedOn,
      measuredAt: slip.measuredAt.toISOString(),
      outdoorTenths: slip.outdoorTenths,
      windows: slip.windows,
      readings: [...slip.readings],
      opinion: slip.opinion,
      measurer: slip.measurerName,
      signature: slip.signatureKind,
    })),
    emergency: await emergencyOf(sql, order),
  };
};
