/** What is written down about a test: paper with its photo, knocks, readings with their witness. None of it is changed later. */
import { fail } from "#src/kernel/errors.ts";
import type { Day } from "#src/kernel/day.ts";
import { parsePhone } from "#src/kernel/phone.ts";
import {
  checkFile,
  type FileInput,
  readStoredFile,
  storeFile,
  type StoredFile,
} from "#src/office/documents/index.ts";
import { type Actor, staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { scopeBindings } from "#src/platform/scope.ts";
import type { Sql } from "#src/platform/sql.ts";
import { accessTest, beginTestChange } from "./access-test.ts";
import {
  findPostings,
  insertDoor,
  insertPosting,
  insertReading,
  isDoorOf,
  isStairwellOf,
  type ReadingRow,
  upsertFirm,
} from "./record-queries.ts";
import { type DoorOutcome, formatTestNo, type Test, type TestPaper } from "./schema.ts";

/** A change is told of the window that it ended; everything else of the one that stands. */
export const windowOfPaper = (test: Test, paper: TestPaper): number => {
  if (paper !== "change" || test.state === "postponed" || test.state === "cancelled") return test.windowNo;
  return Math.max(test.windowNo - 1, 1);
};

const PHOTO = /^image\//;

/**
 * A paper hangs at a stairwell, and this photo shows it: from now on its homes count as reached. The first photo stays; a second
 * of the same paper is refused.
 * @throws DomainError `pressure-test.not-found`, `pressure-test.stairwell-unknown`, `pressure-test.posted-already`,
 * `pressure-test.photo-expected`, and as `storeFile`
 */
export const recordPosting = async (
  context: CommandContext,
  posting: FileInput & { readonly testId: bigint; readonly unitId: bigint; readonly paper: TestPaper },
): Promise<bigint> => {
  const { sql, actor, now } = context;
  const test = await beginTestChange(context, posting.testId, undefined);
  if (!(await isStairwellOf(sql, { unitId: posting.unitId, buildingId: test.buildingId }))) {
    fail("pressure-test.stairwell-unknown", "there is no such stairwell in this building", {
      field: "unitId",
    });
  }
  if (!PHOTO.test((await checkFile(posting)).mediaType)) {
    fail("pressure-test.photo-expected", "what shows that a paper hangs there is a photo", { field: "file" });
  }
  const fileId = await storeFile(context, posting);
  const windowNo = windowOfPaper(test, posting.paper);
  const isNew = await insertPosting(sql, {
    testId: test.id,
    windowNo,
    unitId: posting.unitId,
    paper: posting.paper,
    fileId,
    now,
    by: staffIdOf(actor),
    byName: actor.name,
  });
  if (!isNew) {
    fail("pressure-test.posted-already", "the photo of this paper is there already", {
      field: "unitId",
      remedy: "look at the photos of the test",
    });
  }
  context.audit({
    subject: `pressure-test:${test.id}`,
    details: { posted: posting.unitId, paper: posting.paper, windowNo, file: fileId },
  });
  return fileId;
};

/** A photo of this test. @throws DomainError `pressure-test.not-found`, `file.not-found` also for the photo of another one */
export const readPostingPhoto = async (
  sql: Sql,
  actor: Actor,
  wanted: { readonly testId: bigint; readonly fileId: bigint; readonly day: Day },
): Promise<StoredFile> => {
  const test = await accessTest(sql, actor, wanted.testId, wanted.day);
  const postings = await findPostings(sql, test.id);
  if (!postings.some((posting) => posting.fileId === wanted.fileId)) {
    fail("file.not-found", "there is no such file");
  }
  return readStoredFile(sql, wanted.fileId);
};

/**
 * Somebody knocked at a door, and this became of it. Told counts as reached; anything else names the gap.
 * @throws DomainError `pressure-test.not-found`, `pressure-test.door-unknown`, `pressure-test.note-needed`
 */
export const recordDoor = async (
  context: CommandContext,
  knock: {
    readonly testId: bigint;
    readonly premisesId: bigint;
    readonly paper: TestPaper;
    readonly outcome: DoorOutcome;
    readonly note: string;
  },
): Promise<void> => {
  const { sql, actor, now } = context;
  const test = await beginTestChange(context, knock.testId, undefined);
  if (!(await isDoorOf(sql, { premisesId: knock.premisesId, buildingId: test.buildingId }))) {
    fail("pressure-test.door-unknown", "there is no such door in this building", { field: "premisesId" });
  }
  if (knock.outcome !== "told" && knock.note === "") {
    fail("pressure-test.note-needed", "a door that was not told needs a word on what is done about it", {
      field: "note",
      remedy: "say it: the inlet valve is shut, a neighbour watches, the firm opens",
    });
  }
  const windowNo = windowOfPaper(test, knock.paper);
  await insertDoor(sql, { ...knock, windowNo, now, by: staffIdOf(actor), byName: actor.name });
  context.audit({
    subject: `pressure-test:${test.id}`,
    details: { door: knock.premisesId, outcome: knock.outcome, paper: knock.paper, windowNo },
  });
};

/**
 * Pressure, hold and drop as read from the gauge, with a witness. Each call records one; the last one counts.
 * @throws DomainError `pressure-test.not-found`, `pressure-test.not-running`, `pressure-test.no-pressure` for a cold run,
 * `pressure-test.reading-refused`
 */
export const recordReading = async (
  context: CommandContext,
  testId: bigint,
  reading: Omit<ReadingRow, "ordinal">,
): Promise<number> => {
  const { sql, actor, now } = context;
  const test = await beginTestChange(context, testId, undefined);
  if (test.kind !== "pressure") fail("pressure-test.no-pressure", "a cold run holds no pressure");
  if (test.state !== "running" || test.begunAt === null) {
    fail("pressure-test.not-running", "a reading belongs to a test that is on", {
      facts: { state: test.state },
    });
  }
  const heldUntil = reading.measuredAt.getTime();
  if (heldUntil > now.getTime() || heldUntil - reading.holdMinutes * 60_000 < test.begunAt.getTime()) {
    fail(
      "pressure-test.reading-refused",
      "the pressure was held after the test began and until now at the latest",
      {
        field: "measuredAt",
        facts: { begunAt: test.begunAt.toISOString() },
      },
    );
  }
  if (reading.endKpa > reading.startKpa) {
    fail("pressure-test.reading-refused", "a pressure that rises while it is held is a wrong reading", {
      field: "endKpa",
    });
  }
  const { ordinal } = await insertReading(sql, { ...reading, testId: test.id, now, by: staffIdOf(actor) });
  context.audit({
    subject: `pressure-test:${test.id}`,
    details: {
      reading: ordinal,
      startKpa: reading.startKpa,
      endKpa: reading.endKpa,
      holdMinutes: reading.holdMinutes,
      testNo: formatTestNo(test.id),
    },
  });
  return ordinal;
};

/**
 * Who looks after a community, and is told of every test in it. Whoever is bound to areas names the firms of communities in which
 * they serve a building.
 * @throws DomainError `community.not-found`, `phone.unreadable`
 */
export const setPropertyFirm = async (
  context: CommandContext,
  firm: { readonly communityId: bigint; readonly name: string; readonly number: string },
): Promise<void> => {
  const { sql, actor, now, today } = context;
  const { number } = parsePhone(firm.number);
  const row = { ...firm, ...scopeBindings(actor.scope, today), number, now, by: staffIdOf(actor) };
  if (!(await upsertFirm(sql, row))) {
    fail("community.not-found", "there is no such community", { field: "communityId" });
  }
  context.audit({ subject: `community:${firm.communityId}`, details: { propertyFirm: "set" } });
};
