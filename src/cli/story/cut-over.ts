/** 15 July: the company moves in. Roll and balances of the old system, each loaded twice. */
import { readFileSync } from "node:fs";
import { holidays2026, installHolidays } from "#src/office/calendars/index.ts";
import { cliActor } from "#src/platform/actor.ts";
import { installZhengzhouTariff } from "#src/money/tariffs/index.ts";
import { plantPeople } from "#src/demo/index.ts";
import {
  accountNo,
  HOMELESS,
  HOMES,
  OLD_BALANCE,
  oldNumber,
  ROLL_ROWS,
  TWICE,
  writeOpening,
  writeRoll,
} from "./old-system.ts";
import { at, type Stage, yuan } from "./stage.ts";

/** Logins, prices and seasons: what an administrator enters before the first household. */
const furnish = async (stage: Stage): Promise<void> => {
  await stage.platform.commands.run({ name: "demo.furnish", actor: cliActor("story") }, async (context) => {
    await installZhengzhouTariff(context, [2025, 2026]);
    await installHolidays(context, holidays2026);
    await plantPeople(context);
  });
};

/** 42 debts, 20 prepaid, 2 of nobody. */
const OPENING_POSTINGS = 64;

const moveInHomes = async (stage: Stage): Promise<void> => {
  const roll = stage.file("roll.csv");
  const errors = stage.file("refused.csv");
  writeRoll(roll);
  const load = ["roll", "import", roll, "--encoding", "gb18030", "--errors", errors, "--since", "2026-07-15"];
  const looked = await stage.nuanDone(...load);
  stage.check(
    "户籍试算：行/可入/拒收",
    "roll, dry run: rows/accepted/refused",
    [ROLL_ROWS, HOMES, TWICE + HOMELESS],
    [at(looked, "rows"), at(looked, "accepted"), at(looked, "refused")],
  );
  const loaded = await stage.nuanDone(...load, "--commit");
  stage.check(
    "户籍导入：入库户数",
    "roll, committed: accounts",
    HOMES,
    await stage.count("select count(*) from heat_accounts"),
  );
  const reasons = Object.values(at(loaded, "refusedByReason") ?? {})
    .map(Number)
    .sort((a, b) => b - a);
  stage.check("拒收原因：户号重复/无楼号", "refused: number twice/no building", [TWICE, HOMELESS], reasons);
  const lines = new TextDecoder("gb18030", { fatal: true })
    .decode(readFileSync(errors))
    .trimEnd()
    .split("\n").length;
  stage.check(
    "错误文件行数（含表头）",
    "lines of the error file with its header",
    TWICE + HOMELESS + 1,
    lines,
  );
  const again = await stage.nuanDone(...load, "--commit");
  stage.check(
    "同一文件再导：新增",
    "the same file again adds",
    [true, HOMES],
    [at(again, "importedBefore"), await stage.count("select count(*) from heat_accounts")],
  );
};

const moveInBalances = async (stage: Stage): Promise<void> => {
  const opening = stage.file("opening.csv");
  writeOpening(opening);
  const load = (receivable: string): string[] => [
    "opening",
    "import",
    opening,
    "--encoding",
    "gb18030",
    "--receivable",
    receivable,
    "--prepaid",
    OLD_BALANCE.prepaid,
    "--suspense",
    OLD_BALANCE.suspense,
    "--errors",
    stage.file("opening-errors.csv"),
  ];
  const wrong = await stage.nuan(...load("7920.01"));
  stage.check(
    "期初：控制总额差一分，整批拒收",
    "opening: control total one fen off, refused whole",
    [1, "opening.totals-differ", 0],
    [wrong.code, at(wrong.result, "code"), await stage.count("select count(*) from postings")],
  );
  const loaded = await stage.nuanDone(...load(OLD_BALANCE.receivable));
  stage.check(
    "期初：应收/预收/待核销",
    "opening: receivable/prepaid/suspense",
    ["7,920.00", "1,000.00", "1,388.19"],
    [at(loaded, "receivableFen"), at(loaded, "prepaidFen"), at(loaded, "suspenseFen")].map(yuan),
  );
  stage.check(
    "其中迁移待查",
    "of which the home is not known",
    "3,100.00",
    yuan(at(loaded, "pendingReceivableFen")),
  );
  const again = await stage.nuanDone(...load(OLD_BALANCE.receivable));
  stage.check(
    "同一期初再导：不变",
    "the same opening again changes nothing",
    [true, OPENING_POSTINGS],
    [at(again, "importedBefore"), await stage.count("select count(*) from postings")],
  );
};

/** Ends on the evening of 15 July: everything is in, nobody was told. */
export const cutOver = async (stage: Stage): Promise<void> => {
  await stage.setTime("2026-07-15T09:00:00+08:00");
  await furnish(stage);
  await moveInHomes(stage);
  await moveInBalances(stage);
  await stage.settleEvents();
  stage.check(
    "静默：任务/作业失败",
    "silent: tasks/dead letters",
    [0, 0],
    [await stage.count("select count(*) from tasks"), await stage.count("select count(*) from dead_letters")],
  );
  await stage.setTime("2026-07-15T17:00:00+08:00", { api: true });
  const agent = await stage.api.logIn("agent", "nuanyang-demo");
  const found = await Promise.all(
    [oldNumber(3), "9000000003", "DK9"].map(async (number) => agent.get(`/accounts/${number}`)),
  );
  stage.check(
    "旧户号、卡号、代扣协议号查户",
    "found by old number, card, bank agreement",
    [3, 3, 9].map(accountNo),
    found.map((one) => at(one.body, "accountNo")),
  );
};
