/** Doors of an area that wait for their valve: shut by its manager, paid at the counter, raised by the worker. */
import { type Api, apiAs } from "./api.ts";
import type { BrowserTown } from "./town.ts";
import { until } from "#tests/support/until.ts";

type Groups = { readonly groups: readonly { kind: string; items: readonly { accountNo?: string }[] }[] };
type Day = { readonly valves: readonly { doors: number }[] };

const accountsOf = async (area: Api): Promise<string[]> => {
  const { items } = await area.get<{ items: readonly { id: string; name: string }[] }>(
    "/network/communities",
  );
  const found: string[] = [];
  // The first communities lie in the first area.
  for (const { id, name } of items.slice(0, 2)) {
    const { buildings } = await area.get<{ buildings: readonly { name: string }[] }>(
      `/network/communities/${id}/buildings`,
    );
    for (const building of buildings.slice(0, 3)) {
      const { groups } = await area.post<Groups>("/search", { q: `${name}${building.name}`, limit: 50 });
      for (const { items: rows } of groups) found.push(...rows.flatMap(({ accountNo }) => accountNo ?? []));
    }
  }
  return [...new Set(found)];
};

/** Answers the accounts whose valves now wait, `doors` of them. */
export const makeValvesWait = async (town: BrowserTown, login: string, doors: number): Promise<string[]> => {
  await town.nuan(["bills", "issue", "--season", "2026"]);
  const area = await apiAs(town.url, login);
  const cashier = await apiAs(town.url, "cashier1");
  const { id: shiftId } = await cashier.post<{ id: string }>("/shifts", { till: "T01", openingCashFen: 0 });
  const { now } = await area.get<{ now: string }>("/session");
  const effectiveOn = new Date(Date.parse(now) + 8 * 3_600_000).toISOString().slice(0, 10);
  const waiting: string[] = [];
  for (const accountNo of await accountsOf(area)) {
    if (waiting.length === doors) break;
    const account = await area.get<{
      version: number;
      chargePoints: { valve: { state: string } | null; supply: { state: string } | null }[];
    }>(`/accounts/${accountNo}`);
    const [point] = account.chargePoints;
    if (
      account.chargePoints.length !== 1 ||
      point?.valve?.state !== "open" ||
      point.supply?.state !== "supplied"
    )
      continue;
    const bills = await area.get<{ items: { openFen: number; state: string }[] }>(
      `/accounts/${accountNo}/bills`,
    );
    const amountFen = bills.items.reduce(
      (sum, { openFen, state }) => (state === "cancelled" ? sum : sum + openFen),
      0,
    );
    if (amountFen === 0) continue;
    const change = { machine: "valve", command: "close", reason: "年度检修后关阀", effectiveOn };
    await area.post(`/accounts/${accountNo}/states`, change, { ifMatch: account.version });
    await cashier.post("/counter-payments", { shiftId, tender: "cash", items: [{ accountNo, amountFen }] });
    waiting.push(accountNo);
  }
  if (waiting.length < doors) throw new Error(`only ${waiting.length} homes can wait`);
  await until("the valves wait", async () => {
    const { valves } = await area.get<Day>("/my-day");
    return valves.reduce((sum, one) => sum + one.doors, 0) >= doors;
  });
  return waiting;
};
