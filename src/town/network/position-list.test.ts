import { describe, expect, test } from "vitest";
import { judgePositionList, type PositionListRow } from "./position-list.ts";
import type { ListedPlace } from "./position-queries.ts";

const place = (communityId: bigint, name: string, building?: readonly [bigint, string]): ListedPlace => ({
  communityId,
  communityCode: `C${communityId}`,
  community: name,
  buildingId: building?.[0] ?? null,
  building: building?.[1] ?? "",
  latitudeMicroDegrees: null,
  longitudeMicroDegrees: null,
});
const PLACES: readonly ListedPlace[] = [
  place(1n, "锦绣花园"),
  {
    ...place(1n, "锦绣花园", [11n, "3号楼"]),
    latitudeMicroDegrees: 34_747_215,
    longitudeMicroDegrees: 113_625_368,
  },
  place(1n, "锦绣花园", [12n, "A 座"]),
  place(2n, "阳光家园"),
  place(3n, "阳光家园"),
];

const row = (rowNo: number, changes: Partial<PositionListRow>): PositionListRow => ({
  rowNo,
  communityCode: "",
  community: "锦绣花园",
  building: "",
  latitude: "34.75",
  longitude: "113.63",
  ...changes,
});
const judge = (...changes: readonly Partial<PositionListRow>[]) =>
  judgePositionList(
    changes.map((each, n) => row(n + 2, each)),
    PLACES,
  );
const refusals = (...changes: readonly Partial<PositionListRow>[]) =>
  judge(...changes).map(({ refusal }) => refusal);

describe("whose position a row says", () => {
  test("a community, or a building of it; what lies there already is said", () => {
    expect(
      judge({}, { building: "3号楼", latitude: "34.747215", longitude: "113.625368" }, { building: "Ａ座" }),
    ).toEqual([
      {
        rowNo: 2,
        refusal: null,
        position: { communityId: 1n, latitude: 34.75, longitude: 113.63 },
        isSame: false,
      },
      {
        rowNo: 3,
        refusal: null,
        position: { buildingId: 11n, latitude: 34.747215, longitude: 113.625368 },
        isSame: true,
      },
      {
        rowNo: 4,
        refusal: null,
        position: { buildingId: 12n, latitude: 34.75, longitude: 113.63 },
        isSame: false,
      },
    ]);
  });

  test.each<[string, Partial<PositionListRow>, string | null]>([
    ["no community", { community: "" }, "community-missing"],
    ["one that there is not", { community: "绿城" }, "community-unknown"],
    ["one name of two", { community: "阳光家园" }, "community-ambiguous"],
    ["the code tells which", { community: "阳光家园", communityCode: "c3" }, null],
    ["the code alone", { community: "", communityCode: "C2" }, null],
    ["a code of another name", { community: "锦绣花园", communityCode: "C3" }, "community-unknown"],
    ["a building that there is not", { building: "9号楼" }, "building-unknown"],
  ])("%s", (_, changes, refusal) => {
    expect(refusals(changes)).toEqual([refusal]);
  });

  test("a place that two rows name is refused in each: nobody knows which is right", () => {
    expect(refusals({ building: "3号楼" }, { building: "3 号楼" }, {})).toEqual([
      "place-twice",
      "place-twice",
      null,
    ]);
  });
});

describe("where it says that it lies", () => {
  test.each<[string, Partial<PositionListRow>, string | null]>([
    ["no figure", { latitude: "" }, "position-unreadable"],
    ["degrees and minutes", { latitude: "34°44′" }, "position-unreadable"],
    ["a comma for the point", { latitude: "34,75" }, "position-unreadable"],
    ["no place on earth", { longitude: "190" }, "position-unreadable"],
    ["the two changed round", { latitude: "113.63", longitude: "34.75" }, "position-swapped"],
    ["south and west", { latitude: "-34.75", longitude: "-58.4" }, null],
  ])("%s", (_, changes, refusal) => {
    expect(refusals(changes)).toEqual([refusal]);
  });

  test("a digit that was mistyped lies in another province", () => {
    expect(refusals({ building: "3号楼" }, { building: "A座" }, { latitude: "43.75" })).toEqual([
      null,
      null,
      "position-far",
    ]);
  });
});
