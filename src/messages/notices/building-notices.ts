/** What was said to a whole building, for whoever lives there to read again without a login. */
import type { Sql } from "#src/platform/sql.ts";
import { readTemplateBook } from "#src/messages/messaging/index.ts";
import { findNoticesOfBuilding } from "./building-queries.ts";
import type { NoticePurpose } from "./schema.ts";
import { requireTexts, valuesOf } from "./text.ts";

export type BuildingNotice = {
  readonly id: bigint;
  readonly kind: string;
  readonly title: string;
  readonly purpose: NoticePurpose;
  readonly locale: "zh-CN" | "en";
  readonly at: Date;
  /** As it was sent, with the building where a home stood. */
  readonly text: string;
};

/**
 * Notices of service and incidents that went to whole places, this building among them, since `since`; the newest first. None that asks
 * about money or names single households: who owes is nobody's to read. `place` stands where each message named its home.
 */
export const noticesOfBuilding = async (
  sql: Sql,
  query: {
    readonly buildingId: bigint;
    readonly since: Date;
    readonly now: Date;
    readonly place: string;
  },
): Promise<BuildingNotice[]> => {
  const { buildingId, since } = query;
  const rows = await findNoticesOfBuilding(sql, { buildingId, since });
  const book = await readTemplateBook(
    sql,
    query.now,
    rows.map(({ wordsPins }) => wordsPins),
  );
  const values = { homes: query.place, homeCount: 1, amountFen: 0n };
  return rows.flatMap((row) => {
    // As they were approved, whatever the template has become since.
    const [words] = requireTexts(book.at(query.now, row.wordsPins), row);
    // A text with an amount is about one household, whatever its purpose says.
    if (words === undefined || Object.hasOwn(words.variables, "amount")) return [];
    const { text } = words.render(valuesOf(row.variables, values));
    return [
      {
        id: row.id,
        kind: row.kind,
        title: row.title,
        purpose: row.purpose,
        locale: row.locale,
        at: row.startedAt,
        text,
      },
    ];
  });
};
