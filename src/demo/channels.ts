/** The ways in which money comes in. The banks are invented, and so are their account numbers. */
import type { Sql } from "#src/platform/sql.ts";

export type DemoChannel = {
  readonly id: number;
  readonly code: string;
  readonly name: string;
  readonly nameEn: string;
  readonly kind: "counter" | "bank" | "wallet" | "agent";
  readonly realTime: boolean;
  readonly profile: string | null;
  /** How many of 1,000 payments come this way: the mix of 2024. */
  readonly weight: number;
  /** What the channel keeps, in basis points and per payment. */
  readonly feeBasisPoints: number;
  readonly feePerItemFen: number;
  readonly dayCut: string;
};

const bank = (
  id: number,
  letter: string,
  weight: number,
  realTime: boolean,
  profile: string,
  dayCut: string,
): DemoChannel => ({
  id,
  code: `bank-${letter.toLowerCase()}`,
  name: `${letter} 银行（虚构）`,
  nameEn: `Bank ${letter} (invented)`,
  kind: "bank",
  realTime,
  profile,
  weight,
  feeBasisPoints: 0,
  feePerItemFen: realTime ? 50 : 0,
  dayCut,
});

const GB18030 = "zz-bank-gb18030";
const WATER = "fujian-water";

/** Nine banks (four of them send a file of what they took, five report at once), two wallets, a counter, two chains. */
export const CHANNELS: readonly DemoChannel[] = [
  bank(1, "A", 45, true, GB18030, "00:00"),
  bank(2, "B", 30, false, GB18030, "23:00"),
  bank(3, "C", 20, true, WATER, "00:00"),
  bank(4, "D", 15, true, WATER, "00:00"),
  bank(5, "E", 12, true, WATER, "00:00"),
  bank(6, "F", 10, false, GB18030, "23:00"),
  bank(7, "G", 8, false, GB18030, "23:00"),
  bank(8, "H", 6, false, GB18030, "23:00"),
  bank(9, "I", 4, true, WATER, "00:00"),
  {
    id: 10,
    code: "wechat",
    name: "微信支付",
    nameEn: "WeChat Pay",
    kind: "wallet",
    realTime: true,
    profile: null,
    weight: 450,
    feeBasisPoints: 38,
    feePerItemFen: 0,
    dayCut: "00:00",
  },
  {
    id: 11,
    code: "alipay",
    name: "支付宝",
    nameEn: "Alipay",
    kind: "wallet",
    realTime: true,
    profile: null,
    weight: 250,
    feeBasisPoints: 38,
    feePerItemFen: 0,
    dayCut: "00:00",
  },
  {
    id: 12,
    code: "counter",
    name: "营业厅",
    nameEn: "Counter",
    kind: "counter",
    realTime: true,
    profile: null,
    weight: 70,
    feeBasisPoints: 0,
    feePerItemFen: 0,
    dayCut: "00:00",
  },
  {
    id: 13,
    code: "store-a",
    name: "甲便利店（虚构）",
    nameEn: "Convenience store A (invented)",
    kind: "agent",
    realTime: true,
    profile: WATER,
    weight: 50,
    feeBasisPoints: 50,
    feePerItemFen: 0,
    dayCut: "00:00",
  },
  {
    id: 14,
    code: "store-b",
    name: "乙便利店（虚构）",
    nameEn: "Convenience store B (invented)",
    kind: "agent",
    realTime: true,
    profile: WATER,
    weight: 30,
    feeBasisPoints: 50,
    feePerItemFen: 0,
    dayCut: "00:00",
  },
];

const insertChannels = `
  insert into channels (id, code, name, name_en, kind, real_time, profile, bank_account_no, day_cut_at, file_due_at,
    fee_basis_points, fee_per_item_fen, settlement_pattern, task_owner_id)
  select row.id, row.code, row.name, row."nameEn", row.kind, row."realTime", row.profile,
    case when row.kind <> 'counter' then '99' || lpad((row.id * 1234567)::text, 14, '0') end,
    row."dayCut"::time, case when row.code = 'bank-a' then time '07:30' end, row."feeBasisPoints",
    row."feePerItemFen", case when row.kind <> 'counter' then '^' || upper(row.code) || ' (?<day>[0-9]{8})$' end,
    case when row.kind = 'bank' then :taskOwner::bigint end
  from jsonb_to_recordset(:channels::jsonb) as row (id smallint, code text, name text, "nameEn" text, kind text, "realTime" boolean,
    profile text, "dayCut" text, "feeBasisPoints" integer, "feePerItemFen" bigint)`;

/**
 * Makes the channels; a bank's late file wakes `taskOwner`. Only bank A has agreed on an hour: nobody sends files in a demo,
 * and one alarm a day shows what eleven would.
 */
export const plantChannels = async (sql: Sql, taskOwner: bigint): Promise<void> => {
  await sql.run(insertChannels, { channels: JSON.stringify(CHANNELS), taskOwner });
  await sql.rows("select setval(pg_get_serial_sequence('channels', 'id'), (select max(id) from channels))");
};
