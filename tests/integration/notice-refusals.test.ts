/** What a notice may not say, and whom it may not name in one breath: refused where it is written. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DomainError } from "#src/kernel/errors.ts";
import { changeNotice, createNotice, type NewNotice } from "#src/messages/notices/index.ts";
import { createNoticeTown, general, type NoticeTown, refusal } from "#tests/support/notice-town.ts";
import { as } from "#tests/support/tickets.ts";

let town: NoticeTown;
beforeAll(async () => {
  town = await createNoticeTown();
}, 60_000);
afterAll(() => town.db.drop());

const write = (wanted: Partial<NewNotice>) =>
  as(town.db, town.desk.maker, (context) => createNotice(context, general(wanted)));
const said = (text: string) => write({ variables: { text } });

describe("free words", () => {
  test.each([
    ["您已中奖，请领取", "中奖"],
    ["不缴将起诉", "起诉"],
    ["【暖阳】检修", "【】"],
    ["详见 http://t.cn/x", "t.cn"],
    ["详见 nuanyang-heat.example.com", "nuanyang-heat.example.com"],
    ["请拨打 13800001111", "13800001111"],
    ["检修★请留人", "★"],
    ["检修😀", "😀"],
    ["第一行\n第二行", "\\n"],
    ["{{homes}}检修", "braces"],
  ])("%j are refused, and %j is named", async (text, word) => {
    await said(text).then(
      () => expect.fail("it was taken"),
      (error: unknown) => {
        const { code, detail, message } = error as DomainError;
        expect({ code, field: detail.field }).toEqual({
          code: "notice.words-refused",
          field: "variables.text",
        });
        expect(message).toContain(word);
        // A page says it in its own language, by the rule and the sign.
        expect(detail.facts).toMatchObject({
          rule: expect.any(String) as string,
          about: expect.any(String) as string,
        });
      },
    );
  });

  test("usual words are taken, and no change brings others in", async () => {
    const { noticeId } = await said("小区管网将于11月3日8:00-18:00检修，请家中留人。");
    const change = (text: string) =>
      as(town.db, town.desk.maker, (context) => changeNotice(context, noticeId, 1, { variables: { text } }));
    expect(await refusal(change("点击 https://bit.ly/a"))).toBe("notice.words-refused");
    expect(await refusal(change("小区管网将于11月4日检修。"))).toBe("");
  });
});

describe("everybody", () => {
  test("and a building is a contradiction, whoever writes it", async () => {
    const both = { everybody: true as const, buildingIds: [11n] };
    expect(await refusal(write({ audience: both }))).toBe("notice.audience-contradicts");
    expect(await refusal(write({ audience: { everybody: true, accountNos: ["100000001"] } }))).toBe(
      "notice.audience-contradicts",
    );
    const { noticeId } = await write({ audience: { buildingIds: [11n] } });
    const change = as(town.db, town.desk.maker, (context) =>
      changeNotice(context, noticeId, 1, { audience: both }),
    );
    expect(await refusal(change)).toBe("notice.audience-contradicts");
  });

  test("may be narrowed down", async () => {
    const { noticeId } = await write({ audience: { buildingIds: [11n] } });
    const narrow = { everybody: true as const, toldBy: [noticeId], floors: ["1"] };
    expect(await refusal(write({ audience: narrow }))).toBe("");
  });
});
