/** A list of positions (坐标清单): read, and each row judged against the communities and buildings that are there. */
import { fail } from "#src/kernel/errors.ts";
import { cellText } from "#src/platform/table-cell.ts";
import { readTableRows, type TableFile } from "#src/platform/table-file.ts";
import { unguarded } from "#src/platform/table-file-write.ts";
import { readTableHeader, type TableColumn, type TableHeader } from "#src/platform/table-header.ts";
import type { ListedPlace } from "./position-queries.ts";
import type { Position } from "./positions.ts";

const COLUMNS = {
  communityCode: { names: ["小区编码", "community_code"] },
  community: { names: ["小区", "小区名称", "community"] },
  building: { names: ["楼栋", "楼号", "building"] },
  latitude: { names: ["纬度", "latitude", "lat"], required: true },
  longitude: { names: ["经度", "longitude", "lng", "lon"], required: true },
} as const satisfies Record<string, TableColumn>;
export const POSITION_COLUMNS = [
  "communityCode",
  "community",
  "building",
  "latitude",
  "longitude",
] as const satisfies readonly (keyof typeof COLUMNS)[];
type Column = (typeof POSITION_COLUMNS)[number];

const HEADER: TableHeader<Column> = {
  refusals: "position-list",
  columns: COLUMNS,
  document: "docs/console.md",
};

/** Why a row is refused. */
export const POSITION_REFUSALS = [
  "community-missing",
  "community-unknown",
  "community-ambiguous",
  "building-unknown",
  "position-unreadable",
  "position-swapped",
  "position-far",
  "place-twice",
] as const;
export type PositionRefusal = (typeof POSITION_REFUSALS)[number];

export type PositionListRow = {
  readonly rowNo: number;
  readonly communityCode: string;
  readonly community: string;
  /** Empty: the community as a whole. */
  readonly building: string;
  readonly latitude: string;
  readonly longitude: string;
};

export type PositionList = {
  /** The columns as they are called in the list, and as what each was read; null: left out. */
  readonly columns: readonly { readonly heading: string; readonly column: Column | null }[];
  readonly rows: readonly PositionListRow[];
};

const MOST_ROWS = 20_000;

/** @throws DomainError `position-list.*` where the list as a whole cannot be read */
export const readPositionList = async (file: TableFile): Promise<PositionList> => {
  const rows: PositionListRow[] = [];
  let columns: PositionList["columns"] | undefined;
  for await (const { rowNo, cells } of readTableRows(file)) {
    if (columns === undefined) {
      columns = readTableHeader(HEADER, cells).map((column, index) => ({
        column,
        heading: cellText(cells[index]).slice(0, 40),
      }));
      if (!columns.some(({ column }) => column === "community" || column === "communityCode")) {
        fail("position-list.column-missing", "the header lacks 小区 and 小区编码", {
          row: 1,
          facts: { missing: ["小区"] },
        });
      }
      continue;
    }
    if (rows.length >= MOST_ROWS) {
      fail("position-list.too-large", `a list has ${MOST_ROWS} places at most`, { row: rowNo });
    }
    const header = columns;
    const of = (wanted: Column): string =>
      cellText(unguarded(cells[header.findIndex(({ column }) => column === wanted)] ?? "")).slice(0, 100);
    rows.push({
      rowNo,
      communityCode: of("communityCode"),
      community: of("community"),
      building: of("building"),
      latitude: of("latitude"),
      longitude: of("longitude"),
    });
  }
  if (columns === undefined || rows.length === 0) {
    return fail("position-list.empty", "the list has no row below its header", {
      remedy: "choose another file, or paste the header too",
    });
  }
  return { columns, rows };
};

export type JudgedPosition =
  | { readonly rowNo: number; readonly refusal: PositionRefusal }
  | {
      readonly rowNo: number;
      readonly refusal: null;
      readonly position: Position;
      /** It lies there already. */
      readonly isSame: boolean;
    };

const degreesOf = (text: string): number | null =>
  /^-?\d{1,3}(\.\d{1,15})?$/.test(text) ? Number(text) : null;
const isLatitude = (degrees: number): boolean => Math.abs(degrees) <= 85.05;
const isLongitude = (degrees: number): boolean => Math.abs(degrees) <= 180;

type Placed = { readonly latitude: number; readonly longitude: number };
const degreesOfRow = (row: PositionListRow): Placed | "position-unreadable" | "position-swapped" => {
  const latitude = degreesOf(row.latitude);
  const longitude = degreesOf(row.longitude);
  if (latitude === null || longitude === null || !isLongitude(longitude)) return "position-unreadable";
  if (isLatitude(latitude)) return { latitude, longitude };
  return isLatitude(longitude) && isLongitude(latitude) ? "position-swapped" : "position-unreadable";
};

/** A town with its heat is never wider: a digit was mistyped. In degrees, about 110 km. */
const WIDEST_DEGREES = 1;
const middleOf = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;

/** Names as people write them and as they stand in the network: full width or half, with blanks around or between. */
const fold = (name: string): string => cellText(name).replace(/\s+/g, "").toLowerCase();

type Found = { readonly place: ListedPlace } | { readonly refusal: PositionRefusal };

const finder = (places: readonly ListedPlace[]) => {
  const communities = places.filter(({ buildingId }) => buildingId === null);
  const byName = Map.groupBy(communities, ({ community }) => fold(community));
  const byCode = Map.groupBy(communities, ({ communityCode }) => fold(communityCode));
  const buildings = Map.groupBy(
    places.filter(({ buildingId }) => buildingId !== null),
    ({ communityId, building }) => `${communityId}/${fold(building)}`,
  );
  return (row: PositionListRow): Found => {
    if (row.communityCode === "" && row.community === "") return { refusal: "community-missing" };
    const named = row.community === "" ? communities : (byName.get(fold(row.community)) ?? []);
    const coded = row.communityCode === "" ? named : (byCode.get(fold(row.communityCode)) ?? []);
    const [community, ...others] =
      row.communityCode === "" ? named : coded.filter((one) => named.includes(one));
    if (community === undefined) return { refusal: "community-unknown" };
    if (others.length > 0) return { refusal: "community-ambiguous" };
    if (row.building === "") return { place: community };
    const [building, ...more] = buildings.get(`${community.communityId}/${fold(row.building)}`) ?? [];
    return building === undefined || more.length > 0 ? { refusal: "building-unknown" } : { place: building };
  };
};

const MICRO = 1_000_000;
const lies = (place: ListedPlace, { latitude, longitude }: Placed): boolean =>
  place.latitudeMicroDegrees === Math.round(latitude * MICRO) &&
  place.longitudeMicroDegrees === Math.round(longitude * MICRO);

/** Every row against the places that are there; a place that two rows name is refused in each. Pure. */
export const judgePositionList = (
  rows: readonly PositionListRow[],
  places: readonly ListedPlace[],
): JudgedPosition[] => {
  const find = finder(places);
  const read = rows.map((row) => ({ row, found: find(row), placed: degreesOfRow(row) }));
  const readable = read.flatMap(({ placed }) => (typeof placed === "string" ? [] : [placed]));
  const middle = {
    latitude: middleOf(readable.map(({ latitude }) => latitude)),
    longitude: middleOf(readable.map(({ longitude }) => longitude)),
  };
  const named = Map.groupBy(
    read.flatMap(({ found }) => ("place" in found ? [found.place] : [])),
    (place) => place,
  );
  return read.map(({ row: { rowNo }, found, placed }): JudgedPosition => {
    if ("refusal" in found) return { rowNo, refusal: found.refusal };
    if (typeof placed === "string") return { rowNo, refusal: placed };
    const { place } = found;
    if ((named.get(place)?.length ?? 0) > 1) return { rowNo, refusal: "place-twice" };
    const isFar =
      Math.abs(placed.latitude - middle.latitude) > WIDEST_DEGREES ||
      Math.abs(placed.longitude - middle.longitude) > WIDEST_DEGREES;
    // The middle of two is one of them.
    if (isFar && readable.length > 2) return { rowNo, refusal: "position-far" };
    const key =
      place.buildingId === null ? { communityId: place.communityId } : { buildingId: place.buildingId };
    return { rowNo, refusal: null, position: { ...key, ...placed }, isSame: lies(place, placed) };
  });
};
