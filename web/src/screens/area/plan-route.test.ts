import { expect, test } from "vitest";
import { planRoute } from "./plan-route.ts";
import type { Day } from "./use-day.ts";

const building = (id: string, communityId: string) => ({
  id,
  name: `${id}号楼`,
  communityId,
  community: `小区${communityId}`,
  district: "中原区",
});
const aCase = (ticketNo: string, buildingId: string, dueAt: string | null) =>
  ({ ticketNo, buildingId, dueAt }) as Day["cases"][number];

test("a community is walked in one piece, the one where something is due first before the others", () => {
  const day: Day = {
    asOf: "2026-11-20T08:00:00+08:00",
    buildings: [building("1", "1"), building("2", "1"), building("3", "2"), building("4", "2")],
    cases: [
      aCase("a", "2", "2026-11-20T12:00:00.000Z"),
      aCase("b", "4", "2026-11-20T09:00:00.000Z"),
      aCase("c", "1", null),
    ],
    visits: [],
    valves: [{ buildingId: "3", doors: 5, oldest: "2026-11-19T00:00:00.000Z" }],
    postings: [],
  };
  const route = planRoute(day);
  expect(route.map((stop) => stop.building.id)).toEqual(["3", "4", "1", "2"]);
  expect(route[0]).toMatchObject({ valves: 5, dueAt: null });
  expect(planRoute({ ...day, buildings: [] })).toEqual([]);
});
