/** 9 November: a shift at the counter, with all that can happen there, counted and closed. */
import { extractText, getDocumentProxy } from "unpdf";
import { assert } from "#src/kernel/errors.ts";
import { DEMO_PASSWORD } from "#src/demo/index.ts";
import { accountNo, GROUPS, RARE, RARE_NAME } from "./old-system.ts";
import type { Caller } from "./processes.ts";
import { at, type Stage, yuan } from "./stage.ts";

const BILL_FEN = 205_200;
const NEIGHBOUR = RARE + 1;
const BY_CARD = RARE + 2;
const IN_PARTS = RARE + 3;
const TOO_MUCH = RARE + 4;
const WRONG_HOME = RARE + 5;
const RIGHT_HOME = RARE + 6;
const OLD_DEBTOR = GROUPS.small[0];

/** Open on the bills, and prepaid, as the household's page shows it. */
const standing = async (who: Caller, n: number): Promise<unknown[]> => {
  const { body } = await who.get(`/accounts/${accountNo(n)}/balance`);
  const open = Number(at(body, "offeredFen")) + Number(at(body, "receivableFen"));
  return [yuan(open), yuan(at(body, "prepaidFen"))];
};

class Till {
  readonly #stage: Stage;
  readonly #cashier: Caller;
  readonly shiftId: string;

  constructor(stage: Stage, cashier: Caller, shiftId: string) {
    this.#stage = stage;
    this.#cashier = cashier;
    this.shiftId = shiftId;
  }

  async take(
    tender: "cash" | "card",
    homes: readonly (readonly [number, number])[],
    payerName?: string,
  ): Promise<unknown> {
    return this.#cashier.done("/counter-payments", {
      shiftId: this.shiftId,
      tender,
      items: homes.map(([n, amountFen]) => ({ accountNo: accountNo(n), amountFen })),
      ...(payerName === undefined ? {} : { payerName }),
    });
  }

  /** One receipt for two homes, its number behind the old system's last, printed with a name outside GBK. */
  async oneReceiptForTwo(): Promise<void> {
    const both = await this.take(
      "cash",
      [
        [RARE, BILL_FEN],
        [NEIGHBOUR, BILL_FEN],
      ],
      RARE_NAME,
    );
    this.#stage.check(
      "现金一票两户：收据号/元",
      "cash, one receipt for two homes: number/yuan",
      ["T01-2026-004712", "4,104.00"],
      [at(both, "receiptNo"), yuan(at(both, "totalFen"))],
    );
    const { bytes, status } = await this.#cashier.get(`/receipts/${String(at(both, "receiptId"))}/pdf`);
    assert(
      status === 200,
      `the receipt's PDF: ${status} ${Buffer.from(bytes).toString("utf8").slice(0, 300)}`,
    );
    const proxy = await getDocumentProxy(bytes);
    const { text } = await extractText(proxy, { mergePages: true });
    await proxy.cleanup();
    const content = text.replace(/\s+/gu, "");
    const parts = [RARE_NAME, "T01-2026-004712", "4,104.00"];
    this.#stage.check(
      "收据 PDF 文字可提取",
      "text of the receipt's PDF",
      parts,
      parts.filter((part) => content.includes(part)),
    );
  }

  async otherPayments(): Promise<void> {
    const stage = this.#stage;
    await this.take("card", [[BY_CARD, BILL_FEN]]);
    stage.check(
      "刷卡缴清：欠/预收",
      "card, in full: open/prepaid",
      ["0.00", "0.00"],
      await standing(this.#cashier, BY_CARD),
    );
    await this.take("cash", [[IN_PARTS, 100_000]]);
    stage.check(
      "部分缴费 1,000.00：欠/预收",
      "part payment: open/prepaid",
      ["1,052.00", "0.00"],
      await standing(this.#cashier, IN_PARTS),
    );
    await this.take("cash", [[TOO_MUCH, 210_000]]);
    stage.check(
      "多缴 48.00 转预收：欠/预收",
      "overpayment becomes prepaid: open/prepaid",
      ["0.00", "48.00"],
      await standing(this.#cashier, TOO_MUCH),
    );
    const old = await this.take("card", [[OLD_DEBTOR, 100_000]]);
    const shares = at(old, "payments", 0, "allocations") as readonly unknown[];
    stage.check(
      "先冲旧欠：规则 元",
      "old debt first: rule and yuan",
      ["old-debt-first 101.00", "oldest-first 899.00"],
      shares.map((share) => `${String(at(share, "rule"))} ${yuan(at(share, "amountFen"))}`),
    );
  }

  /** Money on the wrong home, taken back by two people on the spot, and the right home paid. */
  async wrongHome(): Promise<void> {
    const stage = this.#stage;
    const wrong = await this.take("cash", [[WRONG_HOME, BILL_FEN]]);
    const address = `/payments/${String(at(wrong, "payments", 0, "paymentId"))}/void`;
    const order = (login: string) => ({ reason: "录错户", approver: { login, password: DEMO_PASSWORD } });
    const alone = await this.#cashier.post(address, order("cashier1"));
    stage.check("错户作废：一人不行", "wrong home: not by one person", true, alone.status >= 400);
    await this.#cashier.done(address, order("cashier2"));
    stage.check(
      "双人作废后：欠/预收",
      "voided by two: open/prepaid",
      ["2,052.00", "0.00"],
      await standing(this.#cashier, WRONG_HOME),
    );
    const twice = await this.#cashier.post(address, order("cashier2"));
    stage.check("不能再次作废", "not voided twice", true, twice.status >= 400);
    await this.take("cash", [[RIGHT_HOME, BILL_FEN]]);
    stage.check(
      "改收正确户：欠/预收",
      "the right home: open/prepaid",
      ["0.00", "0.00"],
      await standing(this.#cashier, RIGHT_HOME),
    );
  }

  /** Cash 4,104 + 1,000 + 2,100 + 2,052 above a float of 200, cards 2,052 + 1,000. */
  async close(): Promise<void> {
    const stage = this.#stage;
    const address = `/shifts/${this.shiftId}/close`;
    const count = { countedCashFen: 945_600, posTotalFen: 305_200, depositSlipNo: "JK-20261109-1" };
    const short = await this.#cashier.post(address, { ...count, countedCashFen: 945_400 });
    stage.check(
      "结班少 2.00 无说明：拒",
      "2.00 short without a reason",
      "shift.difference-needs-reason",
      at(short.body, "code"),
    );
    const closed = await this.#cashier.done(address, count);
    stage.check(
      "结班：应有现金/POS",
      "shift closed: expected cash/cards",
      ["closed", "9,456.00", "3,052.00"],
      [at(closed, "state"), yuan(at(closed, "expectedCashFen")), yuan(at(closed, "expectedPosFen"))],
    );
    const banked = await stage.count(
      `select sum(t.amount_fen) from postings g join transfers t on t.posting_id = g.id
       where g.kind = 'shift-deposited' and t.debit = 'bank'`,
    );
    stage.check("缴存银行", "on the deposit slip and from the terminal", "12,308.00", yuan(banked));
  }
}

export const workTheCounter = async (stage: Stage): Promise<void> => {
  await stage.setTime("2026-11-09T10:00:00+08:00", { api: true });
  const cashier = await stage.api.logIn("cashier1", DEMO_PASSWORD);
  const shift = await cashier.done("/shifts", { till: "T01", openingCashFen: 20_000 });
  const till = new Till(stage, cashier, String(at(shift, "id")));
  await till.oneReceiptForTwo();
  await till.otherPayments();
  await till.wrongHome();
  await till.close();
};
