/** Three buildings of eight homes, and what the tests of pressure tests do and ask all the time. */
import { DomainError } from "#src/kernel/errors.ts";
import {
  announceRound,
  recordDoor,
  recordPosting,
  setPropertyFirm,
} from "#src/service/pressure-tests/index.ts";
import { createTestDatabase } from "./database.ts";
import { createTestTown, type Fate, homeId, numberOf, PHOTO, type TestTown } from "./test-town.ts";

export const FIRM = "+8613800000009";
/** Building 1: home 101 has no number; 102 fails; 103 gives no receipt; 201 and 202 are one person's. */
export const SILENT = homeId(1, 1, 1);
const FAILS = numberOf(homeId(1, 1, 2));
const UNSURE = numberOf(homeId(1, 1, 3));
export const SHARED = [homeId(1, 2, 1), homeId(1, 2, 2)] as const;
export const fateOf = (number: string): Fate =>
  number === FAILS ? "undelivered" : number === UNSURE ? "no-receipt" : "delivered";

export const windowOf = (date: string) => ({
  startsAt: new Date(`${date}T09:00:00+08:00`),
  endsAt: new Date(`${date}T18:00:00+08:00`),
});

/** `done`, or the code of the refusal. */
export const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "done",
    (error: unknown) => {
      if (error instanceof DomainError) return error.code;
      throw error;
    },
  );

type Paper = "notice" | "change" | "result";

export const createTestDesk = async () => {
  const db = await createTestDatabase("2026-10-20T10:00:00+08:00");
  const town: TestTown = await createTestTown(db, {
    buildings: 3,
    stairwells: 2,
    homes: 4,
    silent: [SILENT],
    shared: [SHARED],
    stopped: [homeId(1, 1, 4)],
    vacant: [homeId(1, 2, 4)],
  });
  const announce = (roundId: bigint, stage: "week-before" | "day-before" = "week-before") =>
    town.run((context) => announceRound(context, roundId, stage));
  const clockTo = (instant: string): void => db.clock.set(`2026-${instant}+08:00`);
  return {
    ...town,
    sql: db.database.sql,
    clockTo,
    announce,
    stateOf: async (id: bigint): Promise<string | undefined> =>
      (await town.rows<{ state: string }>("select state from pressure_tests where id = :id", { id }))[0]
        ?.state,
    post: (testId: bigint, unitId: bigint, paper: Paper = "notice") =>
      town.run((context) =>
        recordPosting(context, {
          testId,
          unitId,
          paper,
          bytes: PHOTO,
          fileName: "door.png",
          mediaType: "image/png",
        }),
      ),
    knock: (testId: bigint, premisesId: bigint, outcome: "told" | "nobody-home", note = "") =>
      town.run((context) => recordDoor(context, { testId, premisesId, paper: "notice", outcome, note })),
    /** A week before, by a notice that two people approved. */
    tellAll: async (roundId: bigint): Promise<bigint> => {
      const { noticeIds } = await announce(roundId);
      const noticeId = noticeIds[0] ?? 0n;
      await town.approve(noticeId);
      clockTo("10-23T09:00:00");
      await town.carry(fateOf);
      return noticeId;
    },
    messagesOf: (noticeId: bigint) =>
      town.rows<{ state: string; reason: string; account: bigint }>(
        `select state, reason, account_id as account from messages where regarding = 'notice:' || :noticeId::bigint
         order by account_id`,
        { noticeId },
      ),
    toldAt: (testId: bigint, stage: string) =>
      town.rows<{ noticeId: bigint; windowNo: number }>(
        `select notice_id as "noticeId", window_no as "windowNo" from pressure_tellings
         where test_id = :testId and stage = :stage order by id`,
        { testId, stage },
      ),
    audienceOf: async (noticeId: bigint): Promise<bigint[]> =>
      (
        await town.rows<{ id: bigint }>(
          "select account_id as id from notice_recipients where notice_id = :noticeId order by 1",
          { noticeId },
        )
      ).map((row) => row.id),
    tasksOf: (kind: string) =>
      town.rows<{ state: string; areaId: bigint; accountId: bigint | null; source: string }>(
        `select state, area_id as "areaId", account_id as "accountId", source from tasks where kind = :kind order by id`,
        { kind },
      ),
  };
};
export type TestDesk = Awaited<ReturnType<typeof createTestDesk>>;

/** The same with its property firm and a round of one test a building. */
export const createPlannedDesk = async () => {
  const town = await createTestDesk();
  await town.run((context) => setPropertyFirm(context, { communityId: 1n, name: "春晖物业", number: FIRM }));
  const { roundId, tests } = await town.plan();
  const [one = 0n, two = 0n, three = 0n] = tests.map((each) => each.id);
  return { town, roundId, one, two, three };
};
