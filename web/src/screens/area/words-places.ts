import { defineWords } from "#web/words/words.ts";

export const places = defineWords("area-places", {
  "zh-CN": { address: "地址（可不填）", nowhere: "聊天消息，未注明地址" },
  en: { address: "Address (may be left out)", nowhere: "A chat message, no address given" },
});

/** "3号楼2单元501", "12栋 1802" with the community before it: how people name a home in a chat. */
const HOME = /[\p{Script=Han}]{0,12}?\d{1,3}\s*(?:号楼|栋|幢|#)\s*(?:\d{1,2}\s*单元)?\s*\d{0,4}(?:室|户)?/u;
const MOBILE = /(?<!\d)1[3-9]\d{9}(?!\d)/;

/** The home and the number that a message names; undefined where it names none. */
export const placeIn = (
  text: string,
): { readonly addressText: string | undefined; readonly callerNumber: string | undefined } => ({
  addressText: HOME.exec(text)?.[0].trim(),
  callerNumber: MOBILE.exec(text)?.[0],
});
