/**
 * An area is taken from a login while it works: list, search, export and the live feed are empty on its very next request,
 * and its case does not exist for it. The change is made by another process than the one that answers.
 */
import { changeStaff, createStaff } from "#src/office/staff/index.ts";
import { announceLive } from "#src/platform/live-feed.ts";
import { createArea } from "#src/town/grid/index.ts";
import { manRouting, onClone, openCases, PASSWORD } from "../support/cases.ts";
import { createTally, type FaultCase, type Tally } from "../support/fault-case.ts";
import { ask, askOne } from "../support/outside.ts";
import { type Api, startApi } from "../support/processes.ts";
import type { Clone } from "../support/stage.ts";

const CASES = 20;

type Look = (path: string) => Promise<{ readonly status: number; readonly text: string }>;

const logIn = async (api: Api): Promise<Look> => {
  const headers = { "content-type": "application/json", "x-nuan": "1", "sec-fetch-site": "same-origin" };
  const response = await fetch(`${api.url}/api/v1/session`, {
    method: "POST",
    headers,
    body: JSON.stringify({ login: "bound", password: PASSWORD }),
  });
  const cookie = response.headers.get("set-cookie")?.split(";")[0] ?? "";
  if (!response.ok) throw new Error(`no login: ${response.status} ${await response.text()}`);
  return async (path) => {
    const answer = await fetch(`${api.url}/api/v1${path}`, { headers: { ...headers, cookie } });
    return { status: answer.status, text: await answer.text() };
  };
};

/** What the login sees of one case, door by door. */
const see = async (look: Look, ticketNo: string, after: string): Promise<Record<string, boolean>> => {
  const has = async (path: string, sign: string): Promise<boolean> => (await look(path)).text.includes(sign);
  return {
    list: await has("/tickets", ticketNo),
    search: await has(`/tickets?number=${ticketNo}`, `"${ticketNo}"`),
    export: (await look(`/tickets/${ticketNo}/print`)).status === 200,
    case: (await look(`/tickets/${ticketNo}`)).status === 200,
    route: (await look(`/tickets/${ticketNo}/route`)).status === 200,
    live: await has(`/live?follow=no&after=${after}`, "faults.seen"),
  };
};

const announce = async (clone: Clone, areaId: bigint): Promise<string> => {
  await onClone(clone, (run) =>
    run((context) =>
      announceLive(context, { topic: "faults.seen", audience: { areaId }, subject: "ticket:1" }),
    ),
  );
  const { id } = await askOne<{ id: string }>(
    clone.url,
    "select max(id) - 1 as id from live_events where topic = 'faults.seen'",
  );
  return id;
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
  const [ticket] = await ask<{ no: string }>(
    clone.url,
    "select ticket_no as no from tickets order by id desc limit 1",
  );
  const ticketNo = ticket?.no ?? "";
  const look = await logIn(api);
  const after = await announce(clone, areaId);
  const before = await see(look, ticketNo, after);
  const blind = Object.entries(before).filter(([, seen]) => !seen);
  if (blind.length > 0) tally.problem(`with the area not seen: ${blind.map(([door]) => door).join(", ")}`);
  await onClone(clone, (run) =>
    run(async (context) => changeStaff(context, staffId, 1, { areaIds: [otherArea] })),
  );
  const afterwards = await see(look, ticketNo, after);
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
