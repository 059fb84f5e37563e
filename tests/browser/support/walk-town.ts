/** A town with something on every page: a bank day with differences, cases, an incident, a notice, a round of tests, a receipt. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { must } from "#src/kernel/errors.ts";
import { until } from "#tests/support/until.ts";
import { apiAs } from "./api.ts";
import { type BrowserTown, PASSWORD } from "./town.ts";

const CHANNEL = "bank-b";
const DAY = "2026-11-24";
const ACCOUNT_NO = "101000208";

/** What stands for a parameter of an address: "/tickets/$ticketNo" > the number of a case that is there. */
export type Samples = Readonly<Record<string, string>>;

type Id = { readonly id: string };
type Items<Row> = { readonly items: readonly Row[] };
const first = <Row>({ items }: Items<Row>, what: string): Row => must(items[0], what);

/** Two files of a bank: one posted with its differences, one that waits to be looked at. */
const bankFiles = async (town: BrowserTown): Promise<Samples> => {
  const folder = mkdtempSync(path.join(tmpdir(), "nuanyang-walk-"));
  const file = path.join(folder, "bank.txt");
  const order = ["--channel", CHANNEL, "--payments", "40"];
  await town.nuan(["demo", "bank-file", file, "--day", DAY, ...order]);
  const bring = (): Promise<string> => town.nuan(["bank", "import", file, "--channel", CHANNEL]);
  const refused: unknown = await bring().catch((error: unknown) => error);
  if (!String(refused).includes("in doubt")) throw refused;
  await agreeByTwo(town);
  await bring();
  const next = path.join(folder, "next.txt");
  await town.nuan(["demo", "bank-file", next, "--day", "2026-11-23", ...order]);
  const draftId = await sendFile(town.url, next);
  rmSync(folder, { recursive: true, force: true });
  const finance = await apiAs(town.url, "finance");
  const posted = first(await finance.get<Items<Id>>("/bank-imports"), "the posted file");
  return {
    "/finance/bank-days/$channel/$day": `/finance/bank-days/${CHANNEL}/${DAY}`,
    "/finance/imports/$id": `/finance/imports/${draftId}`,
    "/finance/imported/$id": `/finance/imported/${posted.id}`,
  };
};

/** One line of the file names nobody: finance asks, the approver agrees. */
const agreeByTwo = async (town: BrowserTown): Promise<void> => {
  const finance = await apiAs(town.url, "finance");
  const { id } = first(await finance.get<Items<Id>>("/bank-drafts"), "the held file");
  const { approval } = await finance.post<{ approval: Id }>(`/bank-drafts/${id}/confirmation`, {});
  const approver = await apiAs(town.url, "approver");
  await approver.post(`/approvals/${approval.id}/decision`, { decision: "approved" });
};

const sendFile = async (url: string, file: string): Promise<string> => {
  const entered = await fetch(`${url}/api/v1/session`, {
    method: "POST",
    headers: { "X-Nuan": "1", Origin: url, "Content-Type": "application/json" },
    body: JSON.stringify({ login: "finance", password: PASSWORD }),
  });
  const cookie = (entered.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
  const sent = await fetch(`${url}/api/v1/bank-drafts?fileName=next.txt&channel=${CHANNEL}`, {
    method: "POST",
    headers: { "X-Nuan": "1", Origin: url, cookie, "Content-Type": "application/octet-stream" },
    body: readFileSync(file),
  });
  if (!sent.ok) throw new Error(`the file was refused: ${sent.status} ${await sent.text()}`);
  return ((await sent.json()) as Id).id;
};

const cases = async (town: BrowserTown): Promise<Samples> => {
  const agent = await apiAs(town.url, "agent");
  for (const category of ["heat.not-hot", "heat.unsteady", "fault.radiator"]) {
    await agent.post("/tickets", { category, channel: "phone", accountNo: ACCOUNT_NO, summary: "客厅不热" });
  }
  const { ticketNo } = first(
    await agent.get<Items<{ ticketNo: string }>>("/tickets?state=open"),
    "an open case",
  );
  const order = await agent.post<Id>(`/tickets/${ticketNo}/work-orders`, { kind: "repair" });
  const { building } = await agent.get<{ building: Id }>(`/accounts/${ACCOUNT_NO}`);
  const incident = await agent.post<Id>("/incidents", {
    kind: "heat-outage",
    buildingIds: [building.id],
    script: "本楼换热站检修，预计今晚恢复。",
  });
  const referral = await agent.post<Id>("/referrals", {
    authority: "petition",
    outsideNo: "XF-0001",
    demand: "反映室温不达标",
    accountNo: ACCOUNT_NO,
    receivedAt: `${DAY}T09:00:00+08:00`,
    dueAt: "2026-11-26T09:00:00+08:00",
  });
  await town.nuan(["simulate", "call", "--from", "13800001234", "--agent", "8001"]);
  return {
    "/tickets/$ticketNo": `/tickets/${ticketNo}`,
    "/my/cases/$ticketNo": `/my/cases/${ticketNo}`,
    "/my/visits/$id": `/my/visits/${order.id}`,
    "/incidents/$id": `/incidents/${incident.id}`,
    "/referrals/$id": `/referrals/${referral.id}`,
    "/households/$accountNo": `/households/${ACCOUNT_NO}`,
    "/finance/corrections/$accountNo": `/finance/corrections/${ACCOUNT_NO}`,
    building: building.id,
  };
};

/** A round of tests, whose notice of a week before is a notice like any other. */
const tests = async (town: BrowserTown, buildingId: string): Promise<Samples> => {
  const supervisor = await apiAs(town.url, "supervisor");
  const round = await supervisor.post<{ id: string; tests: readonly { testNo: string }[] }>(
    "/pressure-rounds",
    {
      kind: "pressure",
      pressure: { requiredKpa: 900, holdMinutes: 30, allowedDropKpa: 20 },
      buildingIds: [buildingId],
      startsAt: "2026-12-03T08:00:00+08:00",
      endsAt: "2026-12-03T18:00:00+08:00",
      contactName: "赵师傅",
      contactNumber: "0371-60000000",
    },
  );
  await supervisor.post(`/pressure-rounds/${round.id}/announce`, { stage: "week-before" });
  const notice = first(await supervisor.get<Items<Id>>("/notices"), "the notice of the round");
  const testNo = must(round.tests[0], "a test").testNo;
  return {
    "/pressure-tests/rounds/$roundId": `/pressure-tests/rounds/${round.id}`,
    "/pressure-tests/$testId": `/pressure-tests/${testNo}`,
    "/notices/$noticeId": `/notices/${notice.id}`,
    "/notices/$noticeId/edit": `/notices/${notice.id}/edit`,
  };
};

const receipt = async (town: BrowserTown): Promise<Samples> => {
  const cashier = await apiAs(town.url, "cashier1");
  const { id: shiftId } = await cashier.post<Id>("/shifts", { till: "T01", openingCashFen: 0 });
  const { receiptId } = await cashier.post<{ receiptId: string }>("/counter-payments", {
    shiftId,
    tender: "cash",
    items: [{ accountNo: ACCOUNT_NO, amountFen: 10_000 }],
  });
  return { "/receipts/$receiptId": `/receipts/${receiptId}` };
};

/** Fills the town on its 24 November, and lets the next morning come. */
export const fillTown = async (town: BrowserTown): Promise<Samples> => {
  await town.setClock(`${DAY}T10:00:00+08:00`);
  await town.nuan(["bills", "issue", "--season", "2026"]);
  const ofCases = await cases(town);
  const samples = {
    ...ofCases,
    ...(await tests(town, must(ofCases["building"], "a building"))),
    ...(await receipt(town)),
    ...(await bankFiles(town)),
    "/sheets/$day/$sheet": `/sheets/${DAY}/collection`,
    "/lists/$name": `/lists/received?from=${DAY}&to=${DAY}`,
    // No day is certified here: what it says of a list that is not there is looked at as well.
    "/finance/closing-lists/$id": "/finance/closing-lists/1",
  };
  await town.setClock("2026-11-25T08:05:00+08:00");
  // Every process looks at the timetable when it starts: nobody has to wait for the next minute.
  await town.restart();
  const supervisor = await apiAs(town.url, "supervisor");
  await until("the morning's sheets are frozen", async () =>
    (await supervisor.get<Items<{ day: string }>>("/morning-sheets")).items.some(({ day }) => day === DAY),
  );
  return samples;
};
