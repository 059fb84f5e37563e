/** A fault, what it did, and what it cost. */
import type { Random } from "#src/demo/random.ts";
import type { Count } from "./outside.ts";
import type { Stage } from "./stage.ts";

export type FaultContext = {
  readonly stage: Stage;
  /** Every seed, not the short form. */
  readonly full: boolean;
  /** The stream of this case; the same seed gives the same faults. */
  readonly random: Random;
  say(text: string): void;
};

export type CaseResult = {
  readonly runs: number;
  /** How many faults really hit inside the work. */
  readonly landed: number;
  /** Of a hundred faults so many must land for the case to have proved anything. */
  readonly leastLandedPercent: number;
  readonly lost: number;
  readonly doubled: number;
  /** What was wrong besides: unequal answers, a command that did not end well, a ledger that does not prove. */
  readonly problems: readonly string[];
};

export type FaultCase = {
  readonly name: string;
  /** Mostly waits: it is tried beside the others. */
  readonly patient?: true;
  /** Takes the server down: it is tried when no other case is on. */
  readonly alone?: true;
  run(context: FaultContext): Promise<CaseResult>;
};

export type Tally = {
  ran(landed: boolean): void;
  counted(count: Count): void;
  problem(text: string): void;
  result(leastLandedPercent: number): CaseResult;
};

export const createTally = (): Tally => {
  let runs = 0;
  let landed = 0;
  let lost = 0;
  let doubled = 0;
  const problems: string[] = [];
  return {
    ran: (hit) => {
      runs += 1;
      if (hit) landed += 1;
    },
    counted: (count) => {
      lost += count.lost;
      doubled += count.doubled;
    },
    problem: (text) => void problems.push(text),
    result: (leastLandedPercent) => ({ runs, landed, leastLandedPercent, lost, doubled, problems }),
  };
};
