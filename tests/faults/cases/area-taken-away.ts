/**
 * An area is taken from a login while it works: list, search box, export of calls and the live feed are empty on its very next
 * request, its case does not exist for it, and the file of an export that it had asked for before is refused. The change is made by another process than the one that answers.
 */
import { changeStaff, createStaff } from "#src/office/staff/index.ts";
import { setOwner } from "#src/service/tickets/index.ts";
import { refreshSearchTerms } from "#src/town/accounts/index.ts";
import { createArea } from "#src/town/grid/index.ts";
import { manRouting, onClone, openCases, PASSWORD, writeExportsOn } from "../support/cases.ts";
import { createTally, type FaultCase, type Tally } from "../support/fault-case.ts";
import { ask, askOne } from "../support/outside.ts";
import { type Api, startApi } from "../support/processes.ts";
import type { Clone } from "../support/stage.ts";

const CASES = 20;

type Look = (path: string, body?: unknown) => Promise<{ readonly status: number; readonly text: string }>;

const logIn = async (api: Api): Promise<Look> => {
  const headers = { "content-type": "application/json", "x-nuan": "1", "sec-fetch-site": "same-origin" };
  const response = await fetch(`${api.url}/api/v1/session`, {
    method: "POST",
    headers,
    body: JSON.stringify({ login: "bound", password: PASSWORD }),
  });
  const cookie = response.headers.get("set-cookie")?.split(";")[0] ?? "";
  if (!response.ok) throw new Error(`no login: ${response.status} ${await response.text()}`);
  return async (path, body) => {
    const answer = await fetch(`${api.url}/api/v1${path}`, {
      headers: { ...headers, cookie },
      ...(body !== undefined && { method: "POST", body: JSON.stringify(body) }),
    });
    return { status: answer.status, text: await answer.text() };
  };
};

type Work = {
  readonly ticketId: string;
  readonly ticketNo: string;
  readonly accountNo: string;
  /** Of the live feed, before anything happened to the case. */
  readonly after: string;
};

/** Asks for the call log as a table, and has it written. */
const exportCalls = async (look: Look, clone: Clone): Promise<string> => {
  const asked = await look("/hotline/calls/export", { purpose: "area taken away" });
  if (asked.status !== 202) throw new Error(`no export: ${asked.status} ${asked.text}`);
  await writeExportsOn(clone);
  return (JSON.parse(asked.text) as { id: string }).id;
};

/** What the login sees of one case and its household, door by door; `kept` is an export of before. */
const see = async (look: Look, clone: Clone, work: Work, kept: string): Promise<Record<string, boolean>> => {
  const { ticketId, ticketNo, accountNo, after } = work;
  const has = async (sign: string, path: string, body?: unknown): Promise<boolean> =>
    (await look(path, body)).text.includes(sign);
  return {
    list: await has(ticketNo, "/tickets"),
    number: await has(`"${ticketNo}"`, `/tickets?number=${ticketNo}`),
    "search of the case": await has(`"${ticketNo}"`, "/search", { q: ticketNo }),
    "search of the household": await has(`"${accountNo}"`, "/search", { q: accountNo }),
    "export of calls": await has(accountNo, `/exports/${await exportCalls(look, clone)}/file`),
    "file of an export of before": await has(accountNo, `/exports/${kept}/file`),
    print: (await look(`/tickets/${ticketNo}/print`)).status === 200,
    case: (await look(`/tickets/${ticketNo}`)).status === 200,
    route: (await look(`/tickets/${ticketNo}/route`)).status === 200,
    live: await has(`ticket:${ticketId}`, `/live?follow=no&after=${after}`),
  };
};

/** A case that is put on the area's list, as routing does it, and a call of its household today. */
const workOnCase = async (clone: Clone, areaId: bigint): Promise<Work> => {
  const found = await askOne<Work & { readonly accountId: string }>(
    clone.url,
    `select t.id as "ticketId", t.ticket_no as "ticketNo", account.account_no as "accountNo", account.id as "accountId",
       (select coalesce(max(id), 0) from live_events) as after
     from tickets t join heat_accounts account on account.id = t.account_id order by t.id desc limit 1`,
  );
  await onClone(clone, (run) =>
    run(async (context) => {
      // The households were planted by rows, and the search box reads terms.
      await refreshSearchTerms(context.sql, [BigInt(found.accountId)], context.today);
      await setOwner(context, BigInt(found.ticketId), {
        staffId: null,
        role: "area-manager",
        areaId,
        level: "area",
      });
    }),
  );
  await ask(
    clone.url,
    `insert into calls (provider, provider_call_id, number, state, outcome, began_at, finished_at, account_id)
     select 'cti', 'faults-1', '+8613812340001', 'ended', 'answered', now(), now(), account_id from tickets where id = $1`,
    [found.ticketId],
  );
  return found;
};

/** An agent bound to the area of all buildings, and another area that serves none. */
const manWithBound = async (clone: Clone) => {
  const { areaId } = await manRouting(clone);
  return onClone(clone, (run) =>
    run(async (context) => {
      const otherArea = await createArea(context, { code: "W2", name: "W2", level: "area", parentId: null });
      const bound = await createStaff(context, {
        login: "bound",
        displayName: "bound",
        roles: ["agent"],
        password: PASSWORD,
        areaIds: [areaId],
      });
      return { areaId, otherArea, staffId: bound.id };
    }),
  );
};

const takeAway = async (tally: Tally, clone: Clone, api: Api): Promise<void> => {
  const { areaId, otherArea, staffId } = await manWithBound(clone);
  await openCases(clone, CASES);
  const work = await workOnCase(clone, areaId);
  const look = await logIn(api);
  const kept = await exportCalls(look, clone);
  const before = await see(look, clone, work, kept);
  const blind = Object.entries(before).filter(([, seen]) => !seen);
  if (blind.length > 0) tally.problem(`with the area not seen: ${blind.map(([door]) => door).join(", ")}`);
  await onClone(clone, (run) =>
    run(async (context) => changeStaff(context, staffId, 1, { areaIds: [otherArea] })),
  );
  const afterwards = await see(look, clone, work, kept);
  for (const [door, seen] of Object.entries(afterwards)) {
    tally.ran(true);
    if (seen) tally.problem(`without the area still seen: ${door}`);
  }
};

export const areaTakenAway: FaultCase = {
  name: "area-taken-away",
  run: async ({ stage, say }) => {
    const tally = createTally();
    const clone = await stage.clone("billed");
    const api = await startApi(clone);
    await takeAway(tally, clone, api);
    say("an area was taken from a login that was at work: nothing of it is seen on the next request");
    await api.stop();
    const defect = api.defect();
    if (defect !== undefined) tally.problem(`a defect in the API's log: ${defect}`);
    await clone.drop();
    return tally.result(100);
  },
};
