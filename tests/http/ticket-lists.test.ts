import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runProofs } from "#src/money/ledger/index.ts";
import {
  addEntry,
  openTicket,
  rateTicket,
  runTicketCommand,
  setOtherCompany,
  ticketProofs,
} from "#src/service/tickets/index.ts";
import { as, openCase } from "#tests/support/tickets.ts";
import { numbersIn, startTicketEdge, type TicketEdge } from "./ticket-edge.ts";

let db: TicketEdge["db"];
let north: TicketEdge["north"];
let south: TicketEdge["south"];
let stage: TicketEdge;
beforeAll(async () => {
  stage = await startTicketEdge();
  ({ db, north, south } = stage);
});
afterAll(() => stage.stop());
const send: TicketEdge["send"] = (...asked) => stage.send(...asked);
const get = (who: string, path: string) => stage.get(who, path);

describe("the list", () => {
  test("is narrowed by every filter, and read page by page", async () => {
    const opened = [];
    for (let n = 0; n < 3; n += 1) {
      opened.push(await openCase(db, { category: "heat.not-on-time", accountId: south.accountId }));
    }
    const newest = opened.map((one) => one.ticketNo).toReversed();
    const all =
      "state=open&category=heat.not-on-time&severity=urgent&source=reported&account=20000001" +
      `&building=${south.buildingId}&dueBefore=2027-06-01T00:00:00Z`;
    expect(numbersIn(await get("wang", `/tickets?${all}`))).toEqual(newest);
    const first = await get("wang", `/tickets?${all}&limit=2`);
    expect(numbersIn(first)).toEqual(newest.slice(0, 2));
    const cursor = encodeURIComponent(String(first.body["nextCursor"]));
    expect(numbersIn(await get("wang", `/tickets?${all}&limit=2&cursor=${cursor}`))).toEqual(newest.slice(2));
    expect(numbersIn(await get("wang", `/tickets?${all.replace("2027", "2020")}`))).toEqual([]);
    const [one = ""] = newest;
    expect(numbersIn(await get("wang", `/tickets?number=${one}`))).toEqual([one]);
    const misread = `${one.slice(0, -1)}${(Number(one.at(-1)) + 1) % 10}`;
    expect(numbersIn(await get("wang", `/tickets?number=${misread}`))).toEqual([]);
    expect(numbersIn(await get("zhao", `/tickets?${all.replace("account=20000001&", "")}`))).toEqual([]);
  });

  test("says that a clock stands still, and no time that runs down", async () => {
    const { ticketId, ticketNo } = await openCase(db, { accountId: south.accountId });
    const row = async () => {
      const { body } = await get("wang", `/tickets?number=${ticketNo}`);
      return (body["items"] as { paused: boolean; overdue: boolean }[])[0];
    };
    expect(await row()).toMatchObject({ paused: false });
    await as(db, stage.actor("wang"), async (context) => {
      await runTicketCommand(context, ticketId, "accept");
      await runTicketCommand(context, ticketId, "wait", { text: "等用户", pauseReason: "awaiting-customer" });
    });
    expect(await row()).toMatchObject({ paused: true, overdue: false });
  });

  test("of return visits holds what is to be asked, and merging asks for both cases in scope", async () => {
    const { ticketId, ticketNo } = await openCase(db, {
      category: "complaint.charging",
      accountId: north.accountId,
    });
    const wang = stage.actor("wang");
    await as(db, wang, async (context) => {
      await runTicketCommand(context, ticketId, "accept");
      await addEntry(context, ticketId, { kind: "call", evidence: "call-back" });
      await runTicketCommand(context, ticketId, "close", { closingClass: "solved" });
    });
    expect(numbersIn(await get("zhao", "/return-visits"))).toContain(ticketNo);
    const missed = await send("wang", "POST", `/tickets/${ticketNo}/return-visit/missed`);
    expect(missed.body).toMatchObject({ state: "open", attempts: 1 });
    // Whoever does not want to be asked is not asked again; what the household says by itself still counts.
    const refused = await send("wang", "POST", `/tickets/${ticketNo}/return-visit/missed`, {
      result: "refused",
    });
    expect(refused.body).toMatchObject({ state: "not-reached", attempts: 2 });
    expect(numbersIn(await get("zhao", "/return-visits?state=not-reached"))).toContain(ticketNo);
    const rated = await send("wang", "POST", `/tickets/${ticketNo}/rating`, {
      solved: false,
      satisfaction: 2,
    });
    expect(rated.body).toEqual({ ticketNo, reopened: true });

    const foreign = await openCase(db, { accountId: south.accountId });
    const version = Number((await get("zhao", `/tickets/${ticketNo}`)).body["version"]);
    const merge = (who: string) =>
      send(who, "POST", `/tickets/${ticketNo}/merge`, { into: foreign.ticketNo, reason: "x" }, version);
    expect((await merge("zhao")).body["code"]).toBe("ticket.other-not-found");
    expect((await merge("wang")).status).toBe(200);
    const seen = await get("wang", `/tickets/${foreign.ticketNo}`);
    expect(seen.body["related"]).toEqual([{ kind: "merged", ticketNo, state: "merged", outward: true }]);
    const lines = seen.body["timeline"] as { ticketNo: string }[];
    expect(new Set(lines.map((line) => line.ticketNo))).toEqual(new Set([ticketNo, foreign.ticketNo]));
    const taken = await send("wang", "POST", `/tickets/${ticketNo}/unmerge`, { reason: "不同" }, version + 1);
    expect(taken.status).toBe(200);
  });

  test("of categories is changed by rows: words, fields, share", async () => {
    const change = (who: string) =>
      send(who, "PATCH", "/ticket-categories/praise.praise", {
        returnVisitBasisPoints: 10_000,
        words: [{ word: "好师傅", weight: 40 }],
        fields: [
          { name: "about", kind: "text", label: "对象", labelEn: "whom", required: true, choices: [] },
        ],
      });
    expect((await change("wang")).status).toBe(403);
    expect((await change("boss")).status).toBe(200);
    const quick = await send("wang", "POST", "/tickets/quick", {
      channel: "chat",
      text: "遇到了好师傅",
      accountNo: "10000001",
    });
    expect(quick.body["category"]).toBe("praise.praise");
    const refused = await send("wang", "POST", "/tickets", {
      category: "praise.praise",
      channel: "visit",
      summary: "好",
      accountNo: "10000001",
    });
    expect(refused.body["code"]).toBe("ticket.fields-missing");
  });
});

describe("another company's callers", () => {
  test("are told its number, counted once a call, and raise no case", async () => {
    await as(db, db.actor, (context) =>
      setOtherCompany(context, {
        name: "新力热力",
        phone: "0371-60000000",
        communities: ["锦绣城", "书香苑"],
      }),
    );
    const lookUp = (place: string) => send("wang", "POST", "/other-companies/look-up", { place });
    const found = await lookUp("金水区 锦绣 城 3号楼");
    const company = found.body["company"] as { id: string; phone: string };
    expect(company.phone).toBe("0371-60000000");
    // 书香苑N is ours, and its name is the longer one.
    const ours = await lookUp("书香苑N1号楼");
    expect(ours.body["company"]).toBeNull();
    const before = numbersIn(await get("wang", "/tickets?limit=200")).length;
    for (const _ of [1, 2]) {
      const told = await send("wang", "POST", `/other-companies/${company.id}/told`, {
        channel: "phone",
        sourceKey: "call:99",
      });
      expect(told.body).toEqual({ name: "新力热力", phone: "0371-60000000" });
    }
    const listed = (await get("wang", "/other-companies")).body["items"] as { told: number }[];
    expect(listed.map((one) => one.told)).toEqual([1]);
    expect(numbersIn(await get("wang", "/tickets?limit=200")).length).toBe(before);
  });
});

describe("figures", () => {
  test("say what stands above and below the line, never count what was explained as solved, and lead to the cases", async () => {
    db.clock.set("2027-01-10T10:00:00+08:00");
    const finish = async (how: "solved" | "explained", satisfaction?: number): Promise<string> =>
      as(db, stage.actor("wang"), async (context) => {
        const opened = await openTicket(context, {
          category: "suggestion.suggestion",
          channel: "visit",
          summary: "x",
          accountId: south.accountId,
        });
        await runTicketCommand(context, opened.ticketId, "accept");
        await addEntry(context, opened.ticketId, { kind: "call", evidence: "call-back" });
        await runTicketCommand(context, opened.ticketId, "close", { closingClass: how, text: "said why" });
        if (satisfaction !== undefined)
          await rateTicket(context, opened.ticketId, { solved: true, satisfaction });
        return opened.ticketNo;
      });
    const solved = await finish("solved", 5);
    const explained = await finish("explained", 2);
    const open = await openCase(db, { category: "suggestion.suggestion", accountId: south.accountId });
    const query = "from=2027-01-10&to=2027-01-10&category=suggestion";
    const answer = await get("boss", `/ticket-figures?${query}`);
    const figures = new Map(
      (
        answer.body["items"] as { name: string; numerator: number; denominator: number; percent: string }[]
      ).map((item) => [item.name, [item.numerator, item.denominator, item.percent]]),
    );
    expect(figures.get("closing")).toEqual([2, 3, "66.66"]);
    expect(figures.get("solving")).toEqual([1, 3, "33.33"]);
    expect(figures.get("satisfaction")).toEqual([1, 2, "50.00"]);
    expect(figures.get("repeat")).toEqual([2, 2, "100.00"]);
    expect(figures.get("first-visit")).toEqual([0, 0, null]);
    // Due in some days: two were done in time, and the open one counts below the line.
    const due = await get("boss", `/ticket-figures?from=2027-01-10&to=2027-01-31&category=suggestion`);
    const timely = (due.body["items"] as { name: string; percent: string }[]).find(
      ({ name }) => name === "timely",
    );
    expect(timely).toMatchObject({ numerator: 2, denominator: 3, percent: "66.66" });
    const behind = async (part: string) =>
      numbersIn(await get("boss", `/ticket-figures/solving/tickets?${query}&part=${part}`));
    expect(await behind("met")).toEqual([solved]);
    expect(await behind("missed")).toEqual([open.ticketNo, explained]);
    const bound = await get("zhao", `/ticket-figures?${query}`);
    expect((bound.body["items"] as { denominator: number }[]).map((item) => item.denominator)).toEqual(
      Array.from({ length: 7 }, () => 0),
    );
  });
});

test("after all this the rules of cases hold", async () => {
  expect(await runProofs(db.database, ticketProofs)).toEqual([]);
});
