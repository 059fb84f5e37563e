/** A payment channel where an answer says its code only: the name people know, in their language. */
import { api } from "#web/api/client.ts";
import { channelText } from "#web/words/channel-text.ts";
import { useLanguage } from "#web/words/words.ts";

/** `name("bank-a")`; the code itself until the names are read, and for whoever may not read them. */
export const useChannelNames = (): ((code: string | null | undefined) => string) => {
  const spoken = useLanguage();
  const { data } = api.useQuery("get", "/channels", {}, { staleTime: 600_000 });
  return (code) => {
    const channel = data?.items.find((one) => one.code === code);
    return channel === undefined ? (code ?? "") : channelText(channel, spoken);
  };
};

export const ChannelName = ({ code }: { code: string | null }) => useChannelNames()(code);
