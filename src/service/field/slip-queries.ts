/** SQL on temperature slips. They are written once and never changed. */
import type { Day } from "#src/kernel/day.ts";
import type { Sql } from "#src/platform/sql.ts";

export const WINDOW_STATES = ["closed-30-min", "closed", "open"] as const;
export type WindowState = (typeof WINDOW_STATES)[number];

export type Reading = {
  readonly room: string;
  readonly heightCm: number;
  /** Tenths of a degree Celsius. */
  readonly readingTenths: number;
};

export type SlipFacts = {
  readonly instrumentNo: string;
  readonly calibratedOn: Day;
  readonly measuredAt: Date;
  /** Tenths of a degree; null when nobody looked. */
  readonly outdoorTenths: number | null;
  readonly windows: WindowState;
  /** What the household wrote on the slip. */
  readonly opinion: string;
  readonly measurerName: string;
};
export type NewSlipRow = SlipFacts & {
  readonly orderId: bigint;
  readonly signatureKind: "image" | "witness";
  readonly signatureName: string;
  readonly signatureFileId: bigint | null;
  readonly now: Date;
  readonly recordedBy: bigint | null;
  readonly readings: readonly Reading[];
};

const addSlip = `
  with slip as (
    insert into temperature_slips (work_order_id, ordinal, instrument_no, calibrated_on, measured_at, outdoor_tenths, windows,
      opinion, measurer_name, signature_kind, signature_name, signature_file_id, recorded_at, recorded_by)
    select :orderId, coalesce(max(ordinal), 0) + 1, :instrumentNo, :calibratedOn::date, :measuredAt::timestamptz,
      :outdoorTenths::smallint, :windows, :opinion, :measurerName, :signatureKind, :signatureName, :signatureFileId::bigint,
      :now::timestamptz, :recordedBy::bigint
    from temperature_slips where work_order_id = :orderId
    returning id, ordinal
  ), readings as (
    insert into temperature_readings (slip_id, ordinal, room, height_cm, reading_tenths)
    select slip.id, reading.ordinal, reading.room, reading."heightCm", reading."readingTenths"
    from slip, jsonb_to_recordset(:readings::jsonb)
      reading (ordinal smallint, room text, "heightCm" smallint, "readingTenths" smallint)
  )
  select id, ordinal from slip`;
/** The caller holds the order's lock, so the ordinals of one order never collide. */
export const insertSlip = (sql: Sql, { readings, ...row }: NewSlipRow) =>
  sql.one<{ id: bigint; ordinal: number }>(addSlip, {
    ...row,
    readings: JSON.stringify(readings.map((reading, index) => ({ ...reading, ordinal: index + 1 }))),
  });

const count = `select count(*)::int as slips from temperature_slips where work_order_id = :orderId`;
export const countSlips = async (sql: Sql, orderId: bigint): Promise<number> =>
  (await sql.one<{ slips: number }>(count, { orderId })).slips;

export type SlipRow = SlipFacts & {
  readonly id: bigint;
  readonly ordinal: number;
  readonly signatureKind: "image" | "witness";
  readonly signatureName: string;
  readonly recordedAt: Date;
  readonly readings: readonly Reading[];
};
const slipsOf = `
  select slip.id, slip.ordinal, slip.instrument_no as "instrumentNo", slip.calibrated_on as "calibratedOn",
    slip.measured_at as "measuredAt", slip.outdoor_tenths as "outdoorTenths", slip.windows, slip.opinion,
    slip.measurer_name as "measurerName", slip.signature_kind as "signatureKind", slip.signature_name as "signatureName",
    slip.recorded_at as "recordedAt",
    (select jsonb_agg(jsonb_build_object('room', reading.room, 'heightCm', reading.height_cm,
       'readingTenths', reading.reading_tenths) order by reading.ordinal)
     from temperature_readings reading where reading.slip_id = slip.id) as readings
  from temperature_slips slip where slip.work_order_id = :orderId order by slip.ordinal`;
export const findSlips = (sql: Sql, orderId: bigint) => sql.rows<SlipRow>(slipsOf, { orderId });
