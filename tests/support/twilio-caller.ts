/**
 * A caller at Twilio, over real HTTP: signs as Twilio does, reads the TwiML that comes back, presses keys where it says.
 * No part of the product knows that it exists.
 */
import { randomBytes } from "node:crypto";
import { SaxesParser } from "saxes";
import webhooks from "twilio/lib/webhooks/webhooks.js";
import type { Outside } from "#src/platform/config-outside.ts";

export const TWILIO: NonNullable<Outside["twilio"]> = {
  accountSid: `AC${"0".repeat(31)}1`,
  authToken: "a-token-of-twilio-for-tests",
  voiceNumber: "+8637100000000",
};

export type Heard = {
  readonly status: number;
  readonly xml: string;
  /** Every sentence, in its order. */
  readonly say: readonly string[];
  readonly verb: "gather" | "enqueue" | "hang-up" | "nothing";
  /** Where the keys go. */
  readonly action: string | null;
  readonly digits: number;
  /** How the voice is set. */
  readonly voices: readonly string[];
};

const readTwiml = (status: number, xml: string): Heard => {
  const say: string[] = [];
  const voices: string[] = [];
  let verb: Heard["verb"] = "nothing";
  let action: string | null = null;
  let digits = 0;
  let inSay = false;
  const parser = new SaxesParser();
  parser.on("opentag", ({ name, attributes }) => {
    if (name === "Say") {
      inSay = true;
      say.push("");
      voices.push(`${attributes["language"]} ${attributes["voice"]}`);
    }
    if (name === "Gather") {
      [verb, action, digits] = ["gather", attributes["action"] ?? null, Number(attributes["numDigits"])];
    }
    if (name === "Enqueue") [verb, action] = ["enqueue", attributes["action"] ?? null];
    if (name === "Hangup") verb = "hang-up";
  });
  parser.on("closetag", ({ name }) => {
    if (name === "Say") inSay = false;
  });
  parser.on("text", (text) => {
    if (inSay) say[say.length - 1] = `${say.at(-1) ?? ""}${text}`;
  });
  parser.write(xml).close();
  return { status, xml, say, verb, action, digits, voices };
};

export type Sent = {
  readonly path: string;
  readonly form: Readonly<Record<string, string>>;
  readonly signature: string;
};

export type Line = {
  /** Where the API listens. */
  readonly url: string;
  /** What it takes for its public address; signatures are over this. */
  readonly publicUrl: string;
};

export const newCallSid = (): string => `CA${randomBytes(16).toString("hex")}`;

/** A form signed as Twilio would send it to `path` (below /api/v1). */
export const signForm = (
  line: Line,
  path: string,
  form: Readonly<Record<string, string>>,
  authToken = TWILIO.authToken,
): Sent => ({
  path,
  form,
  signature: webhooks.getExpectedTwilioSignature(authToken, `${line.publicUrl}/api/v1${path}`, form),
});

export const deliver = (line: Line, sent: Sent): Promise<Response> =>
  fetch(`${line.url}/api/v1${sent.path}`, {
    method: "POST",
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      "x-twilio-signature": sent.signature,
    },
    body: new URLSearchParams(sent.form).toString(),
  });

export type TwilioCall = {
  readonly callSid: string;
  /** What was heard last. */
  readonly heard: () => Heard;
  /** The last message that was sent, to send it again. */
  readonly lastSent: () => Sent;
  press(keys: string): Promise<Heard>;
  /** Says nothing until the time is over. */
  wait(): Promise<Heard>;
  report(path: string, form: Readonly<Record<string, string>>): Promise<Heard>;
  /** Hangs up at an instant. */
  hangUp(at: Date, sequence?: number): Promise<Heard>;
};

/** Rings; null hides the number. */
export const ring = async (line: Line, from: string | null, callSid = newCallSid()): Promise<TwilioCall> => {
  const common = {
    AccountSid: TWILIO.accountSid,
    ApiVersion: "2010-04-01",
    CallSid: callSid,
    Direction: "inbound",
    From: from ?? "anonymous",
    To: TWILIO.voiceNumber ?? "",
  };
  let heard: Heard | undefined;
  let lastSent: Sent | undefined;
  const send = async (path: string, form: Readonly<Record<string, string>>): Promise<Heard> => {
    lastSent = signForm(line, path, { ...common, ...form });
    const response = await deliver(line, lastSent);
    const text = await response.text();
    if (response.status !== 200) throw new Error(`${path}: ${response.status} ${text}`);
    heard = readTwiml(response.status, text);
    return heard;
  };
  const present = <T>(value: T | undefined | null): T => {
    if (value === undefined || value === null) throw new Error("nothing was heard yet");
    return value;
  };
  const follow = (form: Readonly<Record<string, string>>): Promise<Heard> => {
    const action = present(present(heard).action);
    return send(action.replace(`${line.publicUrl}/api/v1`, ""), form);
  };
  await send("/hooks/voice/twilio", { CallStatus: "ringing" });
  return {
    callSid,
    heard: () => present(heard),
    lastSent: () => present(lastSent),
    press: (keys) => follow({ CallStatus: "in-progress", Digits: keys }),
    wait: () => follow({ CallStatus: "in-progress", Digits: "" }),
    report: send,
    hangUp: (at, sequence = 9) =>
      send("/hooks/voice/twilio/status", {
        CallStatus: "completed",
        CallDuration: "30",
        SequenceNumber: String(sequence),
        Timestamp: at.toUTCString(),
      }),
  };
};
