/** One test with all that is known of it. */
import { z } from "zod";
import type { Day } from "#src/kernel/day.ts";
import { withNames } from "#src/platform/people.ts";
import type { Sql } from "#src/platform/sql.ts";
import { findAbsences } from "./absence-queries.ts";
import { findFirmOfBuilding, findFirmWords } from "./firm-queries.ts";
import { FIRM_TEMPLATE, maskFirmNumber } from "./firms.ts";
import { findLeaks } from "./leak-queries.ts";
import { findRound, findWindows } from "./queries.ts";
import { findPostings, findReadings, findTellings } from "./record-queries.ts";
import { PAPERS, roundJson, roundOut, type Test, testJson, testOut, WITNESSES } from "./schema.ts";

const maybe = z.string().nullable();

export const testViewOut = testOut.extend({
  round: roundOut,
  windows: z.array(
    z.object({
      windowNo: z.int(),
      startsAt: z.string(),
      endsAt: z.string(),
      endedBy: maybe,
      endedAt: maybe,
      reason: z.string(),
    }),
  ),
  tellings: z.array(z.object({ windowNo: z.int(), stage: z.string(), noticeId: maybe, toldAt: z.string() })),
  /** Null: nobody is known to look after the community. */
  propertyFirm: z
    .object({
      name: z.string(),
      number: z.string(),
      told: z.array(
        z.object({
          windowNo: z.int(),
          stage: z.string(),
          state: z.string(),
          reason: z.string(),
          at: z.string(),
        }),
      ),
    })
    .nullable(),
  postings: z.array(
    withNames(
      z.object({
        unitId: z.string(),
        windowNo: z.int(),
        paper: z.enum(PAPERS),
        fileId: z.string(),
        postedAt: z.string(),
        postedBy: z.string(),
      }),
      "postedBy",
    ),
  ),
  readings: z.array(
    z.object({
      ordinal: z.int(),
      measuredAt: z.string(),
      startKpa: z.int(),
      holdMinutes: z.int(),
      endKpa: z.int(),
      dropKpa: z.int(),
      gaugeNo: z.string(),
      measurer: z.string(),
      witness: z.string(),
      witnessOf: z.enum(WITNESSES),
      note: z.string(),
    }),
  ),
  leaks: z.array(
    z.object({
      ticketNo: z.string(),
      state: z.string(),
      supply: maybe,
      reportedAt: z.string(),
      acknowledgedAt: maybe,
      isolatedAt: maybe,
    }),
  ),
  absences: z.array(
    z.object({
      accountNo: z.string(),
      address: z.string(),
      source: z.string(),
      note: z.string(),
      taskId: z.string(),
      taskState: z.string(),
      saidAt: z.string(),
    }),
  ),
});

const firmOf = async (sql: Sql, test: Test) => {
  const firm = await findFirmOfBuilding(sql, test.buildingId);
  if (firm === null) return null;
  const words = await findFirmWords(sql, { testId: test.id, template: FIRM_TEMPLATE });
  return {
    name: firm.name,
    number: maskFirmNumber(firm.number),
    told: words.map((word) => ({ ...word, at: word.at.toISOString() })),
  };
};

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

export const viewTest = async (sql: Sql, test: Test, day: Day): Promise<z.input<typeof testViewOut>> => {
  const round = await findRound(sql, test.roundId);
  const [windows, tellings, postings, readings, leaks, absences] = await Promise.all([
    findWindows(sql, test.id),
    findTellings(sql, test.id),
    findPostings(sql, test.id),
    findReadings(sql, test.id),
    findLeaks(sql, { testId: test.id, day }),
    findAbsences(sql, { testId: test.id, windowNo: test.windowNo }),
  ]);
  if (round === null) throw new Error(`the round of test ${test.id} is gone`);
  return {
    ...testJson(test),
    round: roundJson(round),
    windows: windows.map((one) => ({
      ...one,
      startsAt: one.startsAt.toISOString(),
      endsAt: one.endsAt.toISOString(),
      endedAt: iso(one.endedAt),
    })),
    propertyFirm: await firmOf(sql, test),
    tellings: tellings.map((one) => ({
      ...one,
      noticeId: one.noticeId === null ? null : String(one.noticeId),
      toldAt: one.toldAt.toISOString(),
    })),
    postings: postings.map((one) => ({
      ...one,
      unitId: String(one.unitId),
      fileId: String(one.fileId),
      postedAt: one.postedAt.toISOString(),
    })),
    readings: readings.map(({ measurerName, witnessName, measuredAt, ...one }) => ({
      ...one,
      measuredAt: measuredAt.toISOString(),
      dropKpa: one.startKpa - one.endKpa,
      measurer: measurerName,
      witness: witnessName,
    })),
    leaks: leaks.map(({ ticketNo, state, supply, reportedAt, acknowledgedAt, isolatedAt }) => ({
      ticketNo,
      state,
      supply,
      reportedAt: reportedAt.toISOString(),
      acknowledgedAt: iso(acknowledgedAt),
      isolatedAt: iso(isolatedAt),
    })),
    absences: absences.map((one) => ({
      ...one,
      taskId: String(one.taskId),
      saidAt: one.saidAt.toISOString(),
    })),
  };
};
