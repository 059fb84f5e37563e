import type { Area } from "#web/shell/area.ts";

export const adminArea: Area = {
  name: "admin",
  items: [
    { to: "/admin/people", label: "people", permissions: ["staff.read"] },
    { to: "/admin/roles", label: "roles", permissions: ["staff.read"] },
    { to: "/admin/areas", label: "areas", permissions: ["network.write"] },
    { to: "/admin/map", label: "mapPositions", permissions: ["network.write"] },
    { to: "/admin/crews", label: "crews", permissions: ["field.settings"] },
    { to: "/admin/calendars", label: "calendars", permissions: ["ticket.settings"] },
    { to: "/admin/categories", label: "categories", permissions: ["ticket.settings"] },
    { to: "/admin/routing", label: "routingTables", permissions: ["routing.settings"] },
    { to: "/admin/templates", label: "templates", permissions: ["message.settings"] },
    { to: "/admin/queues", label: "queues", permissions: ["operations.read"] },
    { to: "/admin/audit", label: "audit", permissions: ["audit.read"] },
    { to: "/admin/reveals", label: "reveals", permissions: ["audit.read"] },
    { to: "/admin/settings", label: "settings", permissions: ["setting.read"] },
    { to: "/admin/tokens", label: "tokens", permissions: ["token.write"] },
  ],
  begins: { admin: "/admin/people", auditor: "/admin/audit" },
};
