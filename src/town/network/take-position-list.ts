/** Where places lie, from a list: looked at first, then saved in one command, all or nothing. */
import { fail } from "#src/kernel/errors.ts";
import type { Actor } from "#src/platform/actor.ts";
import type { Platform } from "#src/platform/route.ts";
import type { TableEncoding } from "#src/platform/table-file.ts";
import { withTableUpload } from "#src/platform/table-upload.ts";
import {
  type JudgedPosition,
  judgePositionList,
  type PositionList,
  type PositionRefusal,
  readPositionList,
} from "./position-list.ts";
import { findListedPlaces } from "./position-queries.ts";
import { placePositions } from "./positions.ts";

export type PositionListReport = {
  readonly saved: boolean;
  readonly encoding: TableEncoding | "xlsx";
  readonly columns: PositionList["columns"];
  readonly rows: number;
  readonly moved: number;
  readonly same: number;
  readonly refused: number;
  readonly head: PositionList["rows"];
  readonly refusals: readonly {
    readonly rowNo: number;
    readonly refusal: PositionRefusal;
    readonly community: string;
    readonly building: string;
  }[];
};

const SHOWN_ROWS = 5;
/** Whoever has more wrong has a wrong list. */
const SHOWN_REFUSALS = 200;

const reportOf = (
  list: PositionList,
  encoding: PositionListReport["encoding"],
  judged: readonly JudgedPosition[],
  saved: boolean,
): PositionListReport => {
  const byRow = new Map(list.rows.map((row) => [row.rowNo, row]));
  const refusals = judged.flatMap(({ rowNo, refusal }) => {
    if (refusal === null) return [];
    const { community = "", communityCode = "", building = "" } = byRow.get(rowNo) ?? {};
    return [{ rowNo, refusal, community: community === "" ? communityCode : community, building }];
  });
  const same = judged.filter((one) => one.refusal === null && one.isSame).length;
  return {
    saved,
    encoding,
    columns: list.columns,
    rows: list.rows.length,
    moved: judged.length - refusals.length - same,
    same,
    refused: refusals.length,
    head: list.rows.slice(0, SHOWN_ROWS),
    refusals: refusals.slice(0, SHOWN_REFUSALS),
  };
};

/**
 * Reads the list and judges each row; without `isDry` saves it, when no row is refused. The same list again changes nothing.
 * @throws DomainError `position-list.*`; `position-list.rows-refused` of a list that is to be saved
 */
export const takePositionList = (
  platform: Pick<Platform, "database" | "commands">,
  actor: Actor,
  wish: {
    readonly bytes: Buffer;
    readonly encoding: TableEncoding | null;
    readonly isDry: boolean;
    readonly requestId: string;
  },
): Promise<PositionListReport> =>
  withTableUpload({ ...wish, refusals: "position-list" }, async (file) => {
    const list = await readPositionList(file);
    const encoding = file.kind === "xlsx" ? "xlsx" : file.encoding;
    if (wish.isDry) {
      const judged = judgePositionList(list.rows, await findListedPlaces(platform.database.sql));
      return reportOf(list, encoding, judged, false);
    }
    const { result } = await platform.commands.run(
      { name: "network.place", actor, requestId: wish.requestId },
      async (context) => {
        const judged = judgePositionList(list.rows, await findListedPlaces(context.sql));
        const refused = judged.filter(({ refusal }) => refusal !== null).length;
        if (refused > 0) {
          fail(
            "position-list.rows-refused",
            `${refused} rows of this list are refused; nothing of it was saved`,
            {
              remedy: "look at the list again and correct them",
              facts: { refused },
            },
          );
        }
        const moved = judged.flatMap((one) => (one.refusal === null && !one.isSame ? [one.position] : []));
        if (moved.length > 0) await placePositions(context, moved);
        return reportOf(list, encoding, judged, true);
      },
    );
    return result;
  });
