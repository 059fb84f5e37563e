/** Words of the search box. */
import { defineWords } from "./words.ts";

export const finderWords = defineWords("finder", {
  "zh-CN": {
    label: "查找",
    placeholder: "姓名、拼音、电话尾号、户号、地址、工单、收据",
    accounts: "住户",
    communities: "小区",
    buildings: "楼栋",
    tickets: "工单",
    referrals: "转办单",
    "work-orders": "派工单",
    receipts: "收据",
    nothing: "没有找到。可以换姓名、首字母、电话后四位、户号或“小区 楼 单元 房号”再试。",
    searching: "正在查找…",
    buildingCount: "{{count}} 栋",
    voided: "已作废",
  },
  en: {
    label: "Find",
    placeholder: "Name, pinyin, end of a phone, account, address, case, receipt",
    accounts: "Households",
    communities: "Communities",
    buildings: "Buildings",
    tickets: "Cases",
    referrals: "Referrals",
    "work-orders": "Work orders",
    receipts: "Receipts",
    nothing:
      "Nothing found. Try a name, initials, the last four digits of a phone, an account or an address.",
    searching: "Searching…",
    buildingCount: "{{count}} [building|buildings]",
    voided: "voided",
  },
});
