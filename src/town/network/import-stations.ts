/** Who runs our stations, from a list: looked at first, then changed in one command. */
import type { Actor } from "#src/platform/actor.ts";
import type { Platform } from "#src/platform/route.ts";
import type { Sql } from "#src/platform/sql.ts";
import { digestOfTable, type TableEncoding, type TableFile } from "#src/platform/table-file.ts";
import { writeErrorTable } from "#src/platform/table-file-write.ts";
import {
  type JudgedRow,
  judgeStationList,
  readStationList,
  STATION_REFUSALS,
  type StationListRow,
} from "./station-list.ts";
import { findListedStations, updateStations } from "./station-list-queries.ts";

export type StationListOptions = {
  readonly path: string;
  readonly encoding: TableEncoding;
  readonly commit: boolean;
  readonly errorsPath?: string | undefined;
};

export type StationListReport = {
  readonly dryRun: boolean;
  readonly rows: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly refused: number;
  readonly refusedByReason: Readonly<Record<string, number>>;
};

const judge = async (sql: Sql, rows: readonly StationListRow[], lock: boolean): Promise<JudgedRow[]> =>
  judgeStationList(rows, await findListedStations(sql, lock));

const changesOf = (judged: readonly JudgedRow[]) =>
  judged.flatMap(({ change }) => (change === null ? [] : [change]));

const reportOf = (judged: readonly JudgedRow[], dryRun: boolean): StationListReport => {
  const refused: Record<string, number> = {};
  for (const { refusal } of judged) if (refusal !== null) refused[refusal] = (refused[refusal] ?? 0) + 1;
  const changed = changesOf(judged).length;
  const refusedCount = Object.values(refused).reduce((sum, count) => sum + count, 0);
  return {
    dryRun,
    rows: judged.length,
    changed,
    unchanged: judged.length - changed - refusedCount,
    refused: refusedCount,
    refusedByReason: refused,
  };
};

/**
 * Sets owner, day of taking over and property firm of the stations that a list names; an empty cell leaves its fact. Refuses
 * a file as a whole for encoding or header, rows one by one (`STATION_REFUSALS`); nothing is written without `commit`.
 * Locks the stations. The same list again changes nothing.
 * @throws DomainError `station-list.*`
 */
export const importStationList = async (
  platform: Pick<Platform, "database" | "commands">,
  actor: Actor,
  options: StationListOptions,
  requestId: string,
): Promise<StationListReport> => {
  const file: TableFile = { path: options.path, encoding: options.encoding, refusals: "station-list" };
  const sha256 = (await digestOfTable(file)).toString("hex");
  const rows = await readStationList(file);
  const change = async (): Promise<JudgedRow[]> => {
    const { result } = await platform.commands.run(
      { name: "network.import-stations", actor, requestId },
      async (context) => {
        const judged = await judge(context.sql, rows, true);
        const changes = changesOf(judged);
        if (changes.length > 0) {
          await updateStations(context.sql, changes);
          const { rows: read, changed, refused } = reportOf(judged, false);
          context.audit({
            subject: `station-list:${sha256.slice(0, 16)}`,
            details: { sha256, rows: read, changed, refused, stationIds: changes.map(({ id }) => id) },
          });
        }
        return judged;
      },
    );
    return result;
  };
  const judged = options.commit ? await change() : await judge(platform.database.sql, rows, false);
  if (options.errorsPath !== undefined) {
    const refused = judged.flatMap(({ rowNo, refusal }) =>
      refusal === null ? [] : [{ rowNo, words: STATION_REFUSALS[refusal], code: refusal }],
    );
    await writeErrorTable(options.errorsPath, file, refused);
  }
  return reportOf(judged, !options.commit);
};
