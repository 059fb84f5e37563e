/** A property firm's list as lines of the basket: every home once, and what is wrong in the list by its line. */
import { ApiProblem } from "#web/api/problem.ts";
import { forSome, type Line } from "./basket.ts";
import { type ListedHome, readFirmList } from "./read-firm-list.ts";

/** A receipt has so many homes at most, by the server's rule. */
export const MOST_HOMES = 500;

export type Complaint = {
  /** Null: about the list as a whole. */
  readonly line: number | null;
  readonly text: string;
  readonly why: "firmBad" | "firmTwice" | "firmUnknown" | "firmTooMany" | "firmNothing";
};
export type FirmReading = { readonly lines: readonly Line[]; readonly complaints: readonly Complaint[] };

type ReadHome = (accountNo: string, amount: string | undefined) => Promise<Line>;

const isUnknown = (error: unknown): boolean => error instanceof ApiProblem && error.facts.status === 404;

/** Null where there is no such account. @throws whatever else the reading meets */
const readKnown = async (home: ListedHome, read: ReadHome): Promise<Line | null> => {
  try {
    return await read(home.accountNo, home.amount);
  } catch (error) {
    if (!isUnknown(error)) throw error;
    return null;
  }
};

/** Reads the list and each of its homes. Nothing is left out in silence: what is not among `lines` is among `complaints`. */
export const readFirm = async (text: string, read: ReadHome): Promise<FirmReading> => {
  const { homes, bad } = readFirmList(text);
  const complaints: Complaint[] = [...bad];
  if (homes.length > MOST_HOMES) {
    complaints.push({ line: null, text: String(homes.length), why: "firmTooMany" });
    return { lines: [], complaints };
  }
  const lines = new Map<string, Line>();
  const found = await forSome(homes, async (home) => ({ home, line: await readKnown(home, read) }));
  for (const { home, line } of found) {
    const said = { line: home.line, text: [home.accountNo, home.amount ?? ""].join(" ").trim() };
    if (line === null) complaints.push({ ...said, why: "firmUnknown" });
    // Two numbers of one home, the old one and the new one, are one home.
    else if (lines.has(line.accountNo)) complaints.push({ ...said, why: "firmTwice" });
    else lines.set(line.accountNo, line);
  }
  if (lines.size === 0 && complaints.length === 0)
    complaints.push({ line: null, text: "", why: "firmNothing" });
  return {
    lines: [...lines.values()],
    complaints: complaints.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0)),
  };
};

/** The list without the lines that were complained of; the others stay as they were typed. */
export const withoutComplaints = (text: string, complaints: readonly Complaint[]): string => {
  const gone = new Set(complaints.map(({ line }) => line));
  return text
    .split(/\r?\n/)
    .filter((_, index) => !gone.has(index + 1))
    .join("\n");
};

/** Readings of which only the last counts: one that was called off, or overtaken, changes nothing when its answers come. */
export const newReadings = () => {
  let current = 0;
  const drop = (): void => void (current += 1);
  return {
    drop,
    /** Begins one; answers whether it is still the one that counts. */
    begin: (): (() => boolean) => {
      drop();
      const own = current;
      return () => own === current;
    },
  };
};
