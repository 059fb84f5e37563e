/** What a message's row says, made a text (消息成文): the port that sends is given this and nothing of the row. */
import { monotonicMs } from "#src/platform/clock.ts";
import type { Platform } from "#src/platform/route.ts";
import type { RenderMessage } from "../ports/port.ts";
import { findApprovedIds } from "./approval-queries.ts";
import { readTemplateBook, type TemplateBook } from "./book.ts";

export const STANDARD_SIGNATURE = "暖阳供热";

/**
 * A version that becomes live, and a provider's word on it, are in every process after so long; what is on its way until then goes in
 * the words before it.
 */
const FRESH_MS = 2000;

/**
 * What `read` answered, for some time; what failed is not kept, and asked for again. `knowing`: it must have been read after that
 * instant, once: words that were approved a moment ago are those that go.
 */
const kept = <T>(
  clock: Pick<Platform["clock"], "now">,
  read: () => Promise<T>,
): ((knowing?: Date | null) => Promise<T>) => {
  let known: { readonly readAt: number; readonly covers: number; readonly value: Promise<T> } | null = null;
  return (knowing) => {
    const asked = knowing?.getTime() ?? 0;
    if (known !== null && known.covers >= asked && monotonicMs() - known.readAt < FRESH_MS)
      return known.value;
    // Another machine's clock may be before ours: its instant is covered by this reading all the same.
    const covers = Math.max(clock.now().getTime(), asked);
    const mine = { readAt: monotonicMs(), covers, value: read() };
    known = mine;
    mine.value.catch(() => {
      if (known === mine) known = null;
    });
    return mine.value;
  };
};

/** `NAME LOCALE DIGEST` of the approved words, with the provider's id. */
type Approved = ReadonlyMap<string, string>;

const place = (name: string, locale: string, digest: string): string => `${name} ${locale} ${digest}`;

const approvedIds = (
  platform: Pick<Platform, "clock" | "database">,
): ((provider: string) => Promise<Approved>) => {
  const byProvider = new Map<string, () => Promise<Approved>>();
  const read = async (provider: string): Promise<Approved> => {
    const rows = await findApprovedIds(platform.database.sql, provider);
    return new Map(rows.map((row) => [place(row.name, row.locale, row.digest), row.id]));
  };
  return (provider) => {
    const ids = byProvider.get(provider) ?? kept(platform.clock, () => read(provider));
    byProvider.set(provider, ids);
    return ids();
  };
};

/**
 * Fills templates for a sender, with the words of the instant that a message asks for, else those of now. The words are read once for
 * all messages of some seconds. A provider's id is given only for the very words that it approved.
 * @throws DomainError `template.not-found`, `template.undeclared`, `template.value-missing`, `template.text-too-long`
 */
export const messageRenderer = (
  platform: Pick<Platform, "clock" | "database" | "messages">,
): RenderMessage => {
  const signature = platform.messages?.signature ?? STANDARD_SIGNATURE;
  const idsOf = approvedIds(platform);
  const book = kept<TemplateBook>(platform.clock, () =>
    readTemplateBook(platform.database.sql, platform.clock.now()),
  );
  return async ({ template: name, channel, locale, values, provider, wordsAt }) => {
    const template = (await book(wordsAt)).at(wordsAt ?? platform.clock.now()).load(name, channel, locale);
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
