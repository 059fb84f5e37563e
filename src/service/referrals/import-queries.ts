/** SQL on imports of orders: what came, and what became of each row. */
import type { Sql } from "#src/platform/sql.ts";
import { ticketScope, type TicketReach } from "#src/service/tickets/index.ts";

const begin = `
  insert into referral_imports (authority_code, form, file_name, sha256, imported_at, imported_by)
  values (:authority, :form, :fileName, :sha256, :now, :by) returning id`;
export const insertImport = (
  sql: Sql,
  row: {
    authority: string;
    form: "xlsx" | "text";
    fileName: string;
    sha256: Uint8Array;
    now: Date;
    by: bigint | null;
  },
) => sql.one<{ id: bigint }>(begin, row);

const addRow = `
  insert into referral_import_rows (import_id, row_no, outcome, referral_id, code, words)
  values (:importId, :rowNo, :outcome, :referralId, :code, :words) on conflict do nothing`;
export type ImportRow = {
  readonly rowNo: number;
  readonly outcome: "taken" | "known" | "refused";
  readonly referralId: bigint | null;
  readonly code: string | null;
  readonly words: string | null;
};
export const insertImportRow = (sql: Sql, row: ImportRow & { importId: bigint }) => sql.run(addRow, row);

const finish = `
  update referral_imports set finished_at = :now,
    taken = (select count(*) from referral_import_rows where import_id = :id and outcome = 'taken'),
    known = (select count(*) from referral_import_rows where import_id = :id and outcome = 'known'),
    refused = (select count(*) from referral_import_rows where import_id = :id and outcome = 'refused')
  where id = :id returning taken, known, refused`;
export const finishImport = (sql: Sql, row: { id: bigint; now: Date }) =>
  sql.one<{ taken: number; known: number; refused: number }>(finish, row);

const rowsOf = `
  select import_row.row_no as "rowNo", import_row.outcome, import_row.referral_id as "referralId", import_row.code,
    import_row.words, case when ${ticketScope("t")} then t.ticket_no end as "ticketNo", r.outside_no as "outsideNo"
  from referral_import_rows import_row left join referrals r on r.id = import_row.referral_id
  left join tickets t on t.id = r.ticket_id
  where import_row.import_id = :importId order by import_row.row_no`;
/** The case of a known order is named to whoever may see it. */
export const findImportRows = (sql: Sql, query: TicketReach & { importId: bigint }) =>
  sql.rows<ImportRow & { ticketNo: string | null; outsideNo: string | null }>(rowsOf, query);
