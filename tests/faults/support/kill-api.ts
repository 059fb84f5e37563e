/** The API killed at a failpoint of its commands, under a client that does not give up. */
import http from "node:http";
import type { CaseResult, FaultContext, Tally } from "./fault-case.ts";
import { createTally } from "./fault-case.ts";
import { incoherences } from "./coherent.ts";
import { countMoney, postedSerials } from "./outside.ts";
import { type Payment, paymentOf, payUntilAnswered, send } from "./pay.ts";
import { type Api, startApi } from "./processes.ts";
import { type Clone, HOUSEHOLDS } from "./stage.ts";

export type ApiFailpoint = "before-commit" | "after-commit";

const PAYMENTS_A_ROUND = 12;

/** One death: a dozen payments at once, the process dies in one of them, the client goes on with the other process. */
const round = async (
  tally: Tally,
  clone: Clone,
  apis: { readonly doomed: Api; readonly spare: Api },
  name: ApiFailpoint,
  payments: readonly Payment[],
): Promise<void> => {
  const agent = new http.Agent({ keepAlive: true });
  const { doomed, spare } = apis;
  const first = await Promise.all(payments.map((payment) => send(agent, doomed.url, clone.token, payment)));
  const ending = await doomed.ended;
  const unanswered = payments.filter((_payment, index) => first[index] === null);
  const posted = await postedSerials(
    clone.url,
    unanswered.map((payment) => payment.serial),
  );
  const committed = unanswered.filter((payment) => posted.has(payment.serial));
  const hit = name === "after-commit" ? committed.length > 0 : unanswered.length > committed.length;
  tally.ran(ending.signal === "SIGKILL" && hit);
  for (const repetition of ["second", "third"]) {
    const answers = await Promise.all(
      payments.map((payment) => payUntilAnswered(agent, [spare.url], clone.token, payment)),
    );
    for (const [index, { answer }] of answers.entries()) {
      const before = first[index];
      const serial = payments[index]?.serial ?? "";
      if (answer.status !== 201) {
        tally.problem(`${serial}: ${repetition} answer is ${answer.status} ${answer.body}`);
      } else if (before === null || before === undefined) {
        first[index] = answer;
      } else if (before.body !== answer.body || before.status !== answer.status) {
        tally.problem(`${serial}: the ${repetition} answer differs: ${before.body} / ${answer.body}`);
      }
    }
  }
  agent.destroy();
};

/** Kills one API process a round; the other one lives and answers. The next process starts while a round is on. */
export const killApi = async (context: FaultContext, name: ApiFailpoint): Promise<CaseResult> => {
  const { stage, random, full } = context;
  const rounds = full ? 100 : 5;
  const tally = createTally();
  const clone = await stage.clone("billed");
  const spare = await startApi(clone);
  const next = (): Promise<Api> =>
    startApi(clone, { failpoint: `${name}:${random.between(1, PAYMENTS_A_ROUND)}` });
  const sent: Payment[] = [];
  let coming = next();
  for (let index = 0; index < rounds; index += 1) {
    const doomed = await coming;
    const payments = Array.from({ length: PAYMENTS_A_ROUND }, (_unused, place) =>
      paymentOf(`${name}-${index}-${place}`, random.between(1, HOUSEHOLDS.billed)),
    );
    sent.push(...payments);
    if (index + 1 < rounds) {
      coming = next();
      coming.catch(() => undefined);
    }
    await round(tally, clone, { doomed, spare }, name, payments);
  }
  await spare.stop();
  tally.counted(await countMoney(clone.url, sent));
  for (const wrong of await incoherences(clone)) tally.problem(wrong);
  await clone.drop();
  return tally.result(100);
};
