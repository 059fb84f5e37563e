/** One box for households, cases, receipts and work orders: who finds what by its number. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Role } from "#src/platform/actor.ts";
import { formatOrderNo } from "#src/service/field/index.ts";
import { NORTH_NO, type Place, type RightsTown, startRightsTown } from "./rights-town.ts";

let town: RightsTown;
let numbers: Readonly<Record<"case" | "order" | "receipt", string>>;
beforeAll(async () => {
  town = await startRightsTown();
  const { tickets, receipts, "work-orders": orders } = town.northIds;
  const cashier = town.caller("cashier", "everywhere");
  const receipt = await town.send(cashier, "get", `/receipts/${receipts}`);
  numbers = {
    case: tickets,
    order: formatOrderNo(BigInt(orders)),
    receipt: String(receipt.body["receiptNo"]),
  };
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
    } as const
  )[what];
  const group = groups.find((one) => one.kind === kind);
  if (group === undefined) return false;
  expect(group.items.map((item) => item[field])).toEqual([numbers[what]]);
  return true;
};

/** role | place | case | order | receipt: what is found of a household in the north. */
const ROWS = `
agent        | everywhere | yes | yes | yes
agent        | north      | yes | yes | yes
agent        | south      | no  | no  | no
area-manager | north      | yes | yes | no
area-manager | south      | no  | no  | no
cashier      | north      | yes | no  | yes
cashier      | south      | no  | no  | no
finance      | everywhere | yes | no  | yes
auditor      | everywhere | yes | yes | yes
bank-channel | everywhere | no  | no  | no
`
  .trim()
  .split("\n")
  .map((line) => line.split("|").map((cell) => cell.trim()));

describe("the search box", () => {
  test.each(ROWS)(
    "%s of %s finds the case: %s, the order: %s, the receipt: %s",
    async (role, place, ...found) => {
      const told: string[] = [];
      for (const what of ["case", "order", "receipt"] as const) {
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
    ];
    const found: string[] = [];
    for (const q of written) {
      found.push((await search("agent", "everywhere", q)).map((group) => group.kind).join(" "));
    }
    expect(found).toEqual(["tickets", "work-orders", "receipts", "receipts"]);
    const groups = await search("agent", "everywhere", NORTH_NO);
    expect(groups.find((group) => group.kind === "accounts")?.items).toEqual([
      expect.objectContaining({ accountNo: NORTH_NO }),
    ]);
    expect(await search("agent", "everywhere", "W999999")).toEqual([]);
  });
});
