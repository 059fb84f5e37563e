/** What a message's row says, made a text (消息成文): the port that sends is given this and nothing of the row. */
import { monotonicMs } from "#src/platform/clock.ts";
import type { Platform } from "#src/platform/route.ts";
import type { RenderMessage } from "../ports/port.ts";
import { findApprovedIds } from "./approval-queries.ts";
import { readTemplateBook, type TemplateTexts } from "./book.ts";
import { PROGRAM_PIN } from "./load-template.ts";

export const STANDARD_SIGNATURE = "暖阳供热";

/**
 * A version that becomes live, and a provider's word on it, are in every process after so long; what is on its way until then goes in
 * the words before it.
 */
const FRESH_MS = 2000;

/** What `read` answered, for some time; what failed is not kept, and asked for again. */
const kept = <T>(read: () => Promise<T>, freshMs = FRESH_MS): (() => Promise<T>) => {
  let known: { readonly readAt: number; readonly value: Promise<T> } | null = null;
  return () => {
    if (known !== null && monotonicMs() - known.readAt < freshMs) return known.value;
    const mine = { readAt: monotonicMs(), value: read() };
    known = mine;
    mine.value.catch(() => {
      if (known === mine) known = null;
    });
    return mine.value;
  };
};

/** The same by a key. */
const keptBy = <T>(read: (key: string) => Promise<T>, freshMs?: number): ((key: string) => Promise<T>) => {
  const byKey = new Map<string, () => Promise<T>>();
  return (key) => {
    const one = byKey.get(key) ?? kept(() => read(key), freshMs);
    byKey.set(key, one);
    return one();
  };
};

/** `NAME LOCALE DIGEST` of the approved words, with the provider's id. */
type Approved = ReadonlyMap<string, string>;

const place = (name: string, locale: string, digest: string): string => `${name} ${locale} ${digest}`;

const approvedIds = (platform: Pick<Platform, "database">): ((provider: string) => Promise<Approved>) =>
  keptBy(async (provider) => {
    const rows = await findApprovedIds(platform.database.sql, provider);
    return new Map(rows.map((row) => [place(row.name, row.locale, row.digest), row.id]));
  });

/** The words of now, and those that were approved with something: these never change, and are read once. */
const textsReader = ({ database, clock }: Pick<Platform, "clock" | "database">) => {
  const live = kept(() => readTemplateBook(database.sql, clock.now()));
  const pinned = keptBy(
    (pin) => readTemplateBook(database.sql, clock.now(), [{ pin }]),
    Number.POSITIVE_INFINITY,
  );
  return async (channel: string, pin: string | undefined): Promise<TemplateTexts> =>
    pin === undefined || pin === PROGRAM_PIN
      ? (await live()).at(clock.now(), pin === undefined ? {} : { [channel]: pin })
      : (await pinned(pin)).at(clock.now(), { [channel]: pin });
};

/**
 * Fills templates for a sender, with the words that were approved with a message, else those of now. The words are read once for all
 * messages of some seconds. A provider's id is given only for the very words that it approved.
 * @throws DomainError `template.not-found`, `template.undeclared`, `template.value-missing`, `template.text-too-long`
 */
export const messageRenderer = (
  platform: Pick<Platform, "clock" | "database" | "messages">,
): RenderMessage => {
  const signature = platform.messages?.signature ?? STANDARD_SIGNATURE;
  const idsOf = approvedIds(platform);
  const textsOf = textsReader(platform);
  return async ({ template: name, channel, locale, values, provider, pin }) => {
    const template = (await textsOf(channel, pin)).load(name, channel, locale);
    const { variables, ...filled } = template.render(values);
    const byTemplate = channel === "sms" && provider === "gateway";
    const ids = byTemplate ? await idsOf(provider) : undefined;
    return {
      ...filled,
      templateVersion: template.label,
      providerTemplateId: ids?.get(place(name, locale, template.digest)) ?? null,
      variables,
      signature,
    };
  };
};
