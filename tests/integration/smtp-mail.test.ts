/** Mail through a real SMTP server: what was taken, what was refused, and what nobody knows. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { smtpMail } from "#src/messages/messaging/ports/smtp-mail.ts";
import type { MailOrder } from "#src/messages/messaging/ports/port.ts";
import { manualClock } from "#src/platform/clock.ts";
import { loadConfig } from "#src/platform/config.ts";
import {
  type MailBehaviour,
  type SmtpSimulator,
  startSmtpSimulator,
} from "#tests/support/message-providers/smtp.ts";

const clock = manualClock("2026-11-15T09:00:00+08:00");
let server: SmtpSimulator;
let port: ReturnType<typeof smtpMail>;

const portTo = (url: string, wholeMailMs = 3000) => {
  const { smtp } = loadConfig({
    SECRET_KEY: "k".repeat(32),
    SMTP_URL: url,
    MAIL_FROM: "暖阳供热 <service@heat.example.com>",
  }).messages;
  if (smtp === undefined) throw new Error("there is no mail server");
  return smtpMail(clock, smtp, wholeMailMs);
};
beforeEach(async () => {
  server = await startSmtpSimulator();
  port = portTo(server.url);
});
afterEach(async () => {
  port.close();
  await server.stop();
});

const ID = "<nuan.01234567-0123-4123-8123-0123456789ab@heat.example.com>";
const order = (more: Partial<MailOrder> = {}): MailOrder => ({
  messageId: 17n,
  to: "li@example.com",
  subject: "您的来信已受理（工单 100014）",
  text: "您好，您的来信已受理。\n\n第二段",
  html: "<p>您好，您的来信已受理。</p>",
  internetMessageId: ID,
  inReplyTo: "",
  attachments: [],
  ...more,
});
const outcome = async (sent: ReturnType<typeof port.send>): Promise<string> => {
  try {
    const answer = await sent;
    return answer.kind === "rejected"
      ? `rejected ${answer.code} ${answer.permanent ? "for good" : "for now"}`
      : answer.kind;
  } catch {
    return "unknown";
  }
};

test("a mail arrives as text and HTML, says what it is, and has its stable id", async () => {
  expect(await port.send(order({ inReplyTo: "letter-1@example.com" }))).toEqual({
    kind: "accepted",
    providerMessageId: ID,
    segments: null,
    costMilliFen: null,
  });
  const [mail] = server.taken;
  expect(mail).toMatchObject({
    from: "service@heat.example.com",
    to: ["li@example.com"],
    messageId: ID.slice(1, -1),
    subject: "您的来信已受理（工单 100014）",
    html: "<p>您好，您的来信已受理。</p>",
  });
  expect(mail?.text.trim()).toBe("您好，您的来信已受理。\n\n第二段");
  expect(mail?.raw).toMatch(/^Auto-Submitted: auto-replied\r?$/m);
  expect(mail?.raw).toMatch(/^In-Reply-To: <letter-1@example.com>\r?$/m);
  expect(mail?.raw).toMatch(/^Date: Sun, 15 Nov 2026 01:00:00 \+0000\r?$/m);
});

test("what hangs on a mail arrives byte for byte, under its Chinese name", async () => {
  const bytes = Buffer.from([0x25, 0x50, 0x44, 0x46, 0x2d, 0, 255, 13, 10, 46, 13, 10]);
  await port.send(
    order({ attachments: [{ fileName: "晨报-2026-11-14.pdf", mediaType: "application/pdf", bytes }] }),
  );
  expect(server.taken[0]?.attachments).toEqual([
    { name: "晨报-2026-11-14.pdf", type: "application/pdf", bytes },
  ]);
  expect(server.taken[0]?.text.trim()).toBe("您好，您的来信已受理。\n\n第二段");
});

describe("a mail of which", () => {
  test.each<[MailBehaviour, string, number]>([
    ["busy", "rejected smtp-451 for now", 0],
    ["no-such-box", "rejected smtp-550 for good", 0],
    ["no-such-sender", "rejected smtp-550 for now", 0],
    ["no-relay", "rejected smtp-550 for now", 0],
    ["refuse-content", "rejected smtp-554 for good", 0],
    ["cut-after-data", "unknown", 1],
    ["hang-after-data", "unknown", 1],
  ])("the server does %s: %s, taken %i", async (behaviour, expected, taken) => {
    server.behave(() => behaviour);
    expect(await outcome(port.send(order()))).toBe(expected);
    expect(server.taken).toHaveLength(taken);
  });

  test("half went before the line was cut was surely not taken", async () => {
    server.behave(() => "cut-in-data");
    // more than a socket holds, so that the end cannot have left
    expect(await outcome(port.send(order({ text: "热".repeat(3_000_000), html: null })))).toMatch(
      /^rejected \w+ for now$/,
    );
    expect(server.taken).toEqual([]);
  });
});

test("a mail that was cut after its data is not sent again by the pool; sent again by a person it has the same id", async () => {
  server.behave((mail) => (mail === 0 ? "cut-after-data" : "accept"));
  expect(await outcome(port.send(order()))).toBe("unknown");
  expect(server.taken).toHaveLength(1);
  expect(await outcome(port.send(order()))).toBe("accepted");
  expect(server.taken.map(({ messageId }) => messageId)).toEqual([ID.slice(1, -1), ID.slice(1, -1)]);
});

test("connections are kept: a hundred mails take five at most", async () => {
  const patient = portTo(server.url, 30_000);
  const sent = await Promise.all(
    Array.from({ length: 100 }, (_, n) =>
      patient.send(order({ internetMessageId: `<nuan.${n}@heat.example.com>` })),
    ),
  );
  expect(new Set(sent.map(({ kind }) => kind))).toEqual(new Set(["accepted"]));
  expect(new Set(server.taken.map(({ messageId }) => messageId)).size).toBe(100);
  expect(server.connections()).toBeLessThanOrEqual(5);
  patient.close();
});

test("a server that is not there was surely not asked; a wrong password is mended by us", async () => {
  const wrong = portTo(server.url.replace("a-password-for-tests", "another"));
  expect(await outcome(wrong.send(order()))).toBe("rejected smtp-535 for now");
  wrong.close();
  const nobody = portTo("smtp://127.0.0.1:9");
  expect(await outcome(nobody.send(order()))).toMatch(/^rejected \w+ for now$/);
  nobody.close();
});

test("what a subject or an address holds writes no header", async () => {
  expect(await outcome(port.send(order({ subject: "a\r\nBcc: evil@example.com" })))).toBe("accepted");
  expect(server.taken[0]?.raw).not.toMatch(/^Bcc:/m);
  expect(server.taken[0]?.to).toEqual(["li@example.com"]);
});
