import type { Area } from "#web/shell/area.ts";

export const ticketArea: Area = {
  name: "tickets",
  items: [{ to: "/tickets", label: "tickets", permissions: ["ticket.read"], keys: "g t", onPhone: true }],
  begins: { agent: "/tickets", "area-manager": "/tickets", supervisor: "/tickets" },
};
