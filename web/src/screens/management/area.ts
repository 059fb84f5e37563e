import type { Area } from "#web/shell/area.ts";

const MAY_READ = ["report.read"];

export const managementArea: Area = {
  name: "management",
  items: [
    { to: "/overview", label: "overview", permissions: MAY_READ, keys: "g v", onPhone: true },
    { to: "/sheets", label: "sheets", permissions: MAY_READ, keys: "g w", onPhone: true },
    { to: "/boards/service", label: "serviceBoard", permissions: MAY_READ, keys: "g 1" },
    { to: "/boards/collection", label: "collectionBoard", permissions: MAY_READ, keys: "g 2" },
    { to: "/closures", label: "closures", permissions: MAY_READ },
    { to: "/reassign", label: "reassign", permissions: ["routing.settings"] },
    { to: "/sheets/receivers", label: "receivers", permissions: ["report.settings"] },
  ],
  begins: { supervisor: "/overview", auditor: "/overview" },
};
