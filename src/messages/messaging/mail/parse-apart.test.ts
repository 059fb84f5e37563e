/** The thread in which mails are parsed: what it cannot bear ends it, and the next mail finds another. */
import { afterEach, describe, expect, test } from "vitest";
import { type MailParserApart, openMailParser } from "./parse-apart.ts";

const GOOD = Buffer.from("From: a@b.cn\r\nSubject: good\r\n\r\nx");
/** Dense tags just below the bound: a second's work, and some 20 MB. */
const SLOW = Buffer.from(`From: a@b.cn\r\nContent-Type: text/html\r\n\r\n${"<b>a</b>".repeat(24_900)}`);
let parser: MailParserApart;
afterEach(() => parser.close());
const subject = async (mail: Uint8Array): Promise<string> => {
  const outcome = await parser.parse(mail);
  return "mail" in outcome ? outcome.mail.subject : outcome.reason;
};

describe("parsing apart", () => {
  test("mails that come together are parsed one after the other", async () => {
    parser = openMailParser();
    const outcomes = await Promise.all([subject(GOOD), subject(Buffer.from([0])), subject(GOOD)]);
    expect(outcomes).toEqual(["good", "mail.unreadable", "good"]);
  });

  test("one that takes too long is given up", async () => {
    parser = openMailParser({ timeoutMs: 1 });
    expect(await subject(SLOW)).toBe("mail.too-slow");
    await parser.close();
    parser = openMailParser();
    expect(await subject(GOOD)).toBe("good");
  });

  test("one that takes too much memory ends its thread and not the process", async () => {
    parser = openMailParser({ heapMb: 18 });
    expect(await subject(SLOW)).toBe("mail.too-hungry");
    await parser.close();
    parser = openMailParser();
    expect(await subject(GOOD)).toBe("good");
  });
});
