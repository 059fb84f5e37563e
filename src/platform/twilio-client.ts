/**
 * The client of Twilio's API for calls and text messages: never repeats a request by itself, is bounded in time, and can be
 * sent to another origin (another region, or a simulator on this machine).
 */
import twilio from "twilio";

const TIMEOUT_MS = 10_000;

type RequestOptions = Parameters<twilio.RequestClient["request"]>[0];

/** Twilio asks to come later (429). */
export class TwilioLimited extends Error {
  readonly retryAfter: string | undefined;
  constructor(retryAfter: string | undefined) {
    super("Twilio takes no more for now");
    this.retryAfter = retryAfter;
  }
}

class Client extends twilio.RequestClient {
  readonly #origin: string | undefined;
  constructor(origin: string | undefined, timeoutMs: number) {
    super({ timeout: timeoutMs });
    this.#origin = origin;
  }
  override async request<T>(options: RequestOptions) {
    const uri = new URL(options.uri);
    const answer = await super.request<T>({
      ...(options as RequestOptions & { data?: T }),
      uri: this.#origin === undefined ? options.uri : `${this.#origin}${uri.pathname}${uri.search}`,
    });
    // The library's own error says nothing of the headers.
    if (answer.statusCode === 429) {
      const { "retry-after": retryAfter } = answer.headers as Readonly<Record<string, string | undefined>>;
      throw new TwilioLimited(retryAfter);
    }
    return answer;
  }
}

export type TwilioAccount = { readonly accountSid: string; readonly authToken: string };

/** @param apiOrigin instead of https://api.twilio.com, without a slash at the end */
export const twilioClient = (
  account: TwilioAccount,
  apiOrigin: string | undefined,
  timeoutMs = TIMEOUT_MS,
): twilio.Twilio =>
  twilio(account.accountSid, account.authToken, {
    autoRetry: false,
    httpClient: new Client(apiOrigin, timeoutMs),
  });
