/** A small town of people who write to us, and what became of what they wrote. */
import { day } from "#src/kernel/day.ts";
import { openMailParser, readStoredMail, receiveSms, storeMail } from "#src/messages/messaging/index.ts";
import { intakeSubscriber } from "#src/service/intake/index.ts";
import { openTicket } from "#src/service/tickets/index.ts";
import { accessAccount, recordMailAddress, setPerson } from "#src/town/accounts/index.ts";
import { createTestDatabase, type TestDatabase } from "./database.ts";
import { letter, type Letter } from "./letters.ts";
import { platformOf } from "./people.ts";
import { buildSmallTown, openTestAccount, type SmallTown } from "./small-town.ts";
import { workEvents } from "./work-events.ts";

/** Lives at 10000001, and writes from li@example.com. */
export const LI = "13812348000";
/** Has the homes 10000002 and 10000003. */
export const WANG = "13912349000";
export const STRANGER = "13700001111";

export type Outcome = {
  outcome: string;
  foundBy: string;
  ticketId: bigint | null;
  accountId: bigint | null;
  households: number;
  keyword: string;
  noAnswer: string;
  template: string | null;
  recipient: string | null;
};
export type IntakeTown = Awaited<ReturnType<typeof createIntakeTown>>;

const furnish = async (db: TestDatabase, town: SmallTown) => {
  const people = new Map<string, bigint>();
  const accounts = new Map<string, bigint>();
  const live = async (accountNo: string, role: "owner" | "payer", name: string, number: string) => {
    const { result } = await db.commands.run({ name: "test", actor: db.actor }, async (context) =>
      setPerson(context, {
        account: await accessAccount(context.sql, db.actor, accountNo, context.today),
        role,
        kind: "person",
        name,
        phones: [{ number }],
        from: day("2026-02-01"),
        source: "test",
      }),
    );
    people.set(`${name} ${accountNo}`, result.personId);
  };

  for (const accountNo of ["10000001", "10000002", "10000003"])
    accounts.set(accountNo, (await openTestAccount(db, town, accountNo)).accountId);
  await live("10000001", "owner", "李四", LI);
  // One number, two homes.
  await live("10000002", "owner", "王五", WANG);
  await live("10000003", "payer", "王五", WANG);
  await db.commands.run({ name: "test", actor: db.actor }, async (context) =>
    recordMailAddress(context, {
      account: await accessAccount(context.sql, db.actor, "10000001", context.today),
      personId: people.get("李四 10000001") ?? 0n,
      address: "Li@Example.com",
      confirmed: true,
      source: "test",
    }),
  );
  await db.owner.sql.run("insert into mailboxes (id, name, uid_validity) values (1, 'imap://test', 7)");

  return { people, accounts };
};

export const createIntakeTown = async () => {
  const db = await createTestDatabase("2026-11-15T09:00:00+08:00");
  const town = await buildSmallTown(db);
  const { people, accounts } = await furnish(db, town);
  const parser = openMailParser();
  let serial = 0;
  const work = () => workEvents(db, [intakeSubscriber]);
  const sms = async (from: string, text: string): Promise<bigint> => {
    serial += 1;
    const { messageId } = await receiveSms(platformOf(db), {
      provider: "gateway",
      providerMessageId: `m-${serial}`,
      from,
      to: "106900",
      text,
      raw: Buffer.from(text),
      rawHeaders: {},
    });
    await work();
    return messageId;
  };
  const mail = async (written: Letter): Promise<bigint> => {
    serial += 1;
    const raw = letter({ text: `第 ${serial} 封`, ...written });
    const { messageId } = await storeMail(platformOf(db), {
      mailboxId: 1n,
      uidValidity: 7n,
      uid: BigInt(serial),
      raw,
      size: raw.byteLength,
    });
    await readStoredMail(platformOf(db), messageId, { parser, ownAddresses: ["kefu@heat.example.com"] });
    await work();
    return messageId;
  };
  const outcomeOf = (messageId: bigint) =>
    db.database.sql.one<Outcome>(
      `select o.outcome, o.found_by as "foundBy", o.ticket_id as "ticketId", o.account_id as "accountId", o.households,
       o.keyword, o.no_answer as "noAnswer", m.template, m.recipient
     from intake_outcomes o left join messages m on m.id = o.answer_id where o.message_id = :messageId`,
      { messageId },
    );
  const caseOf = async (messageId: bigint) => {
    const { ticketId } = await outcomeOf(messageId);
    return db.database.sql.one<{
      id: bigint;
      ticketNo: string;
      summary: string;
      accountId: bigint | null;
      buildingId: bigint | null;
      channel: string;
      number: string | null;
    }>(
      `select id, ticket_no as "ticketNo", summary, account_id as "accountId", building_id as "buildingId", channel,
       caller_number as number from tickets where id = :ticketId`,
      { ticketId },
    );
  };
  const entriesOf = (ticketId: bigint) =>
    db.database.sql.rows<{ kind: string; text: string; textEn: string; ref: string | null }>(
      `select kind, text, text_en as "textEn", ref from ticket_entries where ticket_id = :ticketId order by id`,
      { ticketId },
    );
  const openCase = async (accountNo: string, category = "heat.not-hot") =>
    (
      await db.commands.run({ name: "test", actor: db.actor }, (context) =>
        openTicket(context, {
          category,
          channel: "phone",
          accountId: accounts.get(accountNo) ?? 0n,
          summary: "不热",
        }),
      )
    ).result;

  return {
    db,
    town,
    sms,
    mail,
    outcomeOf,
    caseOf,
    entriesOf,
    openCase,
    work,
    accountOf: (accountNo: string) => accounts.get(accountNo) ?? 0n,
    li: people.get("李四 10000001") ?? 0n,
    next: () => (serial += 1),
    /** Another day, and nothing open of the days before. */
    nextDay: async () => {
      db.clock.advanceMs(86_400_000);
      await db.owner.sql.run(
        "update tickets set state = 'cancelled' where state not in ('closed', 'cancelled', 'merged')",
      );
      await db.owner.sql.run("delete from intake_outcomes");
    },
    stop: async () => {
      await parser.close();
      await db.drop();
    },
  };
};
