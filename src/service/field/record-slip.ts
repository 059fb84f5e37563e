/** The temperature slip (测温单): written on the spot, signed by both, never changed. */
import { both } from "#src/kernel/words.ts";
import { fail } from "#src/kernel/errors.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { isRoomTemperature } from "#src/service/tickets/index.ts";
import { beginOrderChange } from "./access-order.ts";
import { tellCases } from "./cases.ts";
import type { OrderChanged } from "./change-order.ts";
import { checkSignature, type Signature } from "./finish-order.ts";
import { formatOrderNo } from "./order-kinds.ts";
import { countVersion, findTicketIds } from "./order-queries.ts";
import { LIVE_STATES } from "./order-states.ts";
import { insertSlip, type Reading, type SlipFacts } from "./slip-queries.ts";
import { formatTenths } from "./temperatures.ts";

export type NewSlip = SlipFacts & {
  readonly id: bigint;
  readonly version?: number | undefined;
  readonly readings: readonly Reading[];
  readonly signature: Signature;
};

/**
 * Adds a slip to an order that is not over; a wrong one is followed by another, and the last one counts. It moves the order's
 * version, so that two people at one order see each other.
 * @throws DomainError `work-order.not-a-measurement`, `work-order.state-refused`, `work-order.slip-refused`,
 * `work-order.signature-refused`, `version.stale`
 */
export const recordSlip = async (
  context: CommandContext,
  slip: NewSlip,
): Promise<OrderChanged & { readonly ordinal: number }> => {
  const { sql, now, today, actor } = context;
  const order = await beginOrderChange(context, slip.id, slip.version);
  if (order.kind !== "temperature") {
    fail("work-order.not-a-measurement", "temperatures are written down for a measurement", { field: "id" });
  }
  if (!LIVE_STATES.includes(order.state)) {
    fail("work-order.state-refused", `this work order is ${order.state}`, { facts: { state: order.state } });
  }
  if (slip.measuredAt > now || slip.measuredAt < order.openedAt) {
    fail("work-order.slip-refused", "nobody measures before the order or after now", { field: "measuredAt" });
  }
  if (slip.calibratedOn > today) {
    fail("work-order.slip-refused", "this instrument is calibrated in the future", { field: "calibratedOn" });
  }
  await checkSignature(context, order.id, slip.signature);
  const { id: orderId, version: _seen, signature, ...facts } = slip;
  const { ordinal } = await insertSlip(sql, {
    ...facts,
    orderId,
    signatureKind: signature.kind,
    signatureName: signature.name,
    signatureFileId: signature.fileId ?? null,
    now,
    recordedBy: staffIdOf(actor),
  });
  const version = await countVersion(sql, orderId);
  const readings = slip.readings.map((reading) => ({
    room: reading.room,
    heightCm: reading.heightCm,
    readingTenths: reading.readingTenths,
  }));
  const said = readings.map(({ room, readingTenths }) => `${room} ${formatTenths(readingTenths)}℃`);
  context.audit({ subject: `work-order:${orderId}`, details: { slip: ordinal, readings: readings.length } });
  await tellCases(context, await findTicketIds(sql, [orderId]), {
    orderId,
    kind: "order",
    // A reading that no home has (19 for 19.0) is kept as it was signed, and proves nothing.
    evidence: slip.readings.every((one) => isRoomTemperature(one.readingTenths)) ? "slip" : undefined,
    text: both(
      `${formatOrderNo(orderId)} 测温 ${said.join("，")}`,
      `${formatOrderNo(orderId)} measured ${said.join(", ")}`,
    ),
    details: { slip: ordinal, readings },
  });
  return { id: orderId, state: order.state, ordinal, version };
};
