/** The menu as a caller at Twilio meets it: real signatures, real TwiML, a real database. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { fen } from "#src/kernel/money.ts";
import { takePayment } from "#src/money/collection/index.ts";
import { changeWords, decideArticle, draftArticle } from "#src/service/hotline/self-service/index.ts";
import { closeIncident, hourText, openIncident } from "#src/service/incidents/index.ts";
import { day } from "#src/kernel/day.ts";
import { person } from "#tests/support/people.ts";
import { ring, type TwilioCall } from "#tests/support/twilio-caller.ts";
import {
  accountNo,
  createVoiceTown,
  ownerPhone,
  tailOf,
  unseatAgents,
  type VoiceTown,
} from "#tests/support/voice-town.ts";
import { settleValveTasks } from "#src/money/lifecycle/valve-tasks.ts";

const STRANGER = "+8613999990000";
const AMOUNT = /\d{3,}|[一二三四五六七八九两][千百]|thousand|hundred/;

let town: VoiceTown;
let serial = 0;
beforeAll(async () => {
  town = await createVoiceTown(30);
});
afterAll(() => town.stop());
afterEach(() => unseatAgents(town));

const words = (call: TwilioCall): string => call.heard().say.join("");

const prove = async (call: TwilioCall, home: number): Promise<void> => {
  await call.press(accountNo(home));
  await call.press(tailOf(home));
};

const pay = async (home: number, amount: bigint): Promise<void> => {
  serial += 1;
  const payment = {
    accountNo: accountNo(home),
    amountFen: fen(amount),
    channel: "bank-a",
    serial: `V${serial}`,
    paidAt: town.db.clock.now(),
  };
  await takePayment(town.platform, town.bankA, payment, {});
};

const shut = (home: number) =>
  town.db.owner.sql.run("update valve_states set state = 'closed' where charge_point_id = :home", { home });

const run = <T>(work: Parameters<typeof town.db.commands.run<T>>[1]) =>
  town.db.commands.run({ name: "test", actor: town.db.actor }, work);

describe("a call", () => {
  test("is greeted in a Chinese voice, with every option by its key", async () => {
    const call = await ring(town.line, STRANGER);
    expect(call.heard()).toMatchObject({ verb: "gather", digits: 1 });
    expect(words(call)).toContain("您好，这里是供热客服热线");
    expect(words(call)).toMatch(/查询应缴热费请按1.*人工服务请按0/s);
    expect(new Set(call.heard().voices)).toEqual(new Set(["cmn-CN Polly.Zhiyu"]));
    expect(call.heard().action).toMatch(
      /^https:\/\/heat\.example\.com\/api\/v1\/hooks\/voice\/twilio\/steps\/1$/,
    );
  });

  test("turns to English and back", async () => {
    const call = await ring(town.line, STRANGER);
    await call.press("8");
    expect(words(call)).toContain("For what you owe, press 1");
    await call.press("1");
    await prove(call, 1);
    expect(words(call)).toContain("two thousand fifty-two yuan is due now");
  });
});

describe("what is owed", () => {
  test("is told in words, after account and telephone", async () => {
    const call = await ring(town.line, STRANGER);
    await call.press("1");
    expect(words(call)).toContain("请输入供热户号");
    expect(call.heard().digits).toBe(32);
    await call.press(accountNo(2));
    expect(words(call)).toContain("后四位");
    expect(words(call)).not.toMatch(AMOUNT);
    await call.press(tailOf(2));
    expect(words(call)).toContain("当前应缴两千零五十二元");
    expect(words(call)).toContain("尾号零 零 零 二");
    expect(words(call)).not.toContain("2052");
    await call.press("1");
    expect(words(call)).toContain("两千零五十二元");
    await call.press("9");
    await call.press("2");
    // The proof holds for the rest of the call, and an agent who takes the call sees it.
    expect(words(call)).toContain("没有缴费记录");
    const bound = await town.db.owner.sql.one<{ accountId: bigint }>(
      `select account_id as "accountId" from calls where provider_call_id = :sid`,
      { sid: call.callSid },
    );
    expect(bound.accountId).toBe(2n);
  });

  test("is not told on the wrong telephone, and the same is said of an account that does not exist", async () => {
    const wrong = await ring(town.line, "+8613999990001");
    await wrong.press("1");
    await wrong.press(accountNo(3));
    await wrong.press("9999");
    const unknown = await ring(town.line, "+8613999990002");
    await unknown.press("1");
    await unknown.press("777777777");
    await unknown.press("9999");
    expect(unknown.heard().say).toEqual(wrong.heard().say);
    expect(words(wrong)).toContain("不相符");
    expect(words(wrong)).not.toMatch(AMOUNT);
  });

  test("three wrong proofs end self-service for the call, and the right one then tells nothing", async () => {
    const call = await ring(town.line, "+8613999990003");
    await call.press("1");
    for (const guess of ["0000", "1111", "2222"]) {
      await call.press(accountNo(4));
      await call.press(guess);
    }
    expect(words(call)).toContain("暂不能继续自助查询");
    await call.press("9");
    await call.press("1");
    await prove(call, 4);
    expect(words(call)).not.toMatch(AMOUNT);
    const attempts = await town.db.owner.sql.rows<{ details: unknown }>(
      `select details from audit_events where subject like 'menu-session:%' and details ->> 'proof' = 'locked'`,
    );
    expect(attempts.length).toBeGreaterThan(0);
  });

  test("guesses are counted over calls, by number and by account", async () => {
    const guess = async (from: string, home: number, tail: string) => {
      const call = await ring(town.line, from);
      await call.press("1");
      await call.press(accountNo(home));
      await call.press(tail);
      return words(call);
    };
    for (let index = 0; index < 6; index += 1) await guess("+8613999990004", 5, `000${index}`);
    expect(await guess("+8613999990004", 5, tailOf(5))).toContain("暂不能继续");
    // From other numbers the account has four more, then none; an hour later the number is free, the account is not.
    for (let index = 0; index < 4; index += 1) await guess(`+861399999010${index}`, 5, `000${index}`);
    expect(await guess("+8613999990109", 5, tailOf(5))).toContain("暂不能继续");
    town.db.clock.advanceMs(3_700_000);
    expect(await guess("+8613999990004", 6, tailOf(6))).toContain("两千零五十二元");
    expect(await guess("+8613999990004", 5, tailOf(5))).toContain("暂不能继续");
    town.db.clock.advanceMs(24 * 3_600_000);
    expect(await guess("+8613999990004", 5, tailOf(5))).toContain("两千零五十二元");
  });
});

describe("what was paid", () => {
  test("is the last payment, and what is still open", async () => {
    await pay(7, 205_200n);
    const call = await ring(town.line, STRANGER);
    await call.press("2");
    await prove(call, 7);
    expect(words(call)).toMatch(/最近一笔缴费两千零五十二元，缴费日期今天/);
  });
});

describe("opening a valve", () => {
  const orders = (home: number) =>
    town.db.owner.sql.rows<{ state: string }>(
      "select state from work_orders where account_id = :home and kind = 'valve'",
      { home },
    );
  const cases = (home: number) =>
    town.db.owner.sql.rows("select 1 from tickets where account_id = :home", { home });
  const request = async (home: number) => {
    const call = await ring(town.line, STRANGER);
    await call.press("4");
    await prove(call, home);
    return words(call);
  };

  test("joins the order of the payment's task, and opens no case", async () => {
    await shut(8);
    await pay(8, 410_400n);
    await run((context) => settleValveTasks(context, [8n]));
    expect(await request(8)).toMatch(/开阀任务已下达，预计.+前完成/);
    expect(await orders(8)).toEqual([{ state: "open" }]);
    expect(await cases(8)).toEqual([]);
  });

  test("raises one order where all is paid and nobody was sent, and the second request joins it", async () => {
    await shut(9);
    await pay(9, 410_400n);
    expect(await request(9)).toMatch(/已为您派开阀单，单号W 零/);
    expect(await request(9)).toContain("开阀任务已下达");
    expect(await orders(9)).toEqual([{ state: "open" }]);
    expect(await cases(9)).toEqual([]);
    // What was promised for a day that is over is not promised again.
    await town.db.owner.sql.run("update tasks set due_at = :past where account_id = 9", {
      past: new Date(town.db.clock.now().getTime() - 1),
    });
    expect(await request(9)).toContain("已逾预计日期");
  });

  test("a home that has stopped hears that, and no order is raised", async () => {
    await shut(15);
    await pay(15, 410_400n);
    await town.db.owner.sql.run("update supply_states set state = 'suspended' where charge_point_id = 15");
    expect(await request(15)).toContain("停热状态");
    expect(await orders(15)).toEqual([]);
  });

  test("tells who has not paid what is open, and who has an open valve that it is open", async () => {
    await shut(10);
    const unpaid = await ring(town.line, STRANGER);
    await unpaid.press("4");
    expect(words(unpaid)).not.toContain("尚欠");
    await prove(unpaid, 10);
    expect(words(unpaid)).toContain("尚欠两千零五十二元");
    expect(await orders(10)).toEqual([]);
    await pay(11, 410_400n);
    const open = await ring(town.line, STRANGER);
    await open.press("4");
    await prove(open, 11);
    expect(words(open)).toContain("阀门已打开");
  });
});

describe("a building", () => {
  test("is told from the next call on, in the incident's words, and who heard it hangs under it", async () => {
    const before = await ring(town.line, ownerPhone(12));
    await before.press("3");
    expect(words(before)).toContain("没有登记的停热或故障");
    const backAt = new Date(town.db.clock.now().getTime() + 2 * 3_600_000);
    const { result } = await run((context) =>
      openIncident(context, {
        kind: "heat-outage",
        affected: { buildingIds: [0n] },
        startsAt: context.now,
        expectedBackAt: backAt,
        script: "测试小区一号楼停热，正在抢修。",
      }),
    );
    const after = await ring(town.line, ownerPhone(12));
    expect(words(after)).toContain("正在抢修");
    const stranger = await ring(town.line, STRANGER);
    expect(words(stranger)).not.toContain("正在抢修");
    await stranger.press("3");
    await stranger.press(accountNo(13));
    // Whether, and until when; where the household of an account lives is nobody's business who only knows its number.
    expect(words(stranger)).toContain("该户所在楼栋目前有登记的停热或故障");
    expect(words(stranger)).toContain(`预计${hourText(backAt, town.db.clock.now(), "zh-CN")}恢复`);
    expect(words(stranger)).not.toMatch(/元|测试小区|一号楼|抢修/);
    // With the second factor for this very account the incident's own words are told.
    await stranger.press("9");
    await stranger.press("1");
    await prove(stranger, 13);
    await stranger.press("9");
    await stranger.press("3");
    expect(words(stranger)).toContain("测试小区一号楼停热，正在抢修");
    const joined = await town.db.owner.sql.rows<{ id: bigint }>(
      `select call_id as id from incident_calls where incident_id = :id`,
      { id: result.incidentId },
    );
    expect(joined).toHaveLength(2);
    // Closed too early: what the network says is told all the same.
    await run((context) =>
      closeIncident(context, result.incidentId, 1, {
        evidence: "已处理",
        evidenceKind: "visit",
        evidenceRef: null,
        force: "误以为已恢复",
      }),
    );
    await town.db.owner.sql.run(
      `insert into supply_outages (building_ids, from_at, planned, cause) values ('{0}', :at, false, '')`,
      { at: town.db.clock.now() },
    );
    const later = await ring(town.line, ownerPhone(12));
    expect(words(later)).toContain("暂停供热");
    await later.press("3");
    expect(words(later)).toContain("暂停供热");
    expect(words(later)).not.toContain("没有登记");
    await town.db.owner.sql.run("update supply_outages set to_at = from_at + interval '1 microsecond'");
  });
});

describe("words and knowledge", () => {
  test("what a supervisor writes is heard in the very next reply, also within a call", async () => {
    const call = await ring(town.line, STRANGER);
    const change = { word: "ask-account", language: "zh-CN", words: "请按键输入户号。", version: 0 } as const;
    await run((context) => changeWords(context, change));
    await call.press("1");
    expect(words(call)).toContain("请按键输入户号。");
    await expect(run((context) => changeWords(context, change))).rejects.toMatchObject({
      code: "version.stale",
    });
    await expect(
      run((context) => changeWords(context, { ...change, words: "{{amount}}", version: 1 })),
    ).rejects.toMatchObject({ code: "menu.text-refused" });
  });

  test("an article is read out once a second person released it", async () => {
    const writer = await person(town.db, "writer", ["supervisor"]);
    const reader = await person(town.db, "reader", ["supervisor"]);
    const draft = {
      code: "test-article",
      menuPosition: 9,
      validFrom: day("2026-09-01"),
      validUntil: null,
      keywords: ["测试词"],
      texts: [{ language: "zh-CN" as const, title: "测试文章", spoken: "这是测试内容。", body: "全文" }],
    };
    const { result: version } = await town.db.commands.run({ name: "test", actor: writer }, (context) =>
      draftArticle(context, draft),
    );
    const listed = async () => {
      const call = await ring(town.line, STRANGER);
      await call.press("5");
      const first = words(call);
      await call.press("7");
      return { call, text: first + words(call) };
    };
    expect((await listed()).text).not.toContain("测试文章");
    const decide = (actor: typeof writer) =>
      town.db.commands.run({ name: "test", actor }, (context) =>
        decideArticle(context, { code: draft.code, version, state: "approved" }),
      );
    await expect(decide(writer)).rejects.toMatchObject({ code: "knowledge.own-draft" });
    await decide(reader);
    const { call, text } = await listed();
    expect(text).toContain("测试文章请按2");
    await call.press("2");
    expect(words(call)).toContain("这是测试内容。");
    await call.press("8");
    expect(words(call)).toContain("测试文章");
  });
});
