/** Paper of a test: what hangs at each stairwell, and the list of whoever hangs it up. No name and no number of a household. */
import { wallTimeOfInstant } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import type { PrintDocument } from "#src/office/documents/index.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { companyOnPaper } from "#src/platform/company.ts";
import { accessTest } from "./access-test.ts";
import { contactNumberOf } from "./contact.ts";
import { findRound, findWindows } from "./queries.ts";
import { windowOfPaper } from "./record.ts";
import { findStairwellsOf, type StairwellRow } from "./record-queries.ts";
import { gapsOfTest, reachByStairwell } from "./reach.ts";
import { formatTestNo, formatWindow, type Test, type TestPaper } from "./schema.ts";

type About = "notice" | "moved" | "postponed" | "cancelled" | "passed" | "failed";

/** What a telephone dials when it reads the code: whoever stands before water does not type a number. */
const dialLink = (written: string): string => {
  const number = contactNumberOf(written);
  return number === null ? "" : `tel:${number}`;
};

const refusePaper = (test: Test, paper: TestPaper): never =>
  fail("pressure-test.nothing-to-post", `a test that is ${test.state} has no ${paper} to post`, {
    field: "paper",
    facts: { state: test.state, windowNo: test.windowNo },
  });

/** What a paper is about, by where the test stands. @throws DomainError `pressure-test.nothing-to-post` */
const aboutOf = (test: Test, paper: TestPaper): About => {
  const { state } = test;
  if (paper === "result") {
    if (state === "passed") return "passed";
    return state === "failed" || state === "retesting" ? "failed" : refusePaper(test, paper);
  }
  if (paper === "change") {
    if (state === "postponed" || state === "cancelled") return state;
    return test.windowNo > 1 ? "moved" : refusePaper(test, paper);
  }
  return test.startsAt === null || state === "cancelled" ? refusePaper(test, paper) : "notice";
};

const placeOf = (test: Test, stairwell: string): string =>
  [test.community, test.building, stairwell].filter((part) => part !== "").join(" ");

/**
 * The papers of a test for its stairwells, or for one. Audited.
 * @throws DomainError `pressure-test.not-found`, `pressure-test.nothing-to-post`, `pressure-test.stairwell-unknown`
 */
export const printNotices = async (
  context: CommandContext,
  wanted: {
    readonly testId: bigint;
    readonly unitId: bigint | null;
    readonly paper: TestPaper;
  },
): Promise<PrintDocument[]> => {
  const { sql, actor, today, now } = context;
  const test = await accessTest(sql, actor, wanted.testId, today);
  const about = aboutOf(test, wanted.paper);
  const all = await findStairwellsOf(sql, test.buildingId);
  const stairwells = all.filter((one) => wanted.unitId === null || one.id === wanted.unitId);
  if (stairwells.length === 0) {
    fail("pressure-test.stairwell-unknown", "there is no such stairwell in this building", {
      field: "unitId",
    });
  }
  const former = (await findWindows(sql, test.id)).find(
    (window) => window.windowNo === windowOfPaper(test, "change"),
  );
  const round = await findRound(sql, test.roundId);
  const company = await companyOnPaper(sql);
  context.audit({
    subject: `pressure-test:${test.id}`,
    details: { printed: wanted.paper, stairwells: stairwells.length },
  });
  return stairwells.map((stairwell: StairwellRow) => ({
    kind: "test-notice",
    paper: "a4",
    company,
    testNo: formatTestNo(test.id),
    testKind: test.kind,
    about,
    dial: dialLink(round?.contactNumber ?? ""),
    place: placeOf(test, stairwell.name),
    window: formatWindow(test.startsAt, test.endsAt),
    formerWindow:
      wanted.paper === "change" && former !== undefined ? formatWindow(former.startsAt, former.endsAt) : "",
    contactName: round?.contactName ?? "",
    contactNumber: round?.contactNumber ?? "",
    note: wanted.paper === "notice" ? (round?.note ?? "") : "",
    printedAt: wallTimeOfInstant(now),
    reprintCount: 0,
  }));
};

/**
 * The posting list (张贴清单): each stairwell with its homes and what has reached them, then the doors to knock on. Audited.
 * @throws DomainError `pressure-test.not-found`
 */
export const printPostingList = async (context: CommandContext, testId: bigint): Promise<PrintDocument> => {
  const { sql, actor, today, now } = context;
  const test = await accessTest(sql, actor, testId, today);
  const stairwells = await reachByStairwell(sql, test.id, test.windowNo, "notice");
  const gaps = await gapsOfTest(sql, test.id, test.windowNo, "notice");
  const round = await findRound(sql, test.roundId);
  context.audit({
    subject: `pressure-test:${test.id}`,
    details: { printed: "posting-list", stairwells: stairwells.length, gaps: gaps.length },
  });
  const named = (name: string): string => (name === "" ? test.building : name);
  return {
    kind: "posting-list",
    paper: "a4",
    company: await companyOnPaper(sql),
    testNo: formatTestNo(test.id),
    testKind: test.kind,
    place: placeOf(test, ""),
    window: formatWindow(test.startsAt, test.endsAt),
    contactName: round?.contactName ?? "",
    contactNumber: round?.contactNumber ?? "",
    stairwells: stairwells.map((one) => ({
      name: named(one.name),
      homes: one.homes,
      reachedBySms: one.delivered,
      posted: one.postedAt === null ? "" : wallTimeOfInstant(one.postedAt),
    })),
    gaps: gaps.map((gap) => ({
      stairwell: named(gap.stairwell),
      door: gap.label,
      knowsFormer: gap.knowsFormer,
      reason: gap.reason,
    })),
    printedAt: wallTimeOfInstant(now),
    reprintCount: 0,
  };
};
