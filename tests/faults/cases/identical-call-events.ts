/** One event of a call told a thousand times at once to two API processes, and the whole call in every order besides. */
import { signWebhook } from "#src/platform/webhook-signature.ts";
import { systemClock } from "#src/platform/clock.ts";
import { createTally, type FaultCase } from "../support/fault-case.ts";
import { askOne } from "../support/outside.ts";
import { CTI_SECRET, startApi, startWorker } from "../support/processes.ts";
import { until } from "../support/until.ts";

const REQUESTS = 1000;
const WORK_LIMIT_MS = 120_000;

type Told = { readonly type: string; readonly second: number } & Readonly<Record<string, unknown>>;
const LOST: readonly Told[] = [
  { type: "ringing", second: 0, direction: "inbound", from: "13812340001" },
  { type: "queued", second: 2 },
  { type: "abandoned", second: 40 },
];

/** `turnedAway`: it was told to come again before; an event may have been stored by then, and the answer spoke of its call. */
type Answer = { readonly status: number; readonly text: string; readonly turnedAway: boolean };

const send = async (url: string, events: readonly unknown[]): Promise<Answer> => {
  const body = JSON.stringify({ events });
  for (let turnedAway = false; ; turnedAway = true) {
    const response = await fetch(`${url}/api/v1/hooks/cti`, {
      method: "POST",
      headers: { "content-type": "application/json", ...signWebhook(CTI_SECRET, body, systemClock.now()) },
      body,
    });
    const text = await response.text();
    const { status } = response;
    // An exchange sends again what was not taken.
    if (status !== 503 && status !== 429) return { status, text, turnedAway };
  }
};

/** One answer of each event says stored; none only when a request of that event was turned away before. */
const wronglyStored = (answers: readonly Answer[]): string | null => {
  const stored = answers.filter(({ text }) => text.includes('"stored":1')).length;
  if (stored === 1 || (stored === 0 && answers.some(({ turnedAway }) => turnedAway))) return null;
  return `${stored} answers of one event say stored`;
};

export const identicalCallEvents: FaultCase = {
  name: "identical-call-events",
  run: async ({ stage, full, say }) => {
    const tally = createTally();
    const clone = await stage.clone("billed");
    const apis = await Promise.all([startApi(clone), startApi(clone)]);
    const urls = apis.map((api) => api.url);
    const rounds = full ? 5 : 1;
    for (let round = 0; round < rounds; round += 1) {
      const begun = systemClock.now().getTime() - 60_000;
      const events = LOST.map(({ second, ...told }, n) => ({
        ...told,
        callId: `call-${round}`,
        eventId: `event-${round}-${n}`,
        at: new Date(begun + second * 1000).toISOString(),
      }));
      const eventOf = (index: number): number => (index * 7) % events.length;
      const answers = await Promise.all(
        Array.from({ length: REQUESTS }, (_unused, index) =>
          send(urls[index % urls.length] ?? "", [events[eventOf(index)]]),
        ),
      );
      for (const n of events.keys()) {
        const wrong = wronglyStored(answers.filter((_answer, index) => eventOf(index) === n));
        if (wrong !== null) tally.problem(`call-${round}: ${wrong}`);
      }
      tally.ran(answers.length === REQUESTS);
      const refused = answers.filter(({ status }) => status !== 200);
      if (refused.length > 0)
        tally.problem(`${refused.length} refused: ${refused[0]?.status} ${refused[0]?.text}`);
      const again = answers.filter(({ turnedAway }) => turnedAway).length;
      say(`call-${round}: ${answers.length} answers, ${again} of them after being told to come again`);
    }
    // What an API could not work on for want of a connection is the worker's.
    const worker = startWorker(clone);
    await until("no call waits to be worked on", WORK_LIMIT_MS, async () => {
      const { waiting } = await askOne<{ waiting: number }>(
        clone.url,
        "select count(*)::int as waiting from call_events_waiting",
      );
      return waiting === 0 ? true : null;
    });
    await worker.stop();
    const found = await askOne<{
      events: number;
      calls: number;
      ended: number;
      backs: number;
    }>(
      clone.url,
      `select (select count(*) from call_events)::int as events,
         (select count(*) from calls where state = 'abandoned' and call_back_id is not null)::int as calls,
         (select count(*) from outbox_events where type = 'call.ended')::int as ended,
         (select count(*) from call_backs)::int as backs`,
    );
    const expected = { events: LOST.length * rounds, calls: rounds, ended: rounds };
    tally.counted({
      lost:
        Math.max(0, expected.events - found.events) +
        Math.max(0, expected.calls - found.calls) +
        Math.max(0, expected.ended - found.ended),
      doubled:
        Math.max(0, found.events - expected.events) +
        Math.max(0, found.calls - expected.calls) +
        Math.max(0, found.ended - expected.ended),
    });
    // All rounds are of one number.
    if (found.backs !== 1) tally.problem(`${found.backs} call-backs of one number`);
    for (const api of apis) {
      await api.stop();
      const defect = api.defect();
      if (defect !== undefined) tally.problem(`a defect in the API's log: ${defect}`);
    }
    await clone.drop();
    return tally.result(100);
  },
};
