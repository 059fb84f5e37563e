/** A bank's file of a day: most lines pay, some name accounts that are not on the roll, some take a payment back. */
import path from "node:path";
import { loadProfile, writeDelimitedPath } from "#src/bank/channels/index.ts";
import { addDays } from "#src/kernel/day.ts";
import { systemClock, today } from "#src/platform/clock.ts";
import { plantedAccountNo } from "#tests/support/town.ts";
import { askOne, type Count, countMoney, type Expected } from "./outside.ts";
import { BILL_FEN, HOUSEHOLDS } from "./stage.ts";

export type BankFile = {
  readonly path: string;
  readonly lines: number;
  readonly netFen: bigint;
  /** The paying lines, as they must stand in the ledger; those without an account of ours in suspense. */
  readonly money: readonly Expected[];
  /** Serials of payments that the file itself takes back. */
  readonly reversed: readonly string[];
};

/** The bank day before: the machine's clock is the business clock here. */
const BANK_DAY = addDays(today(systemClock), -1);
const UNKNOWN_EVERY = 40;
const REVERSED_EVERY = 150;

/** Writes `payments` paying lines: twice round the town, so that half of the money is prepaid. */
export const writeBankFile = async (folder: string, payments: number): Promise<BankFile> => {
  const profile = await loadProfile("zz-bank-gb18030");
  if (profile.format !== "delimited") throw new Error("this file is a delimited one");
  const common = { day: BANK_DAY, time: "08:00:00", amountMinor: BILL_FEN };
  const rows = Array.from({ length: payments }, (_unused, n) => ({
    ...common,
    serial: `F${String(n).padStart(9, "0")}`,
    // A step without a common factor scatters the accounts as a bank's file does.
    accountNo: n % UNKNOWN_EVERY === 7 ? `99${n}` : plantedAccountNo(1 + ((n * 7919) % HOUSEHOLDS.billed)),
    kind: "payment" as const,
  }));
  const reversals = rows
    .filter((row, n) => n % REVERSED_EVERY === 11 && !row.accountNo.startsWith("99"))
    .map((row) => ({
      ...row,
      kind: "reversal" as const,
      serial: `R${row.serial}`,
      originalSerial: row.serial,
    }));
  const file = path.join(folder, `bank-${payments}.txt`);
  await writeDelimitedPath(profile, [...rows, ...reversals], file, { bankDay: BANK_DAY });
  return {
    path: file,
    lines: rows.length + reversals.length,
    netFen: BILL_FEN * BigInt(rows.length - reversals.length),
    money: rows.map(({ serial, accountNo, amountMinor }) => ({
      serial,
      accountNo: accountNo.startsWith("99") ? "" : accountNo,
      amountFen: amountMinor,
    })),
    reversed: reversals.map((row) => row.originalSerial),
  };
};

/** The file against the books: every paying line, every reversal, every line kept, and the sum to the fen. */
export const countFile = async (url: string, file: BankFile): Promise<Count> => {
  const money = await countMoney(url, file.money);
  const rest = await askOne<Count>(
    url,
    `
    with reversed as (
      select s.serial, p.state, (select count(*) from postings g where g.kind = 'payment-reversed' and g.source_id = p.id)
        as times
      from unnest($1::text[]) s (serial) left join payments p on p.channel_id = 1 and p.serial = s.serial
    ), kept as (
      select (select count(*) from bank_lines) as lines,
        (select count(*) from import_files where state = 'posted') as files,
        (select coalesce(sum(case when t.debit = 'channel_clearing' then t.amount_fen else -t.amount_fen end), 0)
          from transfers t where 'channel_clearing' in (t.debit, t.credit)) as net_fen
    )
    select ((select count(*) from reversed where state is distinct from 'reversed' or times = 0)
        + (select count(*) from payments where state = 'reversed' and serial <> all($1::text[]))
        + (select greatest(0, $2::int - lines) + greatest(0, 1 - files) + (net_fen < $3::bigint)::int from kept))::int as lost,
      ((select count(*) from reversed where times > 1)
        + (select greatest(0, lines - $2::int) + greatest(0, files - 1) + (net_fen > $3::bigint)::int from kept))::int
        as doubled`,
    [file.reversed, file.lines, String(file.netFen)],
  );
  return { lost: money.lost + rest.lost, doubled: money.doubled + rest.doubled };
};
