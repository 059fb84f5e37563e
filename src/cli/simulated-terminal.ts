/**
 * Stands where the gateway of the tills' terminals stands (模拟收款终端): shows what it is told, and a customer pays after a
 * moment. It holds all of it in memory. The protocol stands in src/money/collection/terminal-port.ts.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { z } from "zod";

const order = z.strictObject({
  till: z.string().min(1).max(12),
  kind: z.enum(["card", "qr"]),
  amountFen: z.int().positive(),
});

type Charge = z.output<typeof order> & {
  state: "shown" | "approved" | "declined" | "cancelled";
  terminalNo?: string;
};

export type SimulatedTerminal = {
  readonly url: string;
  /** Everything that was ever shown, by its reference. */
  readonly charges: ReadonlyMap<string, Charge>;
  /** The customer pays, or does not; nothing happens to a charge that has ended. */
  end(reference: string, how: "approved" | "declined"): void;
  /** From now on answers are lost (`true`) although what was asked is done. */
  loseAnswers(lost: boolean): void;
  /** From now on amounts to show are still on their way (`true`): nobody hears of them; `false` lets all of them arrive. */
  keepOnTheWay(kept: boolean): void;
  stop(): Promise<void>;
};

export type TerminalOptions = {
  /** 0: whichever is free. */
  readonly port: number;
  readonly token: string;
  /** The customer pays as soon as somebody looks; else only by `end`. */
  readonly paysWhenLookedAt: boolean;
  /** Every so many is declined; 0: none. */
  readonly declineEvery: number;
  say(line: string): void;
};

/** What a terminal does with a charge; no network in it. */
const createCharges = (options: TerminalOptions) => {
  const charges = new Map<string, Charge>();
  const end = (reference: string, how: "approved" | "declined"): void => {
    const charge = charges.get(reference);
    if (charge?.state !== "shown") return;
    charge.state = how;
    if (how === "approved") charge.terminalNo = `SIM${String(charges.size).padStart(8, "0")}`;
    options.say(
      `${charge.till} ${how === "approved" ? "已支付 paid" : "未支付 declined"} ${charge.amountFen} 分`,
    );
  };
  const show = (reference: string, asked: z.output<typeof order>): Charge => {
    const known = charges.get(reference);
    if (known !== undefined) return known;
    const charge: Charge = { ...asked, state: "shown" };
    charges.set(reference, charge);
    options.say(
      `${asked.till} ${asked.kind === "qr" ? "请扫码 QR code" : "请刷卡 card"} ${asked.amountFen} 分`,
    );
    return charge;
  };
  const look = (reference: string): Charge | undefined => {
    const charge = charges.get(reference);
    if (charge?.state === "shown" && options.paysWhenLookedAt) {
      const isDeclined = options.declineEvery > 0 && charges.size % options.declineEvery === 0;
      end(reference, isDeclined ? "declined" : "approved");
    }
    return charge;
  };
  const cancel = (reference: string): Charge | undefined => {
    const charge = charges.get(reference);
    if (charge?.state === "shown") charge.state = "cancelled";
    return charge;
  };
  return { charges, end, show, look, cancel };
};

/** Listens on loopback until it is stopped. */
export const startSimulatedTerminal = async (options: TerminalOptions): Promise<SimulatedTerminal> => {
  const house = createCharges(options);
  let isLosing = false;
  let onTheWay: (() => void)[] | null = null;
  const answer = (response: ServerResponse, status: number, body: object): void => {
    if (isLosing) {
      response.destroy();
      return;
    }
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(body));
  };
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const reference = /^\/charges\/([0-9a-f-]{36})$/.exec(request.url ?? "")?.[1];
    if (request.headers.authorization !== `Bearer ${options.token}`)
      return answer(response, 401, { code: "token" });
    if (reference === undefined) return answer(response, 404, { code: "no-address" });
    if (request.method === "PUT") {
      const asked = order.safeParse(await json(request));
      if (!asked.success) return answer(response, 400, { code: "unreadable" });
      if (onTheWay !== null) {
        onTheWay.push(() => void house.show(reference, asked.data));
        response.destroy();
        return;
      }
      return answer(response, 200, house.show(reference, asked.data));
    }
    const charge = request.method === "DELETE" ? house.cancel(reference) : house.look(reference);
    return charge === undefined
      ? answer(response, 404, { code: "unknown-charge" })
      : answer(response, 200, { state: charge.state, terminalNo: charge.terminalNo });
  };
  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      options.say(error instanceof Error ? error.message : String(error));
      response.destroy();
    });
  });
  server.listen(options.port, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    charges: house.charges,
    end: house.end,
    loseAnswers: (lost) => {
      isLosing = lost;
    },
    keepOnTheWay: (kept) => {
      const arriving = onTheWay ?? [];
      onTheWay = kept ? arriving : null;
      if (!kept) for (const arrive of arriving) arrive();
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
};
