/**
 * Stands where Twilio's message API stands, over real HTTP: creates messages, gives them out by SID and by number, and signs its
 * status callbacks as Twilio does. It keeps its own log.
 */
import { randomBytes } from "node:crypto";
import twilioWebhooks from "twilio/lib/webhooks/webhooks.js";
import {
  ACCEPT,
  bodyOf,
  carryOut,
  createRecorder,
  listen,
  onTheRoad,
  type ProviderLog,
  type Road,
  type Script,
  type Taken,
} from "./behaviour.ts";

type Kept = { status: string; errorCode: number | null; readonly callback: string; readonly taken: Taken };

export type TwilioSimulator = {
  /** TWILIO_API_URL. */
  readonly url: string;
  readonly log: ProviderLog;
  behave(script: Script): void;
  /** Requests whose login was not ours. */
  readonly forged: () => number;
  /** How it stands now, for questions. */
  setStatus(sid: string, status: string, errorCode?: number): void;
  /** Calls back for everything taken: sent, then how it ended. The address is the one that the create named. */
  callBack(toUrl: string, road?: Road): Promise<number[]>;
  /** One callback, signed by `token`. */
  callBackOnce(toUrl: string, sid: string, status: string, token?: string): Promise<Response>;
  stop(): Promise<void>;
};

export const startTwilioSimulator = async (account: {
  readonly accountSid: string;
  readonly authToken: string;
  readonly now: () => Date;
}): Promise<TwilioSimulator> => {
  const recorder = createRecorder();
  const kept = new Map<string, Kept>();
  let script: Script = () => ACCEPT;
  let forged = 0;
  const login = `Basic ${Buffer.from(`${account.accountSid}:${account.authToken}`).toString("base64")}`;
  const base = `/2010-04-01/Accounts/${account.accountSid}/Messages`;

  const shown = ({ status, errorCode, taken }: Kept) => ({
    sid: taken.id,
    account_sid: account.accountSid,
    to: taken.to,
    body: taken.text,
    status,
    direction: "outbound-api",
    error_code: errorCode,
    num_segments: "1",
    date_created: taken.at.toUTCString(),
    date_sent: null,
    date_updated: taken.at.toUTCString(),
  });

  const server = await listen(async (request, response) => {
    const url = new URL(request.url ?? "/", "http://twilio");
    const json = (status: number, answer: unknown): void => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(answer));
    };
    const form = new URLSearchParams((await bodyOf(request)).toString("utf8"));
    if (request.headers.authorization !== login) {
      forged += 1;
      return json(401, { status: 401, code: 20003, message: "Authenticate" });
    }
    if (request.method === "GET" && url.pathname === `${base}.json`) {
      const to = url.searchParams.get("To");
      const messages = [...kept.values()]
        .filter(({ taken }) => taken.to === to)
        .toReversed()
        .map(shown);
      return json(200, { messages, page: 0, page_size: 50, next_page_uri: null, uri: url.pathname });
    }
    if (request.method === "GET") {
      const found = kept.get(/\/(SM\w+)\.json$/.exec(url.pathname)?.[1] ?? "");
      return found === undefined
        ? json(404, { status: 404, code: 20404, message: "not found" })
        : json(200, shown(found));
    }
    const callback = form.get("StatusCallback") ?? "";
    const ref = callback.split("/").at(-1) ?? "";
    const take = () => {
      const taken: Taken = {
        id: `SM${randomBytes(16).toString("hex")}`,
        ref,
        to: form.get("To") ?? "",
        text: form.get("Body") ?? "",
        templateId: null,
        variables: {},
        at: account.now(),
      };
      recorder.take(taken);
      const one: Kept = { status: "accepted", errorCode: null, callback, taken };
      kept.set(taken.id, one);
      return { status: 201, body: shown(one) };
    };
    await carryOut(script(recorder.nextCall(), ref), { request, response }, take, (status, code) => ({
      status,
      code: Number(code) || 20001,
      message: "refused",
    }));
  });

  const callBackOnce = (
    toUrl: string,
    sid: string,
    status: string,
    token = account.authToken,
  ): Promise<Response> => {
    const one = kept.get(sid);
    if (one === undefined) throw new Error(`Twilio never took ${sid}`);
    const form = {
      AccountSid: account.accountSid,
      ApiVersion: "2010-04-01",
      From: "+8637100000000",
      MessageSid: sid,
      MessageStatus: status,
      SmsSid: sid,
      SmsStatus: status,
      To: one.taken.to,
      ...(one.errorCode !== null && { ErrorCode: String(one.errorCode) }),
    };
    const { pathname } = new URL(one.callback);
    return fetch(`${toUrl}${pathname}`, {
      method: "POST",
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        "x-twilio-signature": twilioWebhooks.getExpectedTwilioSignature(token, one.callback, form),
      },
      body: new URLSearchParams(form).toString(),
    });
  };

  return {
    url: server.url,
    log: recorder,
    behave: (next) => {
      script = next;
    },
    forged: () => forged,
    setStatus: (sid, status, errorCode) => {
      const one = kept.get(sid);
      if (one === undefined) throw new Error(`Twilio never took ${sid}`);
      one.status = status;
      one.errorCode = errorCode ?? null;
    },
    callBackOnce,
    callBack: async (toUrl, road = {}) => {
      const events = [...kept].flatMap(([sid, { status }]) => [
        [sid, "sent"] as const,
        [sid, status === "accepted" ? "delivered" : status] as const,
      ]);
      const statuses: number[] = [];
      for (const [sid, status] of onTheRoad(events, road)) {
        statuses.push((await callBackOnce(toUrl, sid, status)).status);
      }
      return statuses;
    },
    stop: server.stop,
  };
};
