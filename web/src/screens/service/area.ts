import type { Area } from "#web/shell/area.ts";

/** The desk of whoever answers the hotline. */
export const deskArea: Area = {
  name: "desk",
  items: [{ to: "/desk", label: "desk", permissions: ["hotline.work"], keys: "g d" }],
  begins: { agent: "/desk" },
};

export const ticketArea: Area = {
  name: "tickets",
  items: [{ to: "/tickets", label: "tickets", permissions: ["ticket.read"], keys: "g t", onPhone: true }],
};

export const hotlineArea: Area = {
  name: "hotline",
  items: [
    { to: "/calls", label: "calls", permissions: ["hotline.read"], keys: "g c" },
    {
      to: "/return-visits",
      label: "returnVisits",
      permissions: ["hotline.work"],
      reads: ["ticket.read"],
      keys: "g q",
    },
    { to: "/board", label: "lineBoard", permissions: ["hotline.read"], keys: "g b" },
    { to: "/incidents", label: "incidents", permissions: ["incident.read"], keys: "g i", onPhone: true },
    { to: "/referrals", label: "referrals", permissions: ["referral.read"], keys: "g e" },
    { to: "/knowledge", label: "knowledge", permissions: ["hotline.read"], keys: "g k" },
  ],
};
