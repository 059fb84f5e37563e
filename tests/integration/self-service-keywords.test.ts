/** The menu by text message and mail: who hears what. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemActor } from "#src/platform/actor.ts";
import { openIncident } from "#src/service/incidents/index.ts";
import { answerKeyword, type KeywordAnswer } from "#src/service/hotline/index.ts";
import { createVoiceTown, ownerPhone, type VoiceTown } from "#tests/support/voice-town.ts";

let town: VoiceTown;
let messages = 0;
beforeAll(async () => {
  town = await createVoiceTown(10);
  // Number 9 is on file for two homes.
  await town.db.owner.sql.run(
    "insert into person_phones (person_id, number, kind, as_written) values (10, :number, 'mobile', '')",
    { number: ownerPhone(9) },
  );
  // 4 and 5 are shut; 5 has moved in and paid, and nobody was sent.
  await town.db.owner.sql.run("update valve_states set state = 'closed' where charge_point_id in (4, 5)");
  await town.db.owner.sql.run("update bills set paid_fen = amount_fen where account_id = 5");
});
afterAll(() => town.stop());

const ask = async (
  text: string,
  number?: string,
  channel: "sms" | "mail" = "sms",
): Promise<KeywordAnswer> => {
  messages += 1;
  const question = {
    channel,
    text,
    sourceKey: `message:${messages}`,
    ...(number !== undefined && { number }),
  };
  const { result } = await town.db.commands.run({ name: "test", actor: systemActor("intake") }, (context) =>
    answerKeyword(context, question),
  );
  return result;
};
const textOf = (answer: KeywordAnswer): string => (answer.kind === "answered" ? answer.text : "(a person)");

/** text | from the owner of which home, or "stranger", or "mail" | what the answer says, or "(a person)" */
const ROWS = `
查费 | 1 | 户号****0001，当前应缴2052.00元
查费。 | 1 | 2052.00元
 查 费 | 1 | 2052.00元
查费100000001 | 1 | 2052.00元
查费 １００００００１ | 1 | 只向户号登记的手机号码答复
查费 100000002 | 1 | 只向户号登记的手机号码答复
查费 777777777 | 1 | 只向户号登记的手机号码答复
查费 | stranger | 只向户号登记的手机号码答复
查费 100000001 | stranger | 只向户号登记的手机号码答复
查费 100000001 | mail | 只向户号登记的手机号码答复
缴费 | 1 | 没有缴费记录
bill | 1 | 2052.00 yuan is due now
停暖 | 1 | 没有登记的停热或故障
开阀 | 1 | 阀门已打开
开阀 | 4 | 尚欠2052.00元
开阀 | 5 | 已为您派开阀单，单号W000001
开阀 | 5 | 开阀任务已下达
开阀 100000005 | stranger | 只向户号登记的手机号码答复
开阀 | mail | 只向户号登记的手机号码答复
查费 | 9 | 多个户号，请在关键词后加户号，尾号：0009、0010
查费 100000010 | 9 | 户号****0010，当前应缴2052.00元
帮助 | stranger | 请回复：查费
帮助 | mail | 请回复：查费
试压 | stranger | 请家中留人
试压？ | mail | 请家中留人
知识 我家附近有人放水 | stranger | 私自放水
回电 | stranger | 尽快给您回电
家里不热 | 1 | (a person)
查费怎么这么贵，给我解释清楚 | 1 | (a person)
我要开阀，家里有老人 | 1 | (a person)
漏水了快来 | 1 | (a person)
热费已经交了为什么还催 | 1 | (a person)
谢谢 | 1 | (a person)
`
  .trim()
  .split("\n")
  .map((line) => line.split("|").map((cell) => cell.trim()) as [string, string, string]);

describe("a text message", () => {
  test.each(ROWS)("%s from %s: %s", async (text, from, says) => {
    const isMail = from === "mail";
    const number = isMail ? undefined : from === "stranger" ? "+8613999990000" : ownerPhone(Number(from));
    const answer = textOf(await ask(text, number, isMail ? "mail" : "sms"));
    expect(answer).toContain(says);
    expect(answer.length).toBeLessThanOrEqual(480);
  });

  test("says of a building what its incident says", async () => {
    await town.db.commands.run({ name: "test", actor: town.db.actor }, (context) =>
      openIncident(context, {
        kind: "heat-outage",
        affected: { buildingIds: [0n] },
        startsAt: context.now,
        script: "一号楼停热，正在抢修。",
      }),
    );
    expect(textOf(await ask("停暖", ownerPhone(2)))).toContain("正在抢修");
    expect(textOf(await ask("停暖", "+8613999990000"))).not.toContain("正在抢修");
  });

  test("leaves its keyword in the audit, and nothing of who wrote", async () => {
    const rows = await town.db.owner.sql.rows<{ row: string }>(
      "select details::text as row from audit_events where subject like 'message:%' and details ? 'keyword'",
    );
    expect(rows.length).toBeGreaterThan(15);
    expect(rows.map(({ row }) => row).join("\n")).not.toMatch(/1380010|1399999|10000000/);
  });
});
