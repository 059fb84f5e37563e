/** Two agents at two API processes change the same case at the same moment, over and over; and both open it twice. */
import { createTally, type FaultCase } from "../support/fault-case.ts";
import { askOne, type Count } from "../support/outside.ts";
import { incoherences } from "../support/coherent.ts";
import { type Api, nuan, startApi } from "../support/processes.ts";
import { monotonicMs } from "#src/platform/clock.ts";
import { setTimeout as delay } from "node:timers/promises";
import { plantedAccountNo } from "#tests/support/town.ts";

const CASES = 30;
const CHANGES_EACH = 3;
const ANSWER_LIMIT_MS = 60_000;

type Reply = { readonly status: number; readonly body: Record<string, unknown> };
type Agent = { readonly api: Api; readonly token: string; readonly name: string };
type Change = { readonly ticketNo: string; readonly text: string };

const isNotYet = ({ status, body }: Reply): boolean =>
  status === 503 || status === 429 || body["code"] === "request.in-flight";

/** Sends until there is an answer that means something. */
const send = async (
  agent: Agent,
  method: string,
  path: string,
  json: unknown,
  headers: Record<string, string>,
): Promise<Reply> => {
  const deadline = monotonicMs() + ANSWER_LIMIT_MS;
  for (;;) {
    const response = await fetch(`${agent.api.url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${agent.token}`, "content-type": "application/json", ...headers },
      body: JSON.stringify(json),
    });
    const reply = { status: response.status, body: (await response.json()) as Record<string, unknown> };
    if (!isNotYet(reply)) return reply;
    if (monotonicMs() > deadline) throw new Error(`${method} ${path} got no answer but ${reply.status}`);
    await delay(20);
  }
};

/**
 * Changes a case as a person does: with the version that was read, and again with the newer one when somebody was first.
 * Answers how often somebody was.
 */
const change = async (agent: Agent, wanted: Change, problem: (text: string) => void): Promise<number> => {
  for (let version = 1, refused = 0; ; refused += 1) {
    const { status, body } = await send(
      agent,
      "PATCH",
      `/tickets/${wanted.ticketNo}`,
      { summary: wanted.text },
      { "if-match": `"${version}"` },
    );
    if (status === 200) return refused;
    const facts = (body["facts"] ?? {}) as { version?: number; changes?: { by: string }[] };
    const told = facts.changes ?? [];
    if (status !== 412 || facts.version === undefined || told.length === 0) {
      problem(`${wanted.text}: ${status} ${JSON.stringify(body)}`);
      return refused;
    }
    version = facts.version;
  }
};

/** Lost: an answered change without its line. Doubled: more lines or cases than were answered. */
const count = (url: string, changes: readonly Change[], cases: number): Promise<Count> =>
  askOne<Count>(
    url,
    `
    with wanted as (select * from unnest($1::text[], $2::text[]) w (ticket_no, text)),
    lines as (
      select t.ticket_no, t.version, (select count(*) from ticket_entries e
        where e.ticket_id = t.id and e.kind = 'correction') as corrections,
        (select count(*) from outbox_events o where o.subject = 'ticket:' || t.id and o.type = 'ticket.corrected') as told
      from tickets t
    ), asked as (select ticket_no, count(*) as n from wanted group by ticket_no)
    select coalesce(sum(greatest(asked.n - least(lines.corrections, lines.told, lines.version - 1), 0)), 0)::int as lost,
      (coalesce(sum(greatest(greatest(lines.corrections, lines.told, lines.version - 1) - asked.n, 0)), 0)
        + greatest((select count(*) from tickets) - $3::int, 0))::int as doubled
    from asked join lines using (ticket_no)`,
    [changes.map((one) => one.ticketNo), changes.map((one) => one.text), cases],
  );

export const twoAgentsOneCase: FaultCase = {
  name: "two-agents-one-case",
  run: async ({ stage, full, say }) => {
    const tally = createTally();
    const clone = await stage.clone("billed");
    const names = ["agent-one", "agent-two"];
    const agents: Agent[] = [];
    for (const name of names) {
      const { token } = await nuan(clone, ["token", "create", "--role", "agent", "--name", name]);
      if (typeof token !== "string") throw new Error("nuan token create gave no token");
      agents.push({ api: await startApi(clone), token, name });
    }
    const [first, second] = agents;
    if (first === undefined || second === undefined) throw new Error("there are two agents");
    const cases = full ? CASES * 10 : CASES;
    const changes: Change[] = [];
    for (let index = 0; index < cases; index += 1) {
      const wanted = {
        accountNo: plantedAccountNo(index + 1),
        category: "heat.not-hot",
        channel: "phone",
        summary: "not hot",
      };
      // One tap that arrives twice, at both processes.
      const opened = await Promise.all(
        agents.map(({ api }) =>
          send({ ...first, api }, "POST", "/tickets", wanted, { "idempotency-key": `tap-${index}` }),
        ),
      );
      const numbers = new Set(opened.map(({ body }) => body["ticketNo"]));
      const [ticketNo] = numbers;
      if (numbers.size !== 1 || typeof ticketNo !== "string") {
        tally.problem(
          `case ${index}: ${opened.map(({ status }) => status).join(", ")} ${[...numbers].join(" / ")}`,
        );
        continue;
      }
      for (let round = 0; round < CHANGES_EACH; round += 1) {
        const mine = agents.map((agent) => ({ ticketNo, text: `${agent.name} ${round} on ${ticketNo}` }));
        changes.push(...mine);
        const refused = await Promise.all(
          agents.map(async (agent, at) =>
            change(agent, mine[at] ?? { ticketNo, text: "" }, (text) => tally.problem(text)),
          ),
        );
        // Somebody was first and the other was told.
        tally.ran(refused.some((times) => times > 0));
      }
    }
    say(`${cases} cases, ${changes.length} changes by two agents`);
    for (const { api } of agents) {
      await api.stop();
      const defect = api.defect();
      if (defect !== undefined) tally.problem(`a defect in the API's log: ${defect}`);
    }
    tally.counted(await count(clone.url, changes, cases));
    for (const wrong of await incoherences(clone)) tally.problem(wrong);
    await clone.drop();
    return tally.result(100);
  },
};
