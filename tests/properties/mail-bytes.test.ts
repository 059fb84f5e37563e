/** Whatever bytes come as a mail: the reader answers, read or not, and never throws; and so does the thread around it. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openMailParser, readStoredMail, storeMail } from "#src/messages/messaging/index.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { platformOf } from "#tests/support/people.ts";

const parser = openMailParser();
let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase("2026-11-15T09:00:00+08:00");
  await db.owner.sql.run("insert into mailboxes (id, name, uid_validity) values (1, 'imap://test', 7)");
});
afterAll(async () => {
  await parser.close();
  await db.drop();
});

const HEADERS = [
  "From",
  "To",
  "Subject",
  "Message-ID",
  "In-Reply-To",
  "References",
  "Date",
  "Content-Type",
  "Content-Transfer-Encoding",
  "Content-Disposition",
  "Auto-Submitted",
  "X-Junk",
];
const VALUES = [
  "li@example.com",
  '"a" <b@c.cn>, group: x@y.cn, z@y.cn;',
  "=?gb2312?B?vNLA77K7yMg=?=",
  "=?utf-8?Q?=FF=FE?= =?x?x?x?=",
  "<a@b> <c@d>",
  "multipart/mixed; boundary=b",
  "multipart/alternative; boundary*0=b; boundary*1=",
  "message/rfc822",
  "text/html; charset=gbk",
  'text/plain; charset="utf-16"',
  "base64",
  "quoted-printable",
  "attachment; filename*=utf-8''%FF",
  "Thu, 99 Xxx 9999",
  "\u0000\u0001",
  "家里不热",
];
const bytesOf = (text: string): Uint8Array => Buffer.from(text, "utf8");
/** Nearly a mail: headers and pieces in any order, with rubbish between. */
const nearlyMail = fc
  .tuple(
    fc.array(fc.tuple(fc.constantFrom(...HEADERS), fc.constantFrom(...VALUES)), { maxLength: 12 }),
    fc.array(
      fc.oneof(
        fc.uint8Array({ maxLength: 60 }),
        fc
          .constantFrom("--b\r\n", "--b--\r\n", "\r\n\r\n", "PGI+", "=E5=AE", "<p>x<b>", "\u0000")
          .map(bytesOf),
      ),
      { maxLength: 12 },
    ),
  )
  .map(([headers, pieces]) =>
    Buffer.concat([
      Buffer.from(headers.map(([name, value]) => `${name}: ${value}\r\n`).join("")),
      Buffer.from("\r\n"),
      ...pieces,
    ]),
  );
const anyMail = fc.oneof(fc.uint8Array({ maxLength: 600 }), nearlyMail);

describe("any bytes as a mail", () => {
  test("are read or are not, with a reason, within bounds", async () => {
    await fc.assert(
      fc.asyncProperty(anyMail, async (raw) => {
        const outcome = await parser.parse(raw);
        const text = "mail" in outcome ? outcome.mail.text + outcome.mail.subject : outcome.reason;
        expect(text.isWellFormed()).toBe(true);
        expect(text.includes("\u0000")).toBe(false);
        expect(text.length).toBeLessThanOrEqual(20_500);
      }),
      { numRuns: 500 },
    );
  });

  test("end in the database as read or quarantined, never in between and never as an error", async () => {
    let uid = 0n;
    await fc.assert(
      fc.asyncProperty(anyMail, async (raw) => {
        uid += 1n;
        const platform = platformOf(db);
        const mail = { mailboxId: 1n, uidValidity: 7n, uid, raw, size: raw.byteLength };
        const { messageId, isNew } = await storeMail(platform, mail);
        expect(await storeMail(platform, mail)).toEqual({ messageId, isNew: false });
        const outcome = await readStoredMail(platform, messageId, {
          parser,
          ownAddresses: [],
          released: true,
        });
        expect(isNew ? ["read", "quarantined"] : ["not-stored"]).toContain(outcome);
      }),
      { numRuns: 150 },
    );
    const waiting = await db.database.sql.rows("select id from received_messages where state = 'stored'");
    expect(waiting).toEqual([]);
  });
});
