/** One payment sent a thousand times at once, half of them under another key, to two API processes. */
import http from "node:http";
import { incoherences } from "../support/coherent.ts";
import { createTally, type FaultCase } from "../support/fault-case.ts";
import { countMoney } from "../support/outside.ts";
import { type Payment, paymentOf, payUntilAnswered } from "../support/pay.ts";
import { startApi } from "../support/processes.ts";
import { HOUSEHOLDS } from "../support/stage.ts";

const REQUESTS = 1000;

export const identicalPayments: FaultCase = {
  name: "identical-payments",
  run: async ({ stage, full, random, say }) => {
    const tally = createTally();
    const clone = await stage.clone("billed");
    const apis = await Promise.all([startApi(clone), startApi(clone)]);
    const agent = new http.Agent({ keepAlive: true, maxSockets: REQUESTS });
    const sent: Payment[] = [];
    const rounds = full ? 20 : 2;
    for (let round = 0; round < rounds; round += 1) {
      const serial = `same-${round}`;
      const first = paymentOf(serial, random.between(1, HOUSEHOLDS.billed));
      sent.push(first);
      const answers = await Promise.all(
        Array.from({ length: REQUESTS }, (_unused, index) => {
          const payment = { ...first, key: index % 2 === 0 ? serial : `${serial}-other` };
          // Both keys meet both processes.
          const urls = apis.map((api) => api.url);
          return payUntilAnswered(agent, index % 4 < 2 ? urls : urls.toReversed(), clone.token, payment);
        }),
      );
      const different = new Set(answers.map(({ answer }) => `${answer.status} ${answer.body}`));
      const [only] = answers;
      tally.ran(answers.length === REQUESTS);
      if (different.size !== 1 || only?.answer.status !== 201) {
        tally.problem(
          `${serial}: ${different.size} different answers: ${[...different].slice(0, 3).join(" / ")}`,
        );
      }
      const retried = answers.filter(({ retries }) => retries > 0).length;
      say(
        `${serial}: ${answers.length} answers, ${different.size} different, ${retried} of them after a retry`,
      );
    }
    agent.destroy();
    for (const api of apis) {
      await api.stop();
      const defect = api.defect();
      if (defect !== undefined) tally.problem(`a defect in the API's log: ${defect}`);
    }
    tally.counted(await countMoney(clone.url, sent));
    for (const wrong of await incoherences(clone)) tally.problem(wrong);
    await clone.drop();
    return tally.result(100);
  },
};
