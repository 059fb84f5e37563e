/** 1 September: the bills of the season. */
import { plantChannels } from "#src/demo/index.ts";
import { accountNo, GROUPS } from "./old-system.ts";
import { at, type Stage, yuan } from "./stage.ts";

/** 3,397 x 2,052.00 + 40 x 2,014.84 + 20 x 2,014.86 + 20 x 4,032.00 + 80 x 1,368.00 */
const BILLS = { count: 3557, sum: "7,281,614.80" } as const;

const amounts = (count: unknown, sumFen: unknown): unknown[] => [count, yuan(sumFen)];

export const billTheSeason = async (stage: Stage): Promise<void> => {
  await stage.setTime("2026-09-01T08:00:00+08:00", { api: true });
  // The payment window opens: from today on the banks, wallets and counters may take money.
  const finance = await stage.count("select id from staff_members where login = 'finance'");
  await plantChannels(stage.owner.sql, BigInt(finance));
  const preview = await stage.nuanDone("bills", "preview", "--season", "2026");
  stage.check(
    "开单预览：笔/元",
    "preview: bills/yuan",
    amounts(BILLS.count, 728_161_480n),
    amounts(at(preview, "count"), at(preview, "sumFen")),
  );
  const groups = (at(preview, "groups") as readonly { count: number }[]).reduce(
    (sum, group) => sum + group.count,
    0,
  );
  stage.check("各组合计等于户籍", "the groups add up to the roll", at(preview, "rollCount"), groups);
  const issued = await stage.nuanDone(
    "bills",
    "issue",
    "--season",
    "2026",
    "--expect-sum",
    BILLS.sum.replaceAll(",", ""),
  );
  stage.check(
    "开单：笔/元",
    "issued: bills/yuan",
    amounts(BILLS.count, 728_161_480n),
    amounts(at(issued, "newBills"), at(issued, "newSumFen")),
  );
  const again = await stage.nuanDone("bills", "issue", "--season", "2026");
  stage.check("再次开单：新增", "issued again: new", "0", at(again, "newBills"));
  await explainOne(stage);
};

/** 90% of 98.19 m2, the price, the days, the amount. */
const PARTS = ["88.371", "0.19", "120", "2,014.86"];

/** One bill says why it is what it is, and equals what is computed on request. */
const explainOne = async (stage: Stage): Promise<void> => {
  const agent = await stage.api.logIn("agent", "nuanyang-demo");
  const number = accountNo(GROUPS.grossOnly[0]);
  const bills = await agent.get(`/accounts/${number}/bills`);
  const id = String(at(bills.body, "items", 0, "id"));
  const { body } = await agent.get(`/bills/${id}/explanation`);
  const formula = String(at(body, "lines", 0, "formula"));
  stage.check(
    "为何是这个数：98.19 m² × 90%",
    "why this amount: 90% of 98.19 m2",
    PARTS,
    PARTS.filter((part) => formula.includes(part)),
  );
  stage.check(
    "账单状态（未到期为要约）",
    "state of the bill before it is due",
    "offered",
    at(bills.body, "items", 0, "state"),
  );
  const request = await agent.get(`/accounts/${number}/bill-preview?season=2026`);
  stage.check(
    "单户即算与批量一致",
    "computed on request equals the run",
    at(bills.body, "items", 0, "amountFen"),
    at(request.body, "amountFen"),
  );
};
