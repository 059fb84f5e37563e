/** The names of the five sheets. */
import { defineWords } from "#web/words/words.ts";

export const SHEETS = ["collection", "money", "hotline", "referrals", "supply"] as const;
export type SheetName = (typeof SHEETS)[number];
export const isSheet = (text: string): text is SheetName => SHEETS.some((name) => name === text);

export const sheetWords = defineWords("management-sheets", {
  "zh-CN": {
    collection: "收费日报",
    money: "资金对账日报",
    hotline: "热线工单日报",
    referrals: "转办日报",
    supply: "供热阀门日报",
  },
  en: {
    collection: "Collection",
    money: "Money and banks",
    hotline: "Hotline and cases",
    referrals: "Orders from outside",
    supply: "Supply and valves",
  },
});
