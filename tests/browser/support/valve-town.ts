/** Doors of an area that wait for their valve: shut by its manager, paid at the counter, raised by the worker. */
import { type Api, apiAs } from "./api.ts";
import type { BrowserTown } from "./town.ts";
import { until } from "#tests/support/until.ts";

type Day = { readonly valves: readonly { doors: number }[] };

/** Homes of the areas of `login`, as one walks: stairwell by stairwell, floor by floor. */
const homesOf = async (town: BrowserTown, login: string): Promise<readonly string[]> => {
  const rows = await town.sql<{ accountNo: string }>(
    `select account.account_no as "accountNo" from heat_accounts account
       join premises on premises.id = account.premises_id
       join service_area_buildings served on served.building_id = premises.building_id and upper(served.valid) is null
       join staff_areas on staff_areas.area_id = served.area_id and upper(staff_areas.valid) is null
       join staff_members on staff_members.id = staff_areas.staff_id
     where staff_members.login = '${login}'
     order by premises.building_id, premises.unit_id, premises.floor, premises.door`,
  );
  return rows.map(({ accountNo }) => accountNo);
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
  for (const accountNo of await homesOf(town, login)) {
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

/** Its clock stands still, once it was given to somebody: until then its version moves on by itself. */
export const putOnHold = async (agent: Api, ticketNo: string): Promise<void> => {
  const read = () => agent.get<{ version: number; state: string }>(`/tickets/${ticketNo}`);
  await until("the case is given to somebody", async () => (await read()).state === "assigned");
  const move = async (body: object): Promise<unknown> =>
    agent.post(`/tickets/${ticketNo}/commands`, body, { ifMatch: (await read()).version });
  await move({ command: "accept", text: "代为接单" });
  await move({ command: "wait", text: "等配件", pauseReason: "parts" });
};
