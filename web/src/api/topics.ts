/** Every topic of the live feed that a screen may listen to; a test holds the list to what the server announces. */
export const LIVE_TOPICS = [
  "hotline.agents",
  "hotline.board",
  "hotline.call",
  "hotline.call-back",
  "hotline.pop",
  "hotline.texts",
  "incident.changed",
  "incident.opened",
  "pressure-test.changed",
  "routing.notice",
  "ticket.assigned",
  "ticket.changed",
] as const;
