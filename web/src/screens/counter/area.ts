import type { Area } from "#web/shell/area.ts";

export const counterArea: Area = {
  name: "counter",
  items: [
    { to: "/counter", label: "takeMoney", permissions: ["shift.work"], keys: "g p", onPhone: true },
    { to: "/counter/shift", label: "shift", permissions: ["shift.work"], keys: "g s", onPhone: true },
    { to: "/receipts", label: "receipts", permissions: ["receipt.issue"], keys: "g r" },
  ],
  begins: { cashier: "/counter" },
};
