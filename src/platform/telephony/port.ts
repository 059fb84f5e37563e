/**
 * The telephone as the house sees it (电话端口). A call that rings in is led by replies (say this, take these keys, hand to an
 * agent); a call that goes out is placed by an adapter: Twilio, an exchange on site, or the one that only records.
 * Nothing here is called inside a transaction: these go over the network.
 */
export type VoiceLanguage = "zh-CN" | "en";

/** What a caller hears, and what happens then. */
export type VoiceReply =
  | {
      readonly kind: "gather";
      readonly language: VoiceLanguage;
      readonly say: readonly string[];
      /** The most keys that are taken; `#` ends earlier when `finishOnHash`. */
      readonly digits: number;
      readonly finishOnHash: boolean;
      readonly timeoutSeconds: number;
    }
  | { readonly kind: "agent"; readonly language: VoiceLanguage; readonly say: readonly string[] }
  | { readonly kind: "hang-up"; readonly language: VoiceLanguage; readonly say: readonly string[] };

/** An order to ring somebody. */
export type CallOrder = {
  /** Ours: comes back with every result. */
  readonly outgoingCallId: bigint;
  readonly toNumber: string;
  readonly language: VoiceLanguage;
  readonly words: readonly string[];
  /** The key that says "understood"; null asks for none. */
  readonly expectedKey: string | null;
  readonly ringSeconds: number;
};

/** `placed`: results follow. `done`: nothing follows, it was only recorded. */
export type PlacedCall = {
  readonly providerCallId: string;
  readonly follows: "results" | "nothing";
};

/** The provider refused the order for good; whoever sees another error knows nothing of what became of it. */
export class CallRefused extends Error {}

export type Telephony = {
  readonly name: "twilio" | "pbx" | "recording";
  /**
   * Rings a number. Never repeated by the adapter.
   * @throws CallRefused when surely nothing was dialled; any other error leaves it unknown
   */
  placeCall(order: CallOrder): Promise<PlacedCall>;
  /** Leads a call that stands in the menu on: says something and takes keys, which come back as its step `nextStep`. */
  playAndGather(providerCallId: string, reply: VoiceReply, nextStep: number): Promise<void>;
  endCall(providerCallId: string): Promise<void>;
};
