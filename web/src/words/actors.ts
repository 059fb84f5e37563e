/** Who acts and is no person: parts of the program, machines outside, the household at its page. [in Chinese, in English]. */
import type { Pairs, Spoken } from "./actions.ts";

/** By the name under which a deed is written down. A test holds the table to the names that the program gives. */
export const ACTORS: Pairs = {
  anonymous: ["未登录者", "Somebody not signed in"],
  "dispatch centre": ["调度中心", "Dispatch centre"],
  emergency: ["应急呼叫", "Emergency calls"],
  exports: ["导出", "Exports"],
  "fall-due": ["账单到期", "Bills fall due"],
  hotline: ["热线", "Hotline"],
  "hotline-check": ["热线检查", "Check of the hotline"],
  household: ["用户本人", "The household"],
  "ledger-check": ["账务核对", "Check of the ledger"],
  login: ["登录验证", "Sign-in"],
  mailbox: ["收信邮箱", "Mailbox"],
  messages: ["消息发送", "Message sending"],
  "morning-sheets": ["晨报", "Morning sheets"],
  notices: ["通知发送", "Notice sending"],
  pbx: ["电话交换机", "Telephone exchange"],
  "pressure-tests": ["试压通知", "Pressure-test notices"],
  receipts: ["送达回执", "Delivery receipts"],
  reminders: ["缴费提醒", "Payment reminders"],
  routing: ["自动派单", "Routing"],
  "self-service": ["语音自助", "Voice menu"],
  "sms-gateway": ["短信网关", "Text message gateway"],
  "sms-twilio": ["短信服务商（Twilio）", "Text messages (Twilio)"],
  telephony: ["自动外呼", "Outgoing calls"],
  terminal: ["收款终端", "Card terminal"],
  "ticket-check": ["工单检查", "Check of the cases"],
  "twilio-voice": ["电话服务商（Twilio）", "Telephony (Twilio)"],
  visitor: ["网上访客", "Visitor of the page"],
  wallet: ["钱包支付", "Wallet payments"],
  "wallet-gateway": ["钱包渠道", "Wallet channel"],
  "watch-bank": ["银行文件监控", "Watch over bank files"],
  "watch-bills": ["出账监控", "Watch over bill runs"],
  "watch-referrals": ["转办监控", "Watch over referrals"],
};

/** What followed from something that was announced; and whoever runs `nuan` on the server. */
const SYSTEM = ["系统", "The system"] as const;
const COMMAND_LINE = ["命令行", "Command line"] as const;

const placeOf = (spoken: Spoken): 0 | 1 => (spoken === "en" ? 1 : 0);

/** A name that is nobody's of these stands for itself: a login, a machine as an administrator called it. */
export const actorText = (name: string, spoken: Spoken): string => {
  const place = placeOf(spoken);
  if (name.startsWith("subscriber:")) return SYSTEM[place];
  if (name.startsWith("cli:")) return `${COMMAND_LINE[place]} · ${name.slice("cli:".length)}`;
  return Object.hasOwn(ACTORS, name) ? (ACTORS[name]?.[place] ?? name) : name;
};

/** Back from words to the name, for a search. */
export const actorName = (typed: string): string => {
  const asked = typed.trim().toLowerCase();
  const found = Object.entries(ACTORS).find(([, pair]) => pair.some((word) => word.toLowerCase() === asked));
  return found?.[0] ?? typed.trim();
};
