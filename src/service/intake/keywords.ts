/**
 * Words that are a request by themselves (关键词). Only a message that is nothing but the word counts: "暖气停了，别再发了" is a
 * complaint about heat and no farewell. What asks about money, heat and valves stands in the hotline's self-service. Pure.
 */
import { toHalfWidth } from "#src/kernel/half-width.ts";
import { parseTicketNo } from "#src/service/tickets/index.ts";

export type IntakeKeyword =
  | { readonly kind: "stop" }
  | { readonly kind: "start" }
  /** Null: of the sender's youngest open case. */
  | { readonly kind: "progress"; readonly ticketId: bigint | null };

// The carriers' English words, and what Chinese texts tell people to answer (回T退订, 回TD退订).
const STOP = new Set(
  "stop stopall unsubscribe cancel end quit t td 退订 退定 取消订阅 停止发送 退订短信 回t退订 拒收".split(
    " ",
  ),
);
const START = new Set("start unstop 订阅 恢复订阅 重新订阅".split(" "));
const PROGRESS = new Set("进度 查进度 工单进度 查工单 status".split(" "));

/** Half width, lower case, without blanks, quotes and a full stop or the like at either end. */
export const foldKeyword = (text: string): string =>
  toHalfWidth(text.normalize("NFC"))
    .toLowerCase()
    .replaceAll(/\s+/g, "")
    .replaceAll(/^[“”"'「『【[(]+|[“”"'」』】\])。.!,、;~…]+$/gu, "");

const LONGEST = 40;

/** Null for everything that is more than a keyword. */
export const readKeyword = (text: string): IntakeKeyword | null => {
  const folded = foldKeyword(text.slice(0, LONGEST * 2));
  if (folded === "" || folded.length > LONGEST || text.length > LONGEST * 2) return null;
  if (STOP.has(folded)) return { kind: "stop" };
  if (START.has(folded)) return { kind: "start" };
  if (PROGRESS.has(folded)) return { kind: "progress", ticketId: null };
  const asked = /^(?:进度|查进度|查工单|status)[:：#]?(?:工单|单号)?号?[:：#]?(\d{5,18})$/.exec(folded);
  const ticketId = asked === null ? null : parseTicketNo(asked[1] ?? "");
  return ticketId === null ? null : { kind: "progress", ticketId };
};
