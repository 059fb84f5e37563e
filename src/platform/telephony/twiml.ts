/**
 * TwiML, the XML by which Twilio is told what a caller hears, from the templates under templates/voice. Handlebars escapes
 * every value for XML; what XML cannot hold at all (control characters, lone surrogates) is taken out before.
 */
import { readFileSync } from "node:fs";
import Handlebars from "handlebars";
import type { VoiceLanguage, VoiceReply } from "./port.ts";

export const VOICE_TEMPLATES = new URL("../../../templates/voice/", import.meta.url);

const TEMPLATE_NAMES = ["gather", "agent", "hang-up", "acknowledge"] as const;
type TemplateName = (typeof TEMPLATE_NAMES)[number];

const compiled = new Map<string, (view: object) => string>();

/** Strict: a value that a template names and nobody gives is a defect, not a silence on the line. */
const templateOf = (language: VoiceLanguage, name: TemplateName): ((view: object) => string) => {
  const path = `${language}/${name}.hbs`;
  const known = compiled.get(path);
  if (known !== undefined) return known;
  const template = Handlebars.create().compile<object>(readFileSync(new URL(path, VOICE_TEMPLATES), "utf8"), {
    strict: true,
    knownHelpersOnly: true,
  });
  const draw = (view: object): string => template(view);
  compiled.set(path, draw);
  return draw;
};

const UNSPEAKABLE = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;
export const speakable = (text: string): string => text.replaceAll(UNSPEAKABLE, "");

export type TwimlAddresses = {
  /** Where the keys go. */
  readonly action: string;
  /** Where Twilio tells how waiting for an agent ended. */
  readonly queueAction: string;
};

/** The queue at Twilio in which callers wait for an agent. */
export const AGENT_QUEUE = "nuan-hotline";

/** A reply as TwiML. The addresses name no person: steps and ids only. */
export const twimlOf = (reply: VoiceReply, addresses: TwimlAddresses): string => {
  const say = reply.say.map(speakable);
  if (reply.kind === "hang-up") return templateOf(reply.language, "hang-up")({ say });
  if (reply.kind === "agent") {
    return templateOf(
      reply.language,
      "agent",
    )({ say, queueAction: addresses.queueAction, queue: AGENT_QUEUE });
  }
  return templateOf(
    reply.language,
    "gather",
  )({
    say,
    action: addresses.action,
    digits: reply.digits,
    finishOnKey: reply.finishOnHash ? "#" : "",
    timeoutSeconds: reply.timeoutSeconds,
  });
};

/** What a called person hears: the words and the question for the key, twice, then good-bye; without a key only the words. */
export const acknowledgeTwiml = (order: {
  readonly language: VoiceLanguage;
  readonly words: readonly string[];
  readonly expectedKey: string | null;
  readonly action: string;
}): string => {
  const say = order.words.map(speakable);
  if (order.expectedKey === null) return templateOf(order.language, "hang-up")({ say: [...say, ...say] });
  const { action, expectedKey } = order;
  return templateOf(order.language, "acknowledge")({ say, action, expectedKey, rounds: ["first", "second"] });
};
