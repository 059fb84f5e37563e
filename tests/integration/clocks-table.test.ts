/** `tests/tables/clocks.txt`, row by row: the rule that counts and the instant that it gives. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { must } from "#src/kernel/errors.ts";
import { wallTimeOfInstant } from "#src/kernel/day.ts";
import { setRule } from "#src/service/clocks/index.ts";
import { countClock, loadRuleBook, ruleSeasonAt } from "#src/service/clocks/rule-book.ts";
import type { CountedKind, RuleSeason, Severity, StationOwner } from "#src/service/clocks/schema.ts";
import { at, type ClockTown, createClockTown } from "#tests/support/clocks.ts";

type Line = {
  readonly sentence: string;
  readonly cells: readonly string[];
  readonly isRule: boolean;
  readonly no: number;
};

const readTable = (): Line[] => {
  const lines: Line[] = [];
  let sentence = "";
  readFileSync(new URL("../tables/clocks.txt", import.meta.url), "utf8")
    .split("\n")
    .forEach((text, index) => {
      if (text.startsWith(">")) sentence = text.slice(1).trim();
      if (text === "" || /^[#>]/.test(text)) return;
      const isRule = text.startsWith("!");
      const cells = text
        .replace(/^!/, "")
        .split("|")
        .map((cell) => cell.trim());
      lines.push({ sentence, cells, isRule, no: index + 1 });
    });
  return lines;
};

const orNull = <Value extends string>(cell: string | undefined): Value | null =>
  cell === undefined || cell === "-" || cell === "none" ? null : (cell as Value);

let town: ClockTown;
beforeAll(async () => {
  town = await createClockTown();
});
afterAll(() => town.db.drop());

const addRule = async ({ cells }: Line): Promise<void> => {
  const [kind, category, severity, station, season, target, calendar] = cells;
  await town.db.commands.run({ name: "test.rule", actor: town.db.actor }, (context) =>
    setRule(context, {
      kind: kind as CountedKind,
      category: orNull(category),
      severity: orNull<Severity>(severity),
      stationOwner: station === "firm" ? "property-firm" : station === "ours" ? "company" : null,
      stationId: station === "this" ? town.town.stationId : null,
      season: orNull<RuleSeason>(season),
      targetMinutes: target === "none" ? null : Number(target),
      calendar: orNull(calendar),
      warnPercent: 75,
      source: "the text table",
    }),
  );
};

const dueOf = async ({ cells }: Line): Promise<string> => {
  const [kind, category, severity, station, opened, pauses] = cells;
  const owners: Readonly<Record<string, StationOwner>> = {
    ours: "company",
    this: "company",
    firm: "property-firm",
  };
  const book = await loadRuleBook(town.db.database.sql);
  const startedAt = at(must(opened, "when it was opened"));
  const facts = {
    category: must(category, "a category"),
    severity: severity as Severity,
    stationId: station === "this" ? town.town.stationId : null,
    stationOwner: owners[station ?? ""] ?? null,
    season: ruleSeasonAt(book, startedAt),
  };
  const taken = (orNull(pauses) ?? "")
    .split(",")
    .filter((text) => text.trim() !== "")
    .map((text) => {
      const [from = "", until = ""] = text.split("..");
      return { pausedAt: at(from.trim()), resumedAt: at(until.trim()) };
    });
  const clock = countClock(book, kind as CountedKind, facts, startedAt, taken);
  return clock === null ? "none" : wallTimeOfInstant(clock.dueAt);
};

test("every row is due when the table says", async () => {
  const wrong: string[] = [];
  let rows = 0;
  for (const line of readTable()) {
    if (line.isRule) {
      await addRule(line);
      continue;
    }
    rows += 1;
    const due = await dueOf(line);
    const said = line.cells[6];
    if (due !== said) wrong.push(`line ${line.no}: ${line.sentence}\n  says ${said}, is ${due}`);
  }
  expect(wrong).toEqual([]);
  expect(rows).toBeGreaterThan(30);
});
