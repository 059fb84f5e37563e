/** SQL of the board of bank days. Reads only. */
import type { Day } from "#src/kernel/day.ts";
import type { Sql } from "#src/platform/sql.ts";

export type BoardCell = {
  readonly channel: string;
  readonly channelName: string;
  readonly channelNameEn: string | null;
  readonly realTime: boolean;
  readonly day: Day;
  readonly state: "none" | "open" | "reconciled" | "certified";
  readonly files: bigint;
  readonly items: bigint;
  readonly fileFen: bigint;
  readonly unfinished: boolean;
  readonly openBreaks: bigint;
  readonly openBreaksFen: bigint;
  readonly dueAt: Date | null;
  readonly certifiedAt: Date | null;
  readonly certifiedBy: string | null;
};

/**
 * A file of several days counts on each of them with its lines of that day; the lines of a file that names its day are not read
 * (the condition stands inside, or they would be counted first and thrown away).
 */
const CELLS = `
  select c.code as channel, c.name as "channelName", c.name_en as "channelNameEn", c.real_time as "realTime", g.day::date as day,
    coalesce(d.state, 'none') as state, files.files, files.items, files.fen as "fileFen", files.unfinished,
    broken.count as "openBreaks", broken.fen as "openBreaksFen",
    case when c.file_due_at is not null
      then ((g.day::date + 1) + c.file_due_at) at time zone 'Asia/Shanghai' end as "dueAt",
    z.issued_at as "certifiedAt", staff.login as "certifiedBy"
  from channels c cross join generate_series(:since::date, :until::date, interval '1 day') g (day)
  left join bank_days d on d.channel_id = c.id and d.bank_day = g.day::date
  left join bank_certificates z on z.bank_day_id = d.id left join staff_members staff on staff.id = z.issued_by
  cross join lateral (
    select count(*) as files, coalesce(sum(coalesce(part.lines, f.line_count)), 0)::bigint as items,
      coalesce(sum(coalesce(part.fen, f.total_fen)), 0)::bigint as fen,
      coalesce(bool_or(f.state <> 'posted'), false) as unfinished
    from import_files f
    left join lateral (
      select count(*) as lines, sum(case when l.kind = 'payment' then l.amount_fen else -l.amount_fen end) as fen
      from bank_lines l where f.bank_day is null and l.file_id = f.id and l.bank_day = g.day::date
    ) part on f.bank_day is null
    where f.channel_id = c.id and f.kind = 'collection' and f.state in ('checked', 'posting', 'posted')
      and (f.bank_day = g.day::date
        or (f.bank_day is null and g.day::date between f.first_day and f.last_day and part.lines > 0))
  ) files
  cross join lateral (
    select count(*) as count, coalesce(sum(coalesce(b.bank_amount_fen, b.our_amount_fen)), 0)::bigint as fen
    from breaks b where b.bank_day_id = d.id and b.state = 'open'
  ) broken
  where c.active and c.profile is not null
  order by g.day desc, c.code`;

export const boardCells = (
  sql: Sql,
  query: { readonly since: Day; readonly until: Day },
): Promise<BoardCell[]> => sql.rows<BoardCell>(CELLS, { since: query.since, until: query.until });
