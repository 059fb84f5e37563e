/** Roles by their code. */
import { defineWords } from "#web/words/words.ts";

export const roleWords = defineWords("roles", {
  "zh-CN": {
    agent: "客服",
    "area-manager": "片区经理",
    cashier: "收费员",
    finance: "财务",
    "finance-approver": "财务复核",
    supervisor: "主管",
    auditor: "审计",
    admin: "系统管理员",
    "bank-channel": "银行接口",
  },
  en: {
    agent: "Agent",
    "area-manager": "Area manager",
    cashier: "Cashier",
    finance: "Finance",
    "finance-approver": "Finance approver",
    supervisor: "Supervisor",
    auditor: "Auditor",
    admin: "Administrator",
    "bank-channel": "Bank's machine",
  },
});
