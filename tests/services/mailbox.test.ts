/** The customer mailbox on Debian's Dovecot, filled by a real SMTP server: each mail once, whatever happens to the server or to us. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { mailboxName, type MailboxLoop, startMailboxLoop } from "#src/messages/messaging/index.ts";
import type { MailboxConfig } from "#src/platform/config-mail.ts";
import { intakeSubscriber } from "#src/service/intake/index.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { MAIL_USER, startDovecot, type TestDovecot } from "#tests/support/dovecot.ts";
import { letter } from "#tests/support/letters.ts";
import { type MailDelivery, startMailDelivery } from "#tests/support/mail-delivery.ts";
import { until } from "#tests/support/until.ts";
import { platformOf } from "#tests/support/people.ts";
import { quietLog } from "#tests/support/quiet-log.ts";
import { workEvents } from "#tests/support/work-events.ts";

const SETTINGS = { pollMs: 30_000, leaseMs: 2000, firstPauseMs: 50, longestPauseMs: 200 };

let dovecot: TestDovecot;
let delivery: MailDelivery;
let db: TestDatabase;
const loops: MailboxLoop[] = [];

beforeAll(async () => {
  dovecot = await startDovecot();
  delivery = await startMailDelivery(dovecot);
  db = await createTestDatabase("2026-11-15T09:00:00+08:00");
});
afterEach(async () => {
  for (const loop of loops.splice(0)) await loop.stop();
});
afterAll(async () => {
  await delivery.stop();
  await dovecot.stop();
  await db.drop();
});

const start = (config: MailboxConfig = dovecot.config, settings = SETTINGS): MailboxLoop => {
  const loop = startMailboxLoop(platformOf(db), config, quietLog, settings);
  loops.push(loop);
  return loop;
};

type Row = { subject: string; state: string; reason: string; sightings: bigint };
const received = (): Promise<Row[]> =>
  db.database.sql.rows<Row>(
    `select subject, state, reason,
       (select count(*) from mail_sightings s where s.message_id = r.id) as sightings
     from received_messages r order by id`,
  );
const announced = async (): Promise<number> =>
  Number(
    (
      await db.database.sql.one<{ count: bigint }>(
        "select count(*) from outbox_events where type = 'message.received'",
      )
    ).count,
  );
const sightings = async (): Promise<number> =>
  Number((await db.database.sql.one<{ count: bigint }>("select count(*) from mail_sightings")).count);
const stands = (subject: string) => async (): Promise<boolean> =>
  (await received()).some((row) => row.subject === subject && row.state === "read");
const trouble = async (config = dovecot.config): Promise<{ trouble: string; details: string } | null> =>
  db.database.sql.maybeOne(
    "select trouble, trouble_details as details from mailboxes where name = :name and (looked_at is not null or trouble <> '')",
    { name: mailboxName(config) },
  );
const troubled = (code: string, config?: MailboxConfig) => async (): Promise<boolean> =>
  (await trouble(config))?.trouble === code;

describe("the customer mailbox", () => {
  test("a mail that came by SMTP is a case, once, and is flagged as read", async () => {
    await delivery.send({
      from: "李四 <li@example.com>",
      to: MAIL_USER,
      subject: "三楼不热",
      text: "室温只有十四度，请派人。",
    });
    start();
    await until("the mail is read", stands("三楼不热"));
    await workEvents(db, [intakeSubscriber]);
    const cases = await db.database.sql.rows(
      `select t.channel, t.summary, o.outcome from tickets t join intake_outcomes o on o.ticket_id = t.id`,
    );
    expect(cases).toEqual([
      { channel: "mail", summary: "三楼不热 室温只有十四度，请派人。", outcome: "opened" },
    ]);
    await until("the flag is set", async () => dovecot.count().seen === 1);
  });

  test("a mail that comes while we wait is told by the server, long before the next poll", async () => {
    // The next look by itself is an hour away.
    start(dovecot.config, { ...SETTINGS, pollMs: 3_600_000 });
    await until("the mailbox was looked at", troubled(""));
    dovecot.deliver(letter({ subject: "在等待时到达" }));
    await until("the mail is read", stands("在等待时到达"));
    expect((await received()).at(-1)).toMatchObject({ subject: "在等待时到达", sightings: 1n });
  });

  test("a restart reads nothing again", async () => {
    const before = await received();
    const events = await announced();
    const loop = start();
    dovecot.deliver(letter({ subject: "重启之后" }));
    await until("the mail is read", stands("重启之后"));
    await loop.stop();
    expect((await received()).length).toBe(before.length + 1);
    expect(await announced()).toBe(events + 1);
  });

  test("the same mail delivered twice is one message, seen twice", async () => {
    const raw = letter({ subject: "送达两次" });
    dovecot.deliver(Buffer.concat([Buffer.from("Received: from a\r\n"), raw]));
    dovecot.deliver(Buffer.concat([Buffer.from("Received: from b; later\r\n"), raw]));
    start();
    await until("both were seen", async () =>
      (await received()).some((row) => row.subject === "送达两次" && row.sightings === 2n),
    );
    expect((await received()).filter((row) => row.subject === "送达两次")).toHaveLength(1);
  });

  test("a mailbox that was rebuilt under a new UIDVALIDITY gives no message twice", async () => {
    const before = (await received()).length;
    const events = await announced();
    const seen = await sightings();
    const { mails } = dovecot.count();
    await dovecot.forgetUids();
    start();
    await until("every mail was seen again", async () => (await sightings()) === seen + mails);
    expect((await received()).length).toBe(before);
    expect(await announced()).toBe(events);
  });

  test("a server that goes away is told by name, and read on when it is back", async () => {
    start();
    await until("the mailbox was looked at", troubled(""));
    await dovecot.down();
    await until("the trouble is known", troubled("mail.unreachable"));
    dovecot.deliver(letter({ subject: "停机期间" }));
    await dovecot.up();
    await until("the mail is read", stands("停机期间"));
    expect(await trouble()).toMatchObject({ trouble: "" });
  });

  test("two processes read one mailbox: one of them at a time, nothing twice", async () => {
    const events = await announced();
    start();
    start();
    for (let n = 0; n < 5; n += 1) dovecot.deliver(letter({ subject: `两个进程 ${n}` }));
    await until("the last is read", stands("两个进程 4"));
    expect(await announced()).toBe(events + 5);
  });
});

describe("what is wrong with a mailbox has a name", () => {
  test.each<[string, string, () => Partial<MailboxConfig>]>([
    ["a wrong password", "mail.login-refused", () => ({ password: "wrong" })],
    ["a folder that is not there", "mail.no-folder", () => ({ folder: "Nirgendwo" })],
    ["nobody listens", "mail.unreachable", () => ({ port: 1 })],
  ])("%s: %s", async (_, code, more) => {
    const config = { ...dovecot.config, ...more() };
    start(config);
    await until(code, troubled(code, config));
    expect((await trouble(config))?.details).not.toContain(config.password);
  });

  test("a certificate that nobody vouches for: mail.certificate, with its reason", async () => {
    start(dovecot.tlsConfig);
    await until("the trouble is known", troubled("mail.certificate", dovecot.tlsConfig));
    const known = await trouble(dovecot.tlsConfig);
    expect(known?.details).toContain("DEPTH_ZERO_SELF_SIGNED_CERT");
    expect(known?.details).toContain("MAIL_CA_FILE");
  });

  test("a certificate for another name: mail.certificate, with its reason", async () => {
    const config = { ...dovecot.tlsConfig, host: "127.0.0.1", caFile: dovecot.certificate };
    start(config);
    await until("the trouble is known", troubled("mail.certificate", config));
    expect((await trouble(config))?.details).toContain("ERR_TLS_CERT_ALTNAME_INVALID");
  });

  test("with the certificate's authority given, the mailbox is read over TLS", async () => {
    start({ ...dovecot.tlsConfig, caFile: dovecot.certificate });
    dovecot.deliver(letter({ subject: "加密连接" }));
    await until("the mail is read", stands("加密连接"));
    expect((await received()).filter((row) => row.subject === "加密连接")).toHaveLength(1);
  });
});

describe("hostile mails", () => {
  const nested = (): string => {
    let inner = "Subject: inner\r\nContent-Type: text/plain\r\n\r\nx";
    for (let depth = 0; depth < 1500; depth += 1)
      inner = `Subject: ${depth}\r\nContent-Type: message/rfc822\r\n\r\n${inner}`;
    return `From: a@b.cn\r\n${inner}`;
  };
  const boxes = (): string => {
    let inner = "x";
    for (let depth = 0; depth < 2000; depth += 1)
      inner = `Content-Type: multipart/mixed; boundary=b${depth}\r\n\r\n--b${depth}\r\n${inner}\r\n--b${depth}--\r\n`;
    return `From: a@b.cn\r\nSubject: boxes\r\n${inner}`;
  };
  const crowd = Array.from({ length: 10_000 }, (_, n) => `"用户 ${n}" <u${n}@example.com>`).join(",\r\n ");
  const bomb = `From: a@b.cn\r\nSubject: dense\r\nContent-Type: text/html\r\n\r\n${"<b>a</b>".repeat(400_000)}`;

  test("do not stop those behind them; each is read or put away with its reason", async () => {
    const before = (await received()).length;
    const mails: (string | Buffer)[] = [
      "From: a@b.cn\r\nSubject: nul\0nul\r\n\r\nx\0\0y",
      `From: a@b.cn\r\nTo: ${crowd}\r\nSubject: crowd\r\n\r\nhello`,
      nested(),
      boxes(),
      bomb,
      `From: a@b.cn\r\nSubject: head\r\n${"X-Long: y\r\n".repeat(200_000)}\r\nx`,
      Buffer.concat([
        Buffer.from("From: a@b.cn\r\nSubject: large\r\n\r\n"),
        Buffer.alloc(26 * 1024 * 1024, "a\r\n"),
      ]),
      Buffer.from([0, 1, 2, 255, 254]),
    ];
    start();
    for (const mail of mails) dovecot.deliver(mail);
    dovecot.deliver(letter({ subject: "排在最后的好信" }));
    await until("the last is read", stands("排在最后的好信"));
    const rows = (await received()).slice(before);
    expect(rows).toHaveLength(mails.length + 1);
    expect(rows.filter((row) => row.state === "stored")).toEqual([]);
    expect(rows.map((row) => row.reason || row.state)).toEqual([
      "read",
      "read",
      "read",
      "mail.unreadable",
      "read",
      "mail.unreadable",
      "mail.too-large",
      "mail.unreadable",
      "read",
    ]);
  });
});
