import fc from "fast-check";
import { expect, test } from "vitest";
import { type ReportOfAsset, tellOutages } from "./outages.ts";

const at = (clock: string): Date => new Date(`2027-01-20T${clock}:00+08:00`);
const report = (id: number, clock: string, more: Partial<ReportOfAsset>): ReportOfAsset => ({
  id: BigInt(id),
  eventId: `D-${id}`,
  kind: "alarm",
  stopsHeat: false,
  planned: false,
  occurredAt: at(clock),
  expectedBackAt: null,
  note: "",
  ...more,
});
const stop = (id: number, clock: string) => report(id, clock, { stopsHeat: true });
const back = (id: number, clock: string) => report(id, clock, { kind: "restored" });

const told = (reports: readonly ReportOfAsset[]): string[] =>
  tellOutages(reports).map((outage) => {
    const clock = (date: Date | null) =>
      date === null
        ? "?"
        : date.toLocaleTimeString("en-GB", { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit" });
    return `${clock(outage.fromAt)}-${clock(outage.toAt)} by ${outage.reportIds.join(",")}`;
  });

test.each([
  [
    "three alarms are one outage",
    [stop(1, "19:30"), stop(2, "19:31"), stop(3, "19:35")],
    ["19:30-? by 1,2,3"],
  ],
  ["it ends when heat is back", [stop(1, "19:30"), back(2, "23:20")], ["19:30-23:20 by 1,2"]],
  ["a warning is none", [report(1, "19:30", {}), back(2, "20:00")], []],
  [
    "a stop after the return is another one, however soon",
    [stop(1, "19:30"), back(2, "19:40"), stop(3, "19:41")],
    ["19:30-19:40 by 1,2", "19:41-? by 3"],
  ],
  [
    "a return that was told late splits what looked like one",
    [stop(1, "19:30"), stop(3, "22:00"), back(9, "21:00")],
    ["19:30-21:00 by 1,9", "22:00-? by 3"],
  ],
  ["a return without a stop means nothing", [back(1, "19:30"), back(2, "19:40")], []],
  [
    "an analysis belongs to the stop it explains",
    [stop(1, "19:30"), report(2, "19:50", { kind: "analysis", note: "pump" })],
    ["19:30-? by 1,2"],
  ],
] as const)("%s", (_, reports, expected) => {
  expect(told(reports)).toEqual(expected);
});

test("the last word about the hour of return holds, and the cause", () => {
  const [outage] = tellOutages([
    report(1, "19:30", { stopsHeat: true, expectedBackAt: at("22:00"), note: "trip" }),
    report(2, "21:50", { kind: "analysis", expectedBackAt: at("23:30"), note: "exchanger" }),
    report(3, "20:10", { kind: "analysis", note: "pump" }),
  ]);
  expect(outage).toMatchObject({ expectedBackAt: at("23:30"), cause: "exchanger" });
});

const anyReport = (id: number) =>
  fc
    .record({
      minute: fc.integer({ min: 0, max: 59 }),
      kind: fc.constantFrom("alarm", "analysis", "outage", "restored"),
      stopsHeat: fc.boolean(),
    })
    .map(({ minute, kind, stopsHeat }) =>
      report(id, `19:${String(minute).padStart(2, "0")}`, {
        kind,
        stopsHeat: kind === "alarm" && stopsHeat,
      }),
    );

test("the order of arrival does not matter, and outages neither overlap nor run backwards", () => {
  const reports = fc.tuple(...Array.from({ length: 7 }, (_unused, id) => anyReport(id)));
  fc.assert(
    fc.property(reports, fc.infiniteStream(fc.nat()), (list, keys) => {
      const shuffled = list
        .map((one) => [keys.next().value as number, one] as const)
        .toSorted(([a], [b]) => a - b)
        .map(([, one]) => one);
      expect(tellOutages(shuffled)).toEqual(tellOutages(list));
      let last = -Infinity;
      for (const { fromAt, toAt } of tellOutages(list)) {
        expect(fromAt.getTime()).toBeGreaterThanOrEqual(last);
        last = toAt?.getTime() ?? Infinity;
        expect(last).toBeGreaterThanOrEqual(fromAt.getTime());
      }
    }),
  );
});
