/** Homes that pay one after the other, each its own bill, once. */
import http from "node:http";
import type { Tally } from "./fault-case.ts";
import { type Payment, paymentOf, payUntilAnswered } from "./pay.ts";
import type { Api } from "./processes.ts";
import { type Clone, HOUSEHOLDS } from "./stage.ts";

export type Payers = {
  /** Everything that was answered with 201. */
  readonly sent: readonly Payment[];
  /** The next `count` homes pay at once. */
  pay(count: number): Promise<void>;
  close(): void;
};

export const createPayers = (tally: Tally, clone: Clone, api: Api): Payers => {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 8 });
  const sent: Payment[] = [];
  let household = 0;
  return {
    sent,
    pay: async (count) => {
      const payments = Array.from({ length: count }, () => {
        household += 1;
        if (household > HOUSEHOLDS.billed) throw new Error("every home has paid");
        return paymentOf(`home-${household}`, household);
      });
      sent.push(...payments);
      for (const payment of payments) {
        const { answer } = await payUntilAnswered(agent, [api.url], clone.token, payment);
        if (answer.status !== 201) tally.problem(`${payment.serial}: ${answer.status} ${answer.body}`);
      }
    },
    close: () => agent.destroy(),
  };
};
