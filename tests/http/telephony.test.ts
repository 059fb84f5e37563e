/** Calls out: by Twilio's API, by an exchange on site, on paper; and what is reported of them, late, twice and in any order. */
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemActor } from "#src/platform/actor.ts";
import {
  applyCallResult,
  type CallOutcome,
  type CallResult,
  findOutgoingCall,
  placeAcknowledgedCall,
  placeCallsOnce,
  type Telephony,
} from "#src/platform/telephony/index.ts";
import { pbxTelephony } from "#src/platform/telephony/pbx.ts";
import { recordingTelephony } from "#src/platform/telephony/recording.ts";
import { twilioTelephony } from "#src/platform/telephony/twilio.ts";
import { signWebhook, verifyWebhook } from "#src/platform/webhook-signature.ts";
import { deliver, newCallSid, signForm, TWILIO } from "#tests/support/twilio-caller.ts";
import { createVoiceTown, CTI_SECRET, type VoiceTown } from "#tests/support/voice-town.ts";

const NUMBER = "13812345678";

let town: VoiceTown;
let keys = 0;
beforeAll(async () => {
  town = await createVoiceTown(2);
});
afterAll(() => town.stop());

const order = async (expectedKey: string | null = "1"): Promise<bigint> => {
  keys += 1;
  const { result } = await town.db.commands.run({ name: "test", actor: town.db.actor }, (context) =>
    placeAcknowledgedCall(context, {
      purpose: "emergency-duty",
      about: `work-order:${keys}`,
      number: NUMBER,
      words: ["紧急抢修 <通知> & 地点"],
      expectedKey,
      uniqueKey: `test:${keys}`,
    }),
  );
  return result.outgoingCallId;
};

const report = (outgoingCallId: bigint, result: CallResult, key?: string) =>
  town.db.commands.run({ name: "test", actor: systemActor("test") }, (context) =>
    applyCallResult(context, { outgoingCallId, result, key }),
  );

const outcomeOf = async (id: bigint): Promise<CallOutcome | null> =>
  (await findOutgoingCall(town.db.database.sql, id))?.outcome ?? null;

type Asked = { readonly path: string; readonly body: string; readonly headers: IncomingMessage["headers"] };

/** A provider on this machine that answers by a script. */
const provider = async (answer: (asked: Asked) => { status: number; body: unknown }) => {
  const asked: Asked[] = [];
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const one = {
        path: request.url ?? "",
        body: Buffer.concat(chunks).toString("utf8"),
        headers: request.headers,
      };
      asked.push(one);
      const { status, body } = answer(one);
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    asked,
    url: `http://127.0.0.1:${port}`,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
};

const dial = (telephony: Telephony) => placeCallsOnce({ platform: town.platform, telephony });

describe("without a provider", () => {
  test("what would have been done is written down, the number masked", async () => {
    const id = await order();
    expect(await dial(recordingTelephony(town.platform))).toBe(1);
    expect(await outcomeOf(id)).toBe("recorded");
    const { details } = await town.db.owner.sql.one<{ details: Record<string, unknown> }>(
      "select details from recorded_telephony order by id desc limit 1",
    );
    expect(details).toMatchObject({ number: "138****5678", expectedKey: "1" });
    expect(await dial(recordingTelephony(town.platform))).toBe(0);
  });

  test("the same key asks for one call", async () => {
    const wanted = { purpose: "emergency-duty", about: "work-order:1", number: NUMBER, words: ["x"] };
    const ask = () =>
      town.db.commands.run({ name: "test", actor: town.db.actor }, (context) =>
        placeAcknowledgedCall(context, { ...wanted, uniqueKey: "same" }),
      );
    const [one, other] = await Promise.all([ask(), ask()]);
    expect(one.result.outgoingCallId).toBe(other.result.outgoingCallId);
    expect([one.result.placed, other.result.placed].filter(Boolean)).toHaveLength(1);
    await dial(recordingTelephony(town.platform));
  });
});

describe("by Twilio", () => {
  test("the order carries words, key question and addresses; the key acknowledges", async () => {
    const callSid = newCallSid();
    const twilio = await provider(() => ({ status: 201, body: { sid: callSid } }));
    const telephony = twilioTelephony(
      town.platform,
      { ...TWILIO, voiceNumber: "+8637100000000" },
      { apiOrigin: twilio.url },
    );
    const id = await order();
    await dial(telephony);
    await twilio.close();
    const [asked] = twilio.asked;
    expect(asked?.path).toBe(`/2010-04-01/Accounts/${TWILIO.accountSid}/Calls.json`);
    const form = new URLSearchParams(asked?.body);
    expect(form.get("To")).toBe("+8613812345678");
    expect(form.get("Twiml")).toContain("紧急抢修 &lt;通知&gt; &amp; 地点");
    expect(form.get("Twiml")).toContain("收到请按1");
    expect(form.get("StatusCallback")).toBe(
      `https://heat.example.com/api/v1/hooks/voice/twilio/outgoing/${id}/status`,
    );
    const path = `/hooks/voice/twilio/outgoing/${id}`;
    const common = { AccountSid: TWILIO.accountSid, CallSid: callSid, To: "+8613812345678" };
    const now = () => town.db.clock.now().toUTCString();
    const status = (state: string, sequence: number) =>
      deliver(
        town.line,
        signForm(town.line, `${path}/status`, {
          ...common,
          CallStatus: state,
          SequenceNumber: String(sequence),
          Timestamp: now(),
        }),
      );
    expect((await status("ringing", 1)).status).toBe(200);
    const pressed = signForm(town.line, `${path}/keys`, { ...common, Digits: "1" });
    expect((await deliver(town.line, pressed)).status).toBe(200);
    expect((await deliver(town.line, pressed)).status).toBe(200);
    expect((await status("completed", 2)).status).toBe(200);
    expect(await outcomeOf(id)).toBe("acknowledged");
    const settled = await town.db.owner.sql.rows(
      "select 1 from outbox_events where type = 'outgoing-call.settled' and subject = :subject",
      { subject: `outgoing-call:${id}` },
    );
    expect(settled).toHaveLength(1);
  });

  test.each([
    [400, { code: 21_211, message: "invalid number" }, "refused"],
    [500, { message: "try later" }, "unknown"],
    [429, { code: 20_429, message: "too many" }, "unknown"],
  ] as const)("an answer of %i is %s %s, and nobody dials again", async (status, body, outcome) => {
    const twilio = await provider(() => ({ status, body }));
    const telephony = twilioTelephony(
      town.platform,
      { ...TWILIO, voiceNumber: "+8637100000000" },
      { apiOrigin: twilio.url },
    );
    const id = await order();
    await dial(telephony);
    await dial(telephony);
    await twilio.close();
    expect(twilio.asked).toHaveLength(1);
    expect(await outcomeOf(id)).toBe(outcome);
  });
});

describe("by an exchange on site", () => {
  const pbxReport = (body: unknown, secret = CTI_SECRET, at = town.db.clock.now()) => {
    const text = JSON.stringify(body);
    return fetch(`${town.line.url}/api/v1/hooks/voice/pbx/outgoing`, {
      method: "POST",
      headers: signWebhook(secret, text, at),
      body: text,
    });
  };

  test("the command is signed, the key comes back signed", async () => {
    const exchange = await provider(() => ({ status: 200, body: { callId: "x-1" } }));
    const id = await order("5");
    await dial(pbxTelephony(town.db.clock, { url: exchange.url, secret: CTI_SECRET }));
    await exchange.close();
    const [asked] = exchange.asked;
    const headers = asked?.headers as Record<string, string>;
    const body = Buffer.from(asked?.body ?? "");
    expect(() => {
      verifyWebhook({ secret: CTI_SECRET, headers, body, now: town.db.clock.now() });
    }).not.toThrow();
    expect(JSON.parse(asked?.body ?? "")).toMatchObject({
      command: "originate",
      commandId: `outgoing-call-${id}`,
      expectedKey: "5",
    });
    const commandId = `outgoing-call-${id}`;
    const wrong = { eventId: "k-0", commandId, result: "key", key: "9" };
    expect((await pbxReport(wrong)).status).toBe(200);
    expect(await outcomeOf(id)).toBeNull();
    const event = { eventId: "k-1", commandId, result: "key", key: "5" };
    expect((await pbxReport(event, "a-secret-of-somebody-else-than-us-both")).status).toBe(401);
    const old = new Date(town.db.clock.now().getTime() - 301_000);
    expect((await pbxReport(event, CTI_SECRET, old)).status).toBe(401);
    expect(await outcomeOf(id)).toBeNull();
    expect((await pbxReport(event)).status).toBe(200);
    expect((await pbxReport(event)).status).toBe(200);
    expect(await outcomeOf(id)).toBe("acknowledged");
  });

  const ask = async (
    message: Readonly<Record<string, unknown>>,
    path: "/hooks/voice/pbx/menu" | "/hooks/cti" = "/hooks/voice/pbx/menu",
  ) => {
    const text = JSON.stringify(message);
    const response = await fetch(`${town.line.url}/api/v1${path}`, {
      method: "POST",
      headers: signWebhook(CTI_SECRET, text, town.db.clock.now()),
      body: text,
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };

  test("a caller who hangs up in the menu is out of it with the exchange's own event, whatever comes late", async () => {
    const tell = (callId: string, type: string) =>
      ask(
        {
          eventId: `${callId}-${type}`,
          callId,
          type,
          at: town.db.clock.now().toISOString(),
          from: "13999990000",
        },
        "/hooks/cti",
      );
    const session = async (callId: string) =>
      town.db.database.sql.maybeOne<{ outcome: string | null; over: boolean }>(
        `select outcome, ended_at is not null as over from menu_sessions
         where provider = 'pbx' and provider_call_id = :callId`,
        { callId },
      );
    await tell("pbx-20", "ringing");
    await ask({ callId: "pbx-20", step: 0, from: "13999990000" });
    expect(await session("pbx-20")).toEqual({ outcome: null, over: false });
    expect((await tell("pbx-20", "ended")).status).toBe(200);
    expect(await session("pbx-20")).toEqual({ outcome: "hung-up", over: true });
    // Late keys and a late beginning tell nothing more, and a late event changes nothing.
    expect((await ask({ callId: "pbx-20", step: 1, keys: "1" })).body["code"]).toBe("webhook.stale");
    expect((await ask({ callId: "pbx-20", step: 0, from: "13999990000" })).body["code"]).toBe(
      "webhook.stale",
    );
    await tell("pbx-20", "queued");
    expect(await session("pbx-20")).toEqual({ outcome: "hung-up", over: true });
    // Who was told something (key 5: the knowledge, its first article) was served.
    await ask({ callId: "pbx-21", step: 0 });
    await ask({ callId: "pbx-21", step: 1, keys: "5" });
    expect((await ask({ callId: "pbx-21", step: 2, keys: "1" })).body["served"]).toBe(true);
    await tell("pbx-21", "ended");
    expect(await session("pbx-21")).toEqual({ outcome: "self-served", over: true });
    // Whoever was told something and then wants a person is not served, and not by an exchange that says he was.
    await tell("pbx-23", "ringing");
    await ask({ callId: "pbx-23", step: 0, from: "13999990000" });
    await ask({ callId: "pbx-23", step: 1, keys: "5" });
    await ask({ callId: "pbx-23", step: 2, keys: "1" });
    expect((await ask({ callId: "pbx-23", step: 3, keys: "0" })).body["served"]).toBe(false);
    // The end came first: nobody is there any more who could hear a menu.
    await tell("pbx-22", "ended");
    expect((await ask({ callId: "pbx-22", step: 0 })).body["code"]).toBe("webhook.stale");
    expect(await session("pbx-22")).toBeNull();
  });

  test("the menu speaks JSON as well", async () => {
    const start = await ask({ callId: "pbx-7", step: 0, from: "13999990000" });
    expect(start.body).toMatchObject({ kind: "gather", digits: 1, nextStep: 1 });
    const asked = await ask({ callId: "pbx-7", step: 1, keys: "1" });
    expect(asked.body).toMatchObject({ digits: 32, finishOnHash: true, nextStep: 2 });
    expect((await ask({ callId: "pbx-7", step: 1, keys: "1" })).body).toEqual(asked.body);
    expect((await ask({ callId: "pbx-7", step: 9, keys: "1" })).status).toBe(401);
    expect((await ask({ callId: "pbx-7", step: 2, keys: "一" })).status).toBe(400);
  });
});

describe("reports in any order", () => {
  const permutations = <T>(items: readonly T[]): T[][] =>
    items.length < 2
      ? [[...items]]
      : items.flatMap((item, index) =>
          permutations(items.filter((_, other) => other !== index)).map((rest) => [item, ...rest]),
        );

  test.each([
    [["ringing", "answered", "key", "ended"], "acknowledged"],
    [["ringing", "answered", "ended"], "not-acknowledged"],
    [["ringing", "unanswered"], "unanswered"],
    [["ringing", "ended"], "unanswered"],
    [["ringing", "busy"], "busy"],
  ] as const)("%j end as %s, also repeated", async (results, outcome) => {
    for (const permutation of permutations<CallResult>(results)) {
      const id = await order();
      await dial(recordingTelephonyThatFollows());
      for (const result of [...permutation, ...permutation]) await report(id, result, "1");
      expect([permutation, await outcomeOf(id)]).toEqual([permutation, outcome]);
    }
  });

  /** Places nothing and settles nothing: the reports alone decide. */
  const recordingTelephonyThatFollows = (): Telephony => ({
    name: "recording",
    placeCall: async (wanted) => ({
      providerCallId: `follows-${wanted.outgoingCallId}`,
      follows: "results",
    }),
    playAndGather: async () => undefined,
    endCall: async () => undefined,
  });

  test("who dialled and died leaves it unknown, and a late key still counts", async () => {
    const id = await order();
    await town.db.owner.sql.run(
      "update outgoing_calls set state = 'calling', lease_until = now() - interval '1 second' where id = :id",
      { id },
    );
    expect(await dial(recordingTelephonyThatFollows())).toBe(0);
    expect(await outcomeOf(id)).toBe("unknown");
    await report(id, "key", "1");
    expect(await outcomeOf(id)).toBe("acknowledged");
  });
});
