/** Reach (告知率): how many homes of a building know of a window, and which do not. */
import type { Sql } from "#src/platform/sql.ts";
import {
  findGaps,
  findReachedHomes,
  findStairwells,
  findToldHomes,
  type GapRow,
  type ReachedHome,
  type ReachQuestion,
  type StairwellReach,
  type ToldHome,
} from "./reach-queries.ts";
import { STAGES_OF, type TestPaper } from "./schema.ts";

/** A window of a test. */
export type AskedWindow = { readonly testId: bigint; readonly windowNo: number };

const questionOf = (asked: readonly AskedWindow[], paper: TestPaper): ReachQuestion => ({
  testIds: asked.map((one) => one.testId),
  windowNos: asked.map((one) => one.windowNo),
  paper,
  stages: STAGES_OF[paper],
});

export type Reach = {
  readonly homes: number;
  readonly delivered: number;
  readonly pending: number;
  readonly failed: number;
  readonly stairwells: number;
  readonly stairwellsPosted: number;
  readonly toldAtDoor: number;
  readonly reachedBefore: number;
  readonly reached: number;
  readonly unnamed: number;
};

export const NOBODY: Reach = {
  homes: 0,
  delivered: 0,
  pending: 0,
  failed: 0,
  stairwells: 0,
  stairwellsPosted: 0,
  toldAtDoor: 0,
  reachedBefore: 0,
  reached: 0,
  unnamed: 0,
};

export const sumReach = (all: readonly Reach[]): Reach =>
  all.reduce(
    (sum, one) => ({
      homes: sum.homes + one.homes,
      delivered: sum.delivered + one.delivered,
      pending: sum.pending + one.pending,
      failed: sum.failed + one.failed,
      stairwells: sum.stairwells + one.stairwells,
      stairwellsPosted: sum.stairwellsPosted + one.stairwellsPosted,
      toldAtDoor: sum.toldAtDoor + one.toldAtDoor,
      reachedBefore: sum.reachedBefore + one.reachedBefore,
      reached: sum.reached + one.reached,
      unnamed: sum.unnamed + one.unnamed,
    }),
    NOBODY,
  );

/** Hundredths of a per cent, half up, but never 100.00% while one home is missing. */
export const basisPoints = (part: number, whole: number): number => {
  if (whole === 0 || part >= whole) return 10_000;
  return Math.min(Math.round((part * 10_000) / whole), 9_999);
};

export const reachByStairwell = async (
  sql: Sql,
  testId: bigint,
  windowNo: number,
  paper: TestPaper,
): Promise<StairwellReach[]> => findStairwells(sql, questionOf([{ testId, windowNo }], paper));

export const reachOfStairwells = (stairwells: readonly StairwellReach[]): Reach =>
  sumReach(
    stairwells.map((one) => ({
      ...one,
      stairwells: 1,
      stairwellsPosted: one.postedAt === null ? 0 : 1,
    })),
  );

/** The figures of any number of windows together, in one statement: a day has hundreds. */
export const reachOfTests = async (
  sql: Sql,
  asked: readonly AskedWindow[],
  paper: TestPaper,
): Promise<Reach> => reachOfStairwells(await findStairwells(sql, questionOf(asked, paper)));

/** The same, of each test apart: a map shows which building is still to be told. */
export const reachOfEach = async (
  sql: Sql,
  asked: readonly AskedWindow[],
  paper: TestPaper,
): Promise<ReadonlyMap<bigint, Reach>> => {
  const byTest = Map.groupBy(await findStairwells(sql, questionOf(asked, paper)), ({ testId }) => testId);
  return new Map([...byTest].map(([testId, stairwells]) => [testId, reachOfStairwells(stairwells)]));
};

/** The figures of a building for one window. Every door counts, also that of a stopped, vacant or never opened home. */
export const reachOfTest = async (
  sql: Sql,
  testId: bigint,
  windowNo: number,
  paper: TestPaper,
): Promise<Reach> => reachOfStairwells(await reachByStairwell(sql, testId, windowNo, paper));

/** The doors to knock on (敲门名单), with the reason of each. */
export const gapsOfTest = async (
  sql: Sql,
  testId: bigint,
  windowNo: number,
  paper: TestPaper,
): Promise<GapRow[]> => findGaps(sql, questionOf([{ testId, windowNo }], paper));

/** Every door with what reached it (告知图). */
export const homesOfTest = async (
  sql: Sql,
  testId: bigint,
  windowNo: number,
  paper: TestPaper,
): Promise<ReachedHome[]> => findReachedHomes(sql, questionOf([{ testId, windowNo }], paper));

/** The homes that know, or may know, of a window or of one before it: whom a change of it is told. */
export const toldHomes = async (sql: Sql, testId: bigint, windowNo: number): Promise<ToldHome[]> =>
  findToldHomes(sql, questionOf([{ testId, windowNo }], "notice"));
