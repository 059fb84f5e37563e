/** SQL of the figures: counted within the reader's scope, and the cases behind a count. */
import type { Sql } from "#src/platform/sql.ts";
import { FIGURES, type FigureName } from "./figures.ts";
import { type TicketReach, ticketScope } from "./queries.ts";
import { type TicketView, VIEW_COLUMNS, VIEW_FROM } from "./view-queries.ts";

export type FigureBounds = TicketReach & {
  readonly from: Date;
  readonly to: Date;
  readonly category: string | null;
  readonly source: string | null;
};

const bounds = `${ticketScope("t")}
    and (:category::text is null or t.category_code = :category::text or t.category_code like :category::text || '.%')
    and (:source::text is null or t.source = :source::text)`;

const counting = (name: FigureName): string => {
  const { joins, counted, met } = FIGURES[name];
  return `select count(*) as counted, count(*) filter (where ${met}) as met from tickets t ${joins}
    where ${counted} and ${bounds}`;
};

export const countFigure = (sql: Sql, name: FigureName, query: FigureBounds) =>
  sql.one<{ counted: bigint; met: bigint }>(counting(name), query);

const behind = (name: FigureName): string => {
  const { joins, counted, met } = FIGURES[name];
  return `
  with behind as (
    select distinct t.id from tickets t ${joins}
    where ${counted} and ${bounds}
      and (:part = 'counted' or (:part = 'met') = coalesce(${met}, false))
      and (:beforeId::bigint is null or t.id < :beforeId::bigint)
    order by t.id desc limit :limit
  )
  select ${VIEW_COLUMNS} from behind join tickets t on t.id = behind.id ${VIEW_FROM} order by t.id desc`;
};

export const FIGURE_PARTS = ["counted", "met", "missed"] as const;
export type FigurePart = (typeof FIGURE_PARTS)[number];

/** The cases behind a figure, the youngest first: all that count, those that met it, those that did not. */
export const listBehindFigure = (
  sql: Sql,
  name: FigureName,
  query: FigureBounds & { part: FigurePart; beforeId: bigint | null; now: Date; limit: number },
) => sql.rows<TicketView>(behind(name), query);
