/** A town with bank channels, its finance people, and files as a bank would write them. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  type DelimitedProfile,
  type DelimitedRow,
  loadProfile,
  writeDelimitedPath,
  type WriteOptions,
} from "#src/bank/channels/index.ts";
import {
  bankProofs,
  type BankImportReport,
  type BankImportRequest,
  confirmDraft,
  importBankFile,
} from "#src/bank/reconciliation/index.ts";
import { type Day, day } from "#src/kernel/day.ts";
import { DomainError, must } from "#src/kernel/errors.ts";
import { collectionProofs } from "#src/money/collection/index.ts";
import { ledgerProofs, type Offender, runProofs } from "#src/money/ledger/index.ts";
import { decideApproval } from "#src/office/approvals/index.ts";
import type { Actor, Role } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import type { Platform } from "#src/platform/route.ts";
import { createTestDatabase, type TestDatabase } from "./database.ts";
import { plantBills, plantedAccountNo, plantSeasons, plantTown } from "./town.ts";

export const FILE_CHANNEL = "zzbank";
export const LIVE_CHANNEL = "bank-a";
export const BILL_FEN = 205_200n;

export type BankTown = {
  readonly db: TestDatabase;
  readonly platform: Platform;
  readonly profile: DelimitedProfile;
  readonly finance: Actor;
  readonly approver: Actor;
  readonly folder: string;
  /** Runs a command as somebody. */
  as<T>(actor: Actor, work: (context: CommandContext) => Promise<T>): Promise<T>;
  /** The second person says yes. */
  approve(approvalId: bigint): Promise<void>;
  /** Everything that the rooms can prove; empty when all is well. */
  offenders(): Promise<Offender[]>;
  drop(): Promise<void>;
};

const person = async (db: TestDatabase, login: string, role: Role): Promise<Actor> => {
  const { id } = await db.owner.sql.one<{ id: bigint }>(
    `with one as (insert into staff_members (login, display_name) values (:login, :login) returning id),
       given as (insert into staff_roles (staff_id, role) select id, :role from one)
     select id from one`,
    { login, role },
  );
  return { kind: "staff", id, name: login, roles: [role], scope: { kind: "everything" } };
};

export const buildBankTown = async (
  options: { readonly at?: string; readonly households?: number; readonly dueToo?: boolean } = {},
): Promise<BankTown> => {
  const db = await createTestDatabase(options.at ?? "2026-11-11T09:00:00+08:00");
  await plantSeasons(db.owner, 2025, 2026);
  await plantTown(db.owner, options.households ?? 60);
  if (options.dueToo === true) await plantBills(db.owner, 2025, "due");
  await plantBills(db.owner, 2026, "offered");
  const finance = await person(db, "finance-one", "finance");
  const approver = await person(db, "finance-two", "finance-approver");
  await db.owner.sql.run(
    `insert into channels (code, name, kind, real_time, profile, bank_account_no, file_due_at, task_owner_id,
       settlement_pattern, fee_per_item_fen)
     values (:file, '文件银行', 'bank', false, 'zz-bank-gb18030', null, null, null, null, 0),
       (:live, '实时银行', 'bank', true, 'zz-bank-gb18030', '410001', '07:30', :owner,
        '^A BANK DAY (?<day>[0-9]{8})$', 50)`,
    { file: FILE_CHANNEL, live: LIVE_CHANNEL, owner: finance.id },
  );
  const profile = await loadProfile("zz-bank-gb18030");
  if (profile.format !== "delimited") throw new Error("the invented profile is delimited");
  const folder = mkdtempSync(path.join(tmpdir(), "nuanyang-bank-"));
  const platform: Platform = {
    database: db.database,
    commands: db.commands,
    clock: db.clock,
    secretKey: "k".repeat(40),
    publicUrl: "http://localhost:3000",
  };
  const as: BankTown["as"] = async (actor, work) =>
    (await db.commands.run({ name: "test.command", actor }, work)).result;
  return {
    db,
    platform,
    profile,
    finance,
    approver,
    folder,
    as,
    approve: async (approvalId) =>
      as(approver, (context) => decideApproval(context, approvalId, "approved", "looked at it")),
    offenders: () => runProofs(db.owner, [...ledgerProofs, ...collectionProofs, ...bankProofs]),
    drop: async () => {
      rmSync(folder, { recursive: true, force: true });
      await db.drop();
    },
  };
};

/** A line of the invented profile: a payment of one bill at noon of the tenth, unless told otherwise. */
export const bankRow = (
  serial: string,
  household: number | string,
  more: Partial<DelimitedRow> = {},
): DelimitedRow => ({
  day: day("2026-11-10"),
  time: "12:00:00",
  serial,
  accountNo: typeof household === "number" ? plantedAccountNo(household) : household,
  amountMinor: BILL_FEN,
  kind: "payment",
  payerName: "张三",
  ...more,
});

let files = 0;

/** Writes a file of the profile and answers its path. */
export const writeBankFile = async (
  town: BankTown,
  rows: readonly DelimitedRow[],
  options: WriteOptions & { readonly profile?: DelimitedProfile } = {},
): Promise<string> => {
  files += 1;
  const target = path.join(town.folder, `file-${files}.txt`);
  await writeDelimitedPath(options.profile ?? town.profile, rows, target, {
    bankDay: day("2026-11-10"),
    ...options,
  });
  return target;
};

type HowToImport = {
  readonly channel?: string;
  readonly actor?: Actor;
  readonly dryRun?: boolean;
  readonly forDay?: Day;
  readonly profile?: string;
  readonly fileName?: string;
};

const requestOf = (source: string, how: HowToImport): BankImportRequest => ({
  source,
  fileName: how.fileName ?? path.basename(source),
  channel: how.channel ?? FILE_CHANNEL,
  dryRun: how.dryRun,
  forDay: how.forDay,
  profile: how.profile,
});

/** Two people agree to a file that was held; false when it was refused for another reason. */
export const agreeToHeld = async (
  { platform, finance, approve }: Pick<BankTown, "platform" | "finance" | "approve">,
  error: unknown,
): Promise<boolean> => {
  if (!(error instanceof DomainError) || error.code !== "file.held") return false;
  const draftId = BigInt(String(error.detail.facts?.["draftId"]));
  // A machine's file waits for somebody who asks.
  const { approvalId } = await confirmDraft(platform, finance, draftId, undefined);
  await approve(must(approvalId, "the approval that was asked for"));
  return true;
};

/** Brings a file whose lines are in doubt, and has two people agree to it; it is not posted yet. */
export const agreeToFile = async (town: BankTown, source: string, how: HowToImport = {}): Promise<void> => {
  const held = await importBankFile(town.platform, how.actor ?? town.finance, requestOf(source, how)).then(
    () => null,
    (error: unknown) => error,
  );
  if (!(await agreeToHeld(town, held))) throw held ?? new Error("the file had no line in doubt");
};

/** Imports a file; where it is held for lines in doubt, a second person agrees and it comes again. */
export const importFile = async (
  town: BankTown,
  source: string,
  how: HowToImport = {},
): Promise<BankImportReport> => {
  const bring = () => importBankFile(town.platform, how.actor ?? town.finance, requestOf(source, how));
  try {
    return await bring();
  } catch (error) {
    if (!(await agreeToHeld(town, error))) throw error;
    return bring();
  }
};

/** Payments that the channel reported when they happened, set-based. */
export const postLive = async (
  town: BankTown,
  payments: readonly { readonly serial: string; readonly household: number; readonly paidAt: string }[],
  channel = LIVE_CHANNEL,
): Promise<void> => {
  const posted = await town.as(town.finance, async (context) =>
    context.sql.rows<{ outcome: string }>(
      `select p.outcome from channels c cross join lateral post_payments(c.id, 'channel_clearing', 'transfer', null,
         :today::date, null, :now::timestamptz, 'old-debt-first', 2026::smallint, :accounts::bigint[], :amounts::bigint[],
         :serials::text[], :paidAt::timestamptz[], :days::date[], :bills::bigint[]) p where c.code = :channel`,
      {
        channel,
        today: context.today,
        now: context.now,
        accounts: payments.map((one) => BigInt(one.household)),
        amounts: payments.map(() => BILL_FEN),
        serials: payments.map((one) => one.serial),
        paidAt: payments.map((one) => one.paidAt),
        days: payments.map((one) => one.paidAt.slice(0, 10)),
        bills: payments.map(() => null),
      },
    ),
  );
  if (posted.some((one) => one.outcome !== "posted")) throw new Error("a live payment was not posted");
};

/** What is in the books of banks: nothing of it may move when a file is refused. */
export const bookCounts = (town: BankTown): Promise<Record<string, bigint>> =>
  town.db.owner.sql.one<Record<string, bigint>>(
    `select (select count(*) from postings) as postings, (select count(*) from payments) as payments,
       (select count(*) from bank_lines) as lines, (select count(*) from suspense_items) as suspense,
       (select count(*) from breaks) as breaks, (select count(*) from bank_staging_lines) as staged`,
  );

/** What is open on the household's bills and what it has prepaid, in fen. */
export const standing = async (
  town: BankTown,
  household: number,
): Promise<{ openFen: bigint; prepaidFen: bigint }> =>
  must(
    await town.db.owner.sql.maybeOne<{ openFen: bigint; prepaidFen: bigint }>(
      `select (select coalesce(sum(amount_fen - paid_fen), 0)::bigint from bills
           where account_id = :household and state <> 'cancelled') as "openFen",
         (select coalesce(sum(balance_fen), 0)::bigint from household_balances
           where account_id = :household and code = 'prepaid') as "prepaidFen"`,
      { household },
    ),
    "the household",
  );

/** The refusal that a promise ends in, for tests of bad input. */
export const refusalOf = async (
  work: Promise<unknown>,
): Promise<{ code: string; detail: Record<string, unknown> }> => {
  try {
    await work;
  } catch (error) {
    if (error instanceof Error && "code" in error && "detail" in error) {
      return { code: String(error.code), detail: { ...(error.detail as object) } };
    }
    throw error;
  }
  throw new Error("nothing was refused");
};

export const onDay = (text: string): Day => day(text);
