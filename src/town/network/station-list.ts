/** A list of stations (热力站清单) as a company keeps it: read, and each row judged against the stations that are there. */
import type { Day } from "#src/kernel/day.ts";
import { DomainError, fail } from "#src/kernel/errors.ts";
import { parsePhone } from "#src/kernel/phone.ts";
import { cellDay, cellName, cellText } from "#src/platform/table-cell.ts";
import { readTableRows, type TableFile } from "#src/platform/table-file.ts";
import { unguarded } from "#src/platform/table-file-write.ts";
import { readTableHeader, type TableColumn, type TableHeader } from "#src/platform/table-header.ts";
import { OWNERSHIP_FACTS, type Ownership } from "./change-station.ts";
import type { StationOwner } from "./queries.ts";
import type { ListedStation } from "./station-list-queries.ts";
import { STATION_OWNER_WORDS } from "./station-words.ts";

const COLUMNS = {
  heatSource: { names: ["热源", "heat_source"] },
  station: { names: ["热力站", "换热站", "station"], required: true },
  owner: { names: ["站产权", "station_owner"] },
  takenOverOn: { names: ["接管日期", "taken_over_on"] },
  firmName: { names: ["物业公司", "property_firm_name"] },
  firmPhone: { names: ["物业电话", "property_firm_phone"] },
} as const satisfies Record<string, TableColumn>;
type Column = keyof typeof COLUMNS;

const HEADER: TableHeader<Column> = {
  refusals: "station-list",
  columns: COLUMNS,
  document: "docs/roll-import.md",
};

/** Why a row is refused; the words of the error file. */
export const STATION_REFUSALS = {
  "station-missing": "没有热力站",
  "station-twice": "热力站在文件中重复，请人工确认哪一行正确",
  "station-unknown": "没有这个热力站（名称或热源不符）",
  "station-ambiguous": "几个热源下有同名热力站，请写热源",
  "station-owner-unknown": "站产权无法识别（自管/物业）",
  "take-over-day-unreadable": "接管日期不是日期（如 2010-05-01）",
  "take-over-day-missing": "自管热力站没有接管日期",
  "firm-phone-unreadable": "物业电话无法识别",
  "firm-phone-missing": "物业热力站没有物业电话",
  "text-too-long": "物业公司名称过长",
} as const;
export type StationRefusal = keyof typeof STATION_REFUSALS;

/** A cell that is empty says nothing: the fact stays as it is. */
export type StationListRow = {
  readonly rowNo: number;
  readonly heatSource: string;
  readonly station: string;
  readonly owner: StationOwner | "" | "unreadable";
  readonly takenOverOn: Day | null | "unreadable";
  readonly firmName: string;
  /** Normalised. */
  readonly firmPhone: string;
};

const LONGEST_NAME = 100;
const MOST_ROWS = 20_000;

const phoneOf = (cell: string | undefined): string => {
  const written = cellText(cell);
  if (written === "") return "";
  try {
    return parsePhone(written).number;
  } catch (error) {
    if (error instanceof DomainError) return "unreadable";
    throw error;
  }
};

/** @throws DomainError `station-list.*` where the file as a whole cannot be read */
export const readStationList = async (file: TableFile): Promise<StationListRow[]> => {
  const rows: StationListRow[] = [];
  let columns: (Column | null)[] | undefined;
  for await (const { rowNo, cells } of readTableRows(file)) {
    if (columns === undefined) {
      columns = readTableHeader(HEADER, cells);
      continue;
    }
    if (rows.length >= MOST_ROWS) {
      fail("station-list.too-large", `a list has ${MOST_ROWS} stations at most`, { row: rowNo });
    }
    const header = columns;
    const of = (column: Column): string => unguarded(cells[header.indexOf(column)] ?? "");
    const owner = cellText(of("owner")).toLowerCase();
    rows.push({
      rowNo,
      heatSource: cellText(of("heatSource")),
      station: cellText(of("station")),
      owner: Object.hasOwn(STATION_OWNER_WORDS, owner) ? (STATION_OWNER_WORDS[owner] ?? "") : "unreadable",
      takenOverOn: cellDay(of("takenOverOn")),
      firmName: cellName(of("firmName")),
      firmPhone: phoneOf(of("firmPhone")),
    });
  }
  if (columns === undefined) {
    fail("station-list.empty", "the file has no header", { remedy: "choose another file" });
  }
  return rows;
};

export type JudgedRow = {
  readonly rowNo: number;
  readonly refusal: StationRefusal | null;
  /** The station as it will be, when the row changes it. */
  readonly change: (Ownership & { readonly id: bigint }) | null;
};

const unreadable = (row: StationListRow): StationRefusal | null => {
  if (row.owner === "unreadable") return "station-owner-unknown";
  if (row.takenOverOn === "unreadable") return "take-over-day-unreadable";
  if (row.firmPhone === "unreadable") return "firm-phone-unreadable";
  return row.firmName.length > LONGEST_NAME ? "text-too-long" : null;
};

const ownershipAfter = (row: StationListRow, station: ListedStation): Ownership => ({
  owner: row.owner === "" || row.owner === "unreadable" ? station.owner : row.owner,
  takenOverOn:
    row.takenOverOn === null || row.takenOverOn === "unreadable" ? station.takenOverOn : row.takenOverOn,
  propertyFirmName: row.firmName === "" ? station.propertyFirmName : row.firmName,
  propertyFirmPhone: row.firmPhone === "" ? station.propertyFirmPhone : row.firmPhone,
});

const judgeFound = (row: StationListRow, station: ListedStation): JudgedRow => {
  const refusedFor = (refusal: StationRefusal): JudgedRow => ({ rowNo: row.rowNo, refusal, change: null });
  const wrong = unreadable(row);
  if (wrong !== null) return refusedFor(wrong);
  const after = ownershipAfter(row, station);
  if (after.owner === "company" && after.takenOverOn === null) return refusedFor("take-over-day-missing");
  if (after.owner === "property-firm" && after.propertyFirmPhone === null)
    return refusedFor("firm-phone-missing");
  const differs = OWNERSHIP_FACTS.some((fact) => after[fact] !== station[fact]);
  return { rowNo: row.rowNo, refusal: null, change: differs ? { id: station.id, ...after } : null };
};

/** Every row against the stations that are there; a station that two rows name is refused in each. Pure. */
export const judgeStationList = (
  rows: readonly StationListRow[],
  stations: readonly ListedStation[],
): JudgedRow[] => {
  const byName = Map.groupBy(stations, (station) => station.name);
  const found = rows.map((row) =>
    (byName.get(row.station) ?? []).filter(
      (station) => row.heatSource === "" || station.heatSource === row.heatSource,
    ),
  );
  const named = new Map<bigint, number>();
  for (const [station, ...others] of found) {
    if (station !== undefined && others.length === 0) named.set(station.id, (named.get(station.id) ?? 0) + 1);
  }
  return rows.map((row, index) => {
    const refusedFor = (refusal: StationRefusal): JudgedRow => ({ rowNo: row.rowNo, refusal, change: null });
    const [station, ...others] = found[index] ?? [];
    if (row.station === "") return refusedFor("station-missing");
    if (station === undefined) return refusedFor("station-unknown");
    if (others.length > 0) return refusedFor("station-ambiguous");
    return (named.get(station.id) ?? 0) > 1 ? refusedFor("station-twice") : judgeFound(row, station);
  });
};
