import { describe, expect, test } from "vitest";
import { guardMail, type MailMarks } from "./loop-guard.ts";

const PERSON: MailMarks = {
  autoSubmitted: "",
  precedence: "",
  autoResponseSuppress: "",
  listId: "",
  listUnsubscribe: "",
  returnPath: "<li@example.com>",
  contentType: "text/plain; charset=utf-8",
  autoReplyMarks: "",
  from: "li@example.com",
  messageId: "abc@example.com",
};
const OWN = {
  addresses: ["kefu@heat.example.com"],
  isOwnMessageId: (id: string) => id.startsWith("nuan."),
};

/** header | value | why it is automatic | may be answered */
const TABLE = `
autoSubmitted        |                          |                | yes
autoSubmitted        | no                       |                | yes
autoSubmitted        | No (written by a person) |                | yes
autoSubmitted        | auto-replied             | auto-submitted | no
autoSubmitted        | auto-generated; x=y      | auto-submitted | no
autoSubmitted        | AUTO-NOTIFIED            | auto-submitted | no
precedence           | bulk                     | precedence     | no
precedence           | Junk                     | precedence     | no
precedence           | list                     | precedence     | no
precedence           | auto_reply               | precedence     | no
precedence           | first-class              |                | yes
autoResponseSuppress | All                      |                | no
autoResponseSuppress | OOF, AutoReply           |                | no
autoResponseSuppress | None                     |                | yes
listId               | <news.example.com>       | list           | no
listUnsubscribe      | <mailto:off@example.com> |                | no
returnPath           | <>                       | null-sender    | no
returnPath           |                          |                | yes
contentType          | multipart/report; x      | report         | no
autoReplyMarks       | yes                      | auto-reply     | no
from                 | mailer-daemon@mx.cn      | machine-sender | no
from                 | postmaster@mx.cn         | machine-sender | no
from                 | no-reply@shop.cn         | machine-sender | no
from                 | noreply+17@shop.cn       | machine-sender | no
from                 | norepl@example.cn        |                | yes
from                 | kefu@heat.example.com    | own            | no
messageId            | nuan.1@heat.example.com  | own            | no
`
  .trim()
  .split("\n")
  .map((line) => line.split("|").map((cell) => cell.trim()));

describe("the loop guard", () => {
  test.each(TABLE)("%s: %s is taken for %j, answered: %s", (header, value, automatic, answered) => {
    const verdict = guardMail({ ...PERSON, [header ?? ""]: value }, OWN);
    expect(verdict).toEqual({ automatic, mayAnswer: answered === "yes" });
  });

  test("a mail without a readable sender opens a case and is not answered", () => {
    expect(guardMail({ ...PERSON, from: null }, OWN)).toEqual({ automatic: "", mayAnswer: false });
  });
});
