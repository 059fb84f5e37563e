import { describe, expect, test } from "vitest";
import { formatTicketNo } from "#src/service/tickets/index.ts";
import { isContent, readAwayWithWords, readKeyword, readNoticeAnswer } from "./keywords.ts";

/** What was written | what it asks for, nothing when it is no keyword. */
const TABLE = `
STOP               | stop
stop               | stop
Stop.              | stop
 Ｓｔｏｐ             | stop
T                  | stop
TD                 | stop
ｔｄ                 | stop
退订               | stop
“退订”             | stop
【退订】           | stop
退订！             | stop
退 订              | stop
回T退订            | stop
拒收               | stop
START              | start
恢复订阅           | start
?                  |
帮助               |
进度               | progress
查进度。           | progress
不退订             |
暖气停了           |
家里不热           |
stop heating       |
怎么退订           |
T恤                |
请停止供暖         |
进度怎么样了       |
退费进度           |
进度12345          |
                   |
。                 |
`
  .split("\n")
  .filter((line) => line.includes("|"))
  .map((line) => line.split("|"));

describe("keywords", () => {
  test.each(TABLE)("%j asks for %j", (written, kind) => {
    expect(readKeyword(written ?? "")?.kind ?? "").toBe((kind ?? "").trim());
  });

  test("the progress of a case is asked by its number with the right check digit", () => {
    const ticketNo = formatTicketNo(10_001n);
    for (const written of [`进度${ticketNo}`, `查进度 工单号：${ticketNo}`, `status #${ticketNo}`]) {
      expect(readKeyword(written)).toEqual({ kind: "progress", ticketId: 10_001n });
    }
    const wrong = `${ticketNo.slice(0, -1)}${(Number(ticketNo.at(-1)) + 1) % 10}`;
    expect(readKeyword(`进度${wrong}`)).toBeNull();
  });

  test("a long text is none, however it ends", () => {
    expect(readKeyword(`${" ".repeat(500)}STOP`)).toBeNull();
    expect(readKeyword("a".repeat(100_000))).toBeNull();
  });
});

/** What was written about a case that is done | content where nobody has to go back to it. */
const ANSWERS = `
谢谢                   | content
谢谢！                 | content
好了，谢谢师傅         | content
已经热了，辛苦了🙏     | content
好的 收到              | content
没事了，谢谢           | content
OK, thanks!            | content
还是不热               |
还是冷                 |
好冷                   |
谢谢，可是还是不热     |
好了吗？               |
热了没                 |
不好                   |
热了一会又凉了         |
not ok                 |
谢谢，另外请开发票     |
`
  .split("\n")
  .filter((line) => line.includes("|"))
  .map((line) => line.split("|").map((cell) => cell.trim()));

test.each(ANSWERS)("%s is %s", (written, verdict) => {
  expect(isContent(written ?? "") ? "content" : "").toBe(verdict);
});

/** What was written after a notice | what it answers, nothing where it is no such word. */
const NOTICE_ANSWERS = `
已缴                   | paid
已缴费。               | paid
我已经交了             | paid
交过了                 | paid
paid                   | paid
不在家                 | away
那天不在家             | away
您好，家里没人         | away
已缴费但没开阀         |
怎么缴费               |
没人来修               |
不在家里热             |
                       |
`
  .split("\n")
  .filter((line) => line.includes("|"))
  .map((line) => line.split("|").map((cell) => cell.trim()));

test.each(NOTICE_ANSWERS)("after a notice %j answers %j", (written, kind) => {
  expect(readNoticeAnswer(written ?? "") ?? "").toBe(kind);
});

/** What people write behind 不在家 | noted, or noted and a case as well, nothing where it is no such word. */
const AWAY_WITH_WORDS = `
不在家，回老家了😀            | noted
我不在家 钥匙在物业           | noted
您好，不在家，在外地出差。    | noted
不在家😀                      | noted
家里没人，去年就漏水          | and a case
不在家，什么时候能改天？      | and a case
不在家里热                    |
暖气不热，不在家              |
没人来修，不在家              |
`
  .split("\n")
  .filter((line) => line.includes("|"))
  .map((line) => line.split("|").map((cell) => cell.trim()));

test.each(AWAY_WITH_WORDS)("after a notice %j is %j", (written, verdict) => {
  const read = readAwayWithWords(written ?? "");
  expect(read === null ? "" : read.wantsMore ? "and a case" : "noted").toBe(verdict);
});
