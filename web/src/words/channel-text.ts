/** A channel as a line names it: by its name in the reader's language; in English by its code while nobody has given it a name. */
import type { Language } from "./words.ts";

export type ChannelNames = {
  readonly name: string | null;
  readonly nameEn: string | null;
  readonly code: string | null;
};

export const channelText = ({ name, nameEn, code }: ChannelNames, spoken: Language): string =>
  (spoken === "en" ? nameEn : name) ?? code ?? "";

/** Where one is chosen the code tells two of the same name apart, and is what files and addresses say. */
export const channelChoice = (channel: ChannelNames, spoken: Language): string => {
  const said = channelText(channel, spoken);
  return said === channel.code ? said : `${said} ${channel.code ?? ""}`.trim();
};
