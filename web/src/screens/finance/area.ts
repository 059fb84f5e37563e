import type { Area } from "#web/shell/area.ts";

export const financeArea: Area = {
  name: "finance",
  items: [
    { to: "/finance/bank-days", label: "bankDays", permissions: ["bank.read"], keys: "g h" },
    { to: "/finance/imports", label: "bankImports", permissions: ["bank.read"], keys: "g f" },
    { to: "/finance/breaks", label: "bankBreaks", permissions: ["bank.read"], keys: "g x" },
    { to: "/finance/suspense", label: "suspense", permissions: ["bank.read"], keys: "g u" },
    { to: "/finance/approvals", label: "approvals", permissions: ["approval.read"], keys: "g a" },
    { to: "/finance/bill-runs", label: "billRuns", permissions: ["bill.run"], keys: "g z" },
    { to: "/finance/arrears", label: "arrears", permissions: ["reminder.read"], keys: "g o" },
    { to: "/finance/closing-lists", label: "closingLists", permissions: ["reminder.read"] },
    {
      to: "/finance/shifts",
      label: "allShifts",
      permissions: ["ledger.read", "shift.close-for-cashier"],
      reads: ["shift.read"],
    },
    { to: "/finance/ledger", label: "ledger", permissions: ["ledger.read"], keys: "g l" },
  ],
  begins: { finance: "/finance/bank-days", "finance-approver": "/finance/approvals" },
};
