/** What the paper of a case says besides the case. Reads only. */
import type { Sql } from "#src/platform/sql.ts";

const words = `
  select parent.name || ' / ' || category.name as category, parent.name_en || ' / ' || category.name_en as "categoryEn",
    account.account_no as "accountNo", premises.address, staff.display_name as "takenBy"
  from tickets ticket
  join ticket_categories category on category.code = ticket.category_code
  join ticket_categories parent on parent.code = category.parent_code
  left join heat_accounts account on account.id = ticket.account_id
  left join premises on premises.id = coalesce(ticket.premises_id, account.premises_id)
  left join staff_members staff on staff.id = ticket.opened_by
  where ticket.id = :ticketId`;
export const findCaseWords = (sql: Sql, ticketId: bigint) =>
  sql.one<{
    category: string;
    categoryEn: string;
    accountNo: string | null;
    address: string | null;
    takenBy: string | null;
  }>(words, { ticketId });
