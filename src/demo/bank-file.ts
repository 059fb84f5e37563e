/** A file as the invented bank would write it: homes that pay their bill, one number that nobody knows, one home twice. */
import {
  type DelimitedProfile,
  type DelimitedRow,
  loadProfile,
  writeDelimitedPath,
} from "#src/bank/channels/index.ts";
import type { Day } from "#src/kernel/day.ts";
import { fail, must } from "#src/kernel/errors.ts";
import type { Sql } from "#src/platform/sql.ts";

export type BankFilePlan = {
  readonly channel: string;
  /** The bank's day: every line is of its noon. */
  readonly day: Day;
  /** How many homes pay; the file has two lines more. */
  readonly payments: number;
  /** Where the file is written; one that is there is replaced. */
  readonly target: string;
};

export type BankFileReport = BankFilePlan & {
  readonly profile: string;
  readonly lines: number;
  readonly totalFen: bigint;
  /** Is on no roll: its money becomes suspense. */
  readonly unknownAccountNo: string;
  /** Pays twice: the second time becomes prepaid money. */
  readonly doubleAccountNo: string;
};

/** Nine digits like the demo's account numbers, with a check digit that none of them has. */
const UNKNOWN_ACCOUNT = "999999999";

const findChannel = `
  select c.profile, c.real_time as "realTime", f.demo
  from database_facts f left join channels c on c.code = :channel`;

/** What a household still owes or is offered, one line each, as its owner pays at a bank; shops pay larger sums otherwise. */
const payableHomes = `
  select a.account_no as "accountNo", sum(b.amount_fen - b.paid_fen)::bigint as "openFen",
    coalesce((select p.name from account_roles r join people p on p.id = r.person_id
      where r.account_id = a.id and r.role = 'owner' and r.valid @> :day::date order by r.id limit 1), '') as "payerName"
  from heat_accounts a join bills b on b.account_id = a.id
  where a.state = 'active' and b.state <> 'cancelled' and b.amount_fen > b.paid_fen and b.issued_on <= :day::date
  group by a.id, a.account_no having sum(b.amount_fen - b.paid_fen) <= 500000 order by a.id limit :limit`;

type Home = { readonly accountNo: string; readonly openFen: bigint; readonly payerName: string };

const profileOf = async (sql: Sql, channel: string): Promise<DelimitedProfile> => {
  const found = await sql.one<{ profile: string | null; realTime: boolean | null; demo: boolean }>(
    findChannel,
    { channel },
  );
  if (!found.demo) fail("demo.real-database", "files are invented for a demo database only");
  if (found.realTime === null) {
    fail("channel.unknown", "there is no channel of this code", { field: "channel", facts: { channel } });
  }
  if (found.realTime || found.profile === null) {
    fail("demo.no-file-channel", "this channel sends no file of payments that we do not have", {
      field: "channel",
      remedy: "use a channel that posts from its file, such as bank-b",
    });
  }
  const profile = await loadProfile(found.profile);
  if (profile.format === "delimited") return profile;
  return fail("demo.no-file-channel", "this channel's profile is no delimited file", { field: "channel" });
};

const rowsOf = (plan: BankFilePlan, homes: readonly Home[]): DelimitedRow[] => {
  const first = must(homes[0], "a home that pays");
  const lines: readonly Home[] = [
    ...homes,
    { accountNo: UNKNOWN_ACCOUNT, openFen: first.openFen, payerName: "无名氏" },
    first,
  ];
  const compactDay = plan.day.replaceAll("-", "");
  return lines.map((line, index) => ({
    day: plan.day,
    time: "12:00:00",
    serial: `${plan.channel}-${compactDay}-${String(index + 1).padStart(6, "0")}`,
    accountNo: line.accountNo,
    amountMinor: line.openFen,
    kind: "payment",
    payerName: line.payerName,
  }));
};

/**
 * Writes the file. Reads only; the same database and plan give the same file, byte for byte.
 * @throws DomainError `demo.real-database`, `channel.unknown`, `demo.no-file-channel`, `demo.nothing-open`
 */
export const writeDemoBankFile = async (sql: Sql, plan: BankFilePlan): Promise<BankFileReport> => {
  const profile = await profileOf(sql, plan.channel);
  const homes = await sql.rows<Home>(payableHomes, { day: plan.day, limit: plan.payments });
  const [first] = homes;
  if (first === undefined) {
    fail("demo.nothing-open", "no household has an open bill on this day", {
      field: "day",
      remedy: "issue the season's bills first, or give a later day",
    });
  }
  const rows = rowsOf(plan, homes);
  await writeDelimitedPath(profile, rows, plan.target, { bankDay: plan.day });
  return {
    ...plan,
    profile: profile.name,
    lines: rows.length,
    totalFen: rows.reduce((sum, row) => sum + row.amountMinor, 0n),
    unknownAccountNo: UNKNOWN_ACCOUNT,
    doubleAccountNo: first.accountNo,
  };
};
