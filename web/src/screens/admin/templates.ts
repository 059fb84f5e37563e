/** A template as its page takes it: both languages of one name, and the versions that the house wrote. */
import { api, forget } from "#web/api/client.ts";
import type { Answer, Item } from "#web/api/types.ts";

export type Template = Item<"/message-templates">;
export type Version = Item<"/message-template-versions">;
export type Registration = Answer<"get", "/message-templates">["registration"];
export type TemplateKey = Pick<Template, "channel" | "name">;

export const LOCALES = ["zh-CN", "en"] as const;
export type Locale = (typeof LOCALES)[number];

export const CHANNELS = ["sms", "email", "voice"] as const;

export const useVersions = ({ channel, name }: TemplateKey) =>
  api.useQuery("get", "/message-template-versions", { params: { query: { channel, name, limit: 100 } } });

/** What any step of a version changes. */
export const forgetTemplates = (): Promise<void> =>
  forget("/message-templates", "/message-template-versions", "/approvals", "/notice-emergency-texts");

/** The template that stands in the address. */
export type TemplateFilter = {
  readonly channel?: (typeof CHANNELS)[number];
  readonly name?: string;
  readonly locale?: Locale;
};

export const templateFilterOf = (search: Record<string, unknown>): TemplateFilter => {
  const channel = CHANNELS.find((one) => one === search["channel"]);
  const locale = LOCALES.find((one) => one === search["locale"]);
  const name = search["name"];
  return {
    ...(channel === undefined ? {} : { channel }),
    ...(locale === undefined ? {} : { locale }),
    ...(typeof name === "string" && /^[a-z0-9-]{1,80}$/.test(name) ? { name } : {}),
  };
};
