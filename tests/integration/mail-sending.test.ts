/** Mails through the life of a message: sent, cut after the data, bounced. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openMailParser, readStoredMail, storeMail } from "#src/messages/messaging/index.ts";
import { decideUnknown } from "#src/messages/messaging/sending/decide.ts";
import { mailBounce } from "#tests/support/bounces.ts";
import { letter } from "#tests/support/letters.ts";
import { SMTP_LOGIN, type SmtpSimulator, startSmtpSimulator } from "#tests/support/message-providers/smtp.ts";
import { createSendingTown, type SendingTown } from "#tests/support/sending.ts";
import { type SendingWith, sendingWith } from "#tests/support/sending-with.ts";

let town: SendingTown;
let server: SmtpSimulator;
let sending: SendingWith;
let mailboxId: bigint;
const parser = openMailParser();
beforeAll(async () => {
  town = await createSendingTown();
  ({ id: mailboxId } = await town.db.owner.sql.one<{ id: bigint }>(
    "insert into mailboxes (name, uid_validity) values ('imap://test', 7) returning id",
  ));
}, 60_000);
afterAll(async () => {
  await parser.close();
  await town.close();
});
beforeEach(async () => {
  server = await startSmtpSimulator();
  const { messages } = town.platform;
  if (messages === undefined) throw new Error("there are no settings");
  sending = sendingWith(town, {
    publicUrl: "https://heat.example.com",
    messages: {
      ...messages,
      smtp: {
        host: "127.0.0.1",
        port: server.port,
        secure: false,
        onThisMachine: true,
        ...SMTP_LOGIN,
        fromName: "暖阳供热",
        fromAddress: "service@heat.example.com",
        caFile: undefined,
      },
    },
  });
});
afterEach(async () => {
  sending.close();
  await server.stop();
});

const queueMail = (box = "li") =>
  town.queueOne({
    purpose: "reply",
    channel: "email",
    to: { email: `${box}@example.com` },
    template: "case-opened",
    variables: { ticketNo: "100014" },
    inReplyTo: "letter-1@example.com",
  });
const send = async (): Promise<bigint> => {
  const id = await queueMail();
  await sending.sendDue();
  return id;
};

let uid = 0n;
const receive = async (raw: Buffer): Promise<void> => {
  uid += 1n;
  const { messageId } = await storeMail(town.platform, {
    mailboxId,
    uidValidity: 7n,
    uid,
    raw,
    size: raw.byteLength,
  });
  await readStoredMail(town.platform, messageId, { parser, ownAddresses: ["service@heat.example.com"] });
};

test("a mail is the words of its template, and its Message-ID holds its key", async () => {
  const id = await send();
  const [mail] = server.taken;
  expect(mail).toMatchObject({ to: ["li@example.com"], subject: "您的来信已受理（工单 100014）" });
  expect(mail?.raw).toContain("In-Reply-To: <letter-1@example.com>");
  const [{ key } = { key: "" }] = await town.rows<{ key: string }>(
    "select thread_key::text as key from messages where id = :id",
    { id },
  );
  expect(mail?.messageId).toBe(`nuan.${key}@heat.example.com`);
  // nothing follows a mail but a bounce: accepted is the end
  expect(await town.row(id)).toMatchObject({
    state: "accepted",
    provider: "smtp",
    providerMessageId: `<nuan.${key}@heat.example.com>`,
    askAt: null,
  });
});

test("no more mails are committed as called than the server is sent at once: nobody can ask it about the others", async () => {
  const ids = await Promise.all(Array.from({ length: 12 }, (_, n) => queueMail(`box${n}`)));
  await sending.sendDue();
  expect(server.taken).toHaveLength(12);
  const [waves] = await town.rows<{ n: number }>(
    "select count(distinct xmin::text)::int as n from messages where id = any(:ids::bigint[]) and state = 'accepted'",
    { ids },
  );
  expect(waves).toEqual({ n: 3 });
});

describe("a mail that is cut after its data", () => {
  test("is unknown, was sent once, and is sent again only on a person's word, under the same id", async () => {
    server.behave((mail) => (mail === 0 ? "cut-after-data" : "accept"));
    const id = await send();
    expect((await town.row(id)).state).toBe("unknown");
    await sending.sendDue();
    await town.sweep();
    await sending.sendDue();
    expect(server.taken).toHaveLength(1);
    // nobody can be asked: after the last time a person decides
    for (const hours of [1, 2, 30]) {
      town.db.clock.advanceMs(hours * 3_600_000);
      await town.ask();
    }
    expect((await town.row(id)).decideSince).not.toBeNull();
    await town.run((context) =>
      decideUnknown(context, { ids: [id], decision: "send-again", reason: "the recipient has none" }),
    );
    await sending.sendDue();
    expect((await town.row(id)).state).toBe("accepted");
    expect(server.taken).toHaveLength(2);
    expect(new Set(server.taken.map(({ messageId }) => messageId)).size).toBe(1);
  });
});

describe("a bounce", () => {
  test("ends its message, once, with its code", async () => {
    const id = await send();
    const messageId = `<${server.taken[0]?.messageId ?? ""}>`;
    await receive(mailBounce({ messageId, action: "delayed", status: "4.4.1" }));
    expect((await town.row(id)).state).toBe("accepted");
    await receive(mailBounce({ messageId }));
    expect(await town.row(id)).toMatchObject({ state: "undelivered", reason: "bounce-5.1.1" });
    await receive(mailBounce({ messageId, returned: "text/rfc822-headers", status: "5.2.2" }));
    expect(await town.row(id)).toMatchObject({ state: "undelivered", reason: "bounce-5.1.1" });
  });

  test("with a key that we never gave, or written by a person, ends nothing", async () => {
    const id = await send();
    await receive(mailBounce());
    const headers = [`In-Reply-To: <${server.taken[0]?.messageId ?? ""}>`];
    await receive(letter({ headers, subject: "Undelivered", text: "Action: failed\nStatus: 5.1.1" }));
    expect((await town.row(id)).state).toBe("accepted");
  });
});
