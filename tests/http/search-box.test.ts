/** One box for households, cases, orders from outside, receipts and work orders: who finds what by its number. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Role } from "#src/platform/actor.ts";
import { formatOrderNo } from "#src/service/field/index.ts";
import { NORTH_NO, type Place, type RightsTown, startRightsTown } from "./rights-town.ts";

let town: RightsTown;
let numbers: Readonly<Record<"case" | "order" | "receipt" | "outside", string>>;
beforeAll(async () => {
  town = await startRightsTown();
  const { tickets, receipts, "work-orders": orders } = town.northIds;
  const cashier = town.caller("cashier", "everywhere");
  const receipt = await town.send(cashier, "get", `/receipts/${receipts}`);
  numbers = {
    case: tickets,
    order: formatOrderNo(BigInt(orders)),
    receipt: String(receipt.body["receiptNo"]),
    outside: "ZZ2026-0117",
  };
  const received = await town.send(town.caller("agent", "everywhere"), "post", "/referrals", {
    json: {
      authority: "12345",
      outsideNo: numbers.outside,
      demand: "暖气不热",
      ticketNo: numbers.case,
      dueAt: new Date(town.db.clock.now().getTime() + 86_400_000).toISOString(),
    },
  });
  if (received.status !== 201) throw new Error(received.text);
});
afterAll(() => town.stop());

type Group = { readonly kind: string; readonly items: readonly Readonly<Record<string, unknown>>[] };
const search = async (role: Role, place: Place, q: string): Promise<readonly Group[]> => {
  const answer = await town.send(town.caller(role, place), "post", "/search", { json: { q } });
  expect(answer.status).toBe(200);
  return answer.body["groups"] as readonly Group[];
};
/** Whether a group of this kind was found, with the number in it. */
const finds = async (role: Role, place: Place, what: keyof typeof numbers): Promise<boolean> => {
  const groups = await search(role, place, numbers[what]);
  const [kind, field] = (
    {
      case: ["tickets", "ticketNo"],
      order: ["work-orders", "orderNo"],
      receipt: ["receipts", "receiptNo"],
      outside: ["referrals", "outsideNo"],
    } as const
  )[what];
  const group = groups.find((one) => one.kind === kind);
  if (group === undefined) return false;
  expect(group.items.map((item) => item[field])).toEqual([numbers[what]]);
  return true;
};

/** role | place | case | order | receipt | number of an authority: what is found of a household in the north. */
const ROWS = `
agent        | everywhere | yes | yes | yes | yes
agent        | north      | yes | yes | yes | yes
agent        | south      | no  | no  | no | no
area-manager | north      | yes | yes | no | yes
area-manager | south      | no  | no  | no | no
cashier      | north      | yes | no  | yes | no
cashier      | south      | no  | no  | no | no
finance      | everywhere | yes | no  | yes | no
auditor      | everywhere | yes | yes | yes | yes
bank-channel | everywhere | no  | no  | no | no
`
  .trim()
  .split("\n")
  .map((line) => line.split("|").map((cell) => cell.trim()));

describe("the search box", () => {
  test.each(ROWS)(
    "%s of %s finds the case: %s, the order: %s, the receipt: %s, the authority's number: %s",
    async (role, place, ...found) => {
      const told: string[] = [];
      for (const what of ["case", "order", "receipt", "outside"] as const) {
        told.push((await finds(role as Role, place as Place, what)) ? "yes" : "no");
      }
      expect(told).toEqual(found);
    },
  );

  test("reads numbers as people write them, and still finds the household by its own", async () => {
    const written = [
      `工单 ${numbers.case}`,
      numbers.order.toLowerCase().replace("w0", "w"),
      numbers.receipt.toLowerCase(),
      numbers.receipt.replace("-000", "-"),
      `转办编号：${numbers.outside}`,
      "ｚｚ２０２６-０１１７",
    ];
    const found: string[] = [];
    for (const q of written) {
      found.push((await search("agent", "everywhere", q)).map((group) => group.kind).join(" "));
    }
    expect(found).toEqual(["tickets", "work-orders", "receipts", "receipts", "referrals", "referrals"]);
    const groups = await search("agent", "everywhere", NORTH_NO);
    expect(groups.find((group) => group.kind === "accounts")?.items).toEqual([
      expect.objectContaining({ accountNo: NORTH_NO }),
    ]);
    expect(await search("agent", "everywhere", "W999999")).toEqual([]);
    const [outside] = await search("agent", "everywhere", numbers.outside);
    expect(outside?.items).toEqual([
      expect.objectContaining({ authority: "12345", ticketNo: numbers.case, state: "received" }),
    ]);
  });
});
