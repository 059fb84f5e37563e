/** A channel as a line names it: its own name in Chinese, in English what needs no Chinese to be read: its code. */
import type { Language } from "./words.ts";

type Channel = { readonly name: string | null; readonly code: string | null; readonly kind: string | null };

export const channelText = ({ name, code, kind }: Channel, spoken: Language): string => {
  if (spoken !== "en") return name ?? code ?? "";
  return kind === "counter" ? "Counter" : (code ?? name ?? "");
};
