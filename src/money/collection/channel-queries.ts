/** SQL that reads and sets channels. */
import type { Fen } from "#src/kernel/money.ts";
import type { Role } from "#src/platform/actor.ts";
import type { Bindings, Sql } from "#src/platform/sql.ts";
import type { Channel } from "./queries.ts";

/** A channel with everything that is set about it. Times of day are `HH:MM`, Shanghai. */
export type ChannelTerms = Pick<Channel, "name" | "nameEn" | "kind" | "realTime" | "profile" | "active"> & {
  readonly bankAccountNo: string | null;
  readonly dayCutAt: string;
  readonly dayCutToleranceMinutes: number;
  readonly fileDueAt: string | null;
  readonly taskOwnerRole: Role;
  /** Login of the person who sees to its late files and breaks; null where the role does. */
  readonly taskOwner: string | null;
  readonly settlementPattern: string | null;
  readonly settlementDelayDays: number;
  readonly feePerItemFen: Fen;
  readonly feeBasisPoints: number;
};
export type ChannelDetails = ChannelTerms & { readonly id: number; readonly code: string };

const detailColumns = `
  select id, code, name, name_en as "nameEn", kind, real_time as "realTime", profile, active, bank_account_no as "bankAccountNo",
    to_char(day_cut_at, 'HH24:MI') as "dayCutAt", day_cut_tolerance_minutes as "dayCutToleranceMinutes",
    to_char(file_due_at, 'HH24:MI') as "fileDueAt", task_owner_role as "taskOwnerRole",
    (select login from staff_members where id = task_owner_id) as "taskOwner",
    settlement_pattern as "settlementPattern", settlement_delay_days as "settlementDelayDays",
    fee_per_item_fen as "feePerItemFen", fee_basis_points as "feeBasisPoints"
  from channels`;

/** All, or the one that a machine belongs to. */
export const listChannelDetails = (sql: Sql, ownChannelId: number | null): Promise<ChannelDetails[]> =>
  sql.rows<ChannelDetails>(
    `${detailColumns} where :ownChannelId::int is null or id = :ownChannelId::int order by code`,
    { ownChannelId },
  );

/** Waits for payments on their way in, and keeps new ones waiting: they hold a share of the row by their reference. */
export const lockChannel = (sql: Sql, code: string): Promise<ChannelDetails | null> =>
  sql.maybeOne<ChannelDetails>(`${detailColumns} where code = :code for update`, { code });

export const isAtWork = async (sql: Sql, login: string): Promise<boolean> =>
  (
    await sql.one<{ some: boolean }>(
      "select exists (select 1 from staff_members where login = :login and disabled_at is null) as some",
      { login },
    )
  ).some;

export const channelHasPayments = async (sql: Sql, channelId: number): Promise<boolean> =>
  (
    await sql.one<{ some: boolean }>(
      "select exists (select 1 from payments where channel_id = :channelId) as some",
      { channelId },
    )
  ).some;

const addChannel = `
  insert into channels (code, name, name_en, kind, real_time, profile, active, bank_account_no, day_cut_at,
    day_cut_tolerance_minutes, file_due_at, task_owner_role, task_owner_id, settlement_pattern,
    settlement_delay_days, fee_per_item_fen, fee_basis_points)
  values (:code, :name, :nameEn, :kind, :realTime, :profile, :active, :bankAccountNo, :dayCutAt::time,
    :dayCutToleranceMinutes, :fileDueAt::time, :taskOwnerRole,
    (select id from staff_members where login = :taskOwner), :settlementPattern, :settlementDelayDays, :feePerItemFen, :feeBasisPoints)
  on conflict (code) do nothing`;
/** 0 when somebody made a channel of this code at the same moment. */
export const insertChannel = (sql: Sql, code: string, terms: ChannelTerms): Promise<number> =>
  sql.run(addChannel, { code, ...terms } satisfies Bindings);

const changeChannel = `
  update channels set name = :name, name_en = :nameEn, kind = :kind, real_time = :realTime, profile = :profile, active = :active,
    bank_account_no = :bankAccountNo, day_cut_at = :dayCutAt::time,
    day_cut_tolerance_minutes = :dayCutToleranceMinutes, file_due_at = :fileDueAt::time,
    task_owner_role = :taskOwnerRole,
    task_owner_id = (select id from staff_members where login = :taskOwner), settlement_pattern = :settlementPattern,
    settlement_delay_days = :settlementDelayDays, fee_per_item_fen = :feePerItemFen,
    fee_basis_points = :feeBasisPoints
  where code = :code`;
export const updateChannel = (sql: Sql, code: string, terms: ChannelTerms): Promise<number> =>
  sql.run(changeChannel, { code, ...terms } satisfies Bindings);
