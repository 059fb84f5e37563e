/** What a message's row says, made a text (消息成文): the port that sends is given this and nothing of the row. */
import { monotonicMs } from "#src/platform/clock.ts";
import type { Platform } from "#src/platform/route.ts";
import type { RenderMessage } from "../ports/port.ts";
import { findApprovedIds } from "./approval-queries.ts";
import { loadTemplate } from "./load-template.ts";

export const STANDARD_SIGNATURE = "暖阳供热";

/** An approval that is taken back holds this long still; the provider refuses the id meanwhile. */
const APPROVALS_FRESH_MS = 10_000;

/** `NAME LOCALE DIGEST` of the approved words, with the provider's id. */
type Approved = ReadonlyMap<string, string>;

const place = (name: string, locale: string, digest: string): string => `${name} ${locale} ${digest}`;

const approvedIds = (platform: Pick<Platform, "database">): ((provider: string) => Promise<Approved>) => {
  const kept = new Map<string, { readonly readAt: number; readonly ids: Promise<Approved> }>();
  const read = async (provider: string): Promise<Approved> => {
    const rows = await findApprovedIds(platform.database.sql, provider);
    return new Map(rows.map((row) => [place(row.name, row.locale, row.digest), row.id]));
  };
  return (provider) => {
    const known = kept.get(provider);
    if (known !== undefined && monotonicMs() - known.readAt < APPROVALS_FRESH_MS) return known.ids;
    const ids = read(provider);
    kept.set(provider, { readAt: monotonicMs(), ids });
    // What failed is not kept: the next message asks again.
    ids.catch(() => kept.delete(provider));
    return ids;
  };
};

/**
 * Fills templates for a sender. A provider's id is given only for the very words that it approved.
 * @throws DomainError `template.not-found`, `template.undeclared`, `template.value-missing`, `template.text-too-long`
 */
export const messageRenderer = (platform: Pick<Platform, "database" | "messages">): RenderMessage => {
  const signature = platform.messages?.signature ?? STANDARD_SIGNATURE;
  const idsOf = approvedIds(platform);
  return async ({ template: name, channel, locale, values, provider }) => {
    const template = loadTemplate(name, channel, locale);
    const { variables, ...filled } = template.render(values);
    const byTemplate = channel === "sms" && provider === "gateway";
    const ids = byTemplate ? await idsOf(provider) : undefined;
    return {
      ...filled,
      // With the words' digest: what a message said can be found even where somebody forgot to raise the version.
      templateVersion: `${template.version}-${template.digest.slice(0, 8)}`,
      providerTemplateId: ids?.get(place(name, locale, template.digest)) ?? null,
      variables,
      signature,
    };
  };
};
