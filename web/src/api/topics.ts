/** Every topic of the live feed that a screen may listen to; a test holds the list to what the server announces. */
export const LIVE_TOPICS = [
  "hotline.agents",
  "hotline.board",
  "hotline.call",
  "hotline.call-back",
  "hotline.pop",
  "hotline.texts",
  "incident.closed",
  "incident.opened",
  "incident.updated",
  "pressure-test.changed",
  "routing.notice",
  "ticket.assigned",
  "ticket.changed",
] as const;
export type LiveTopic = (typeof LIVE_TOPICS)[number];

/** Everything that changes what is said of an incident. */
export const INCIDENT_TOPICS = [
  "incident.opened",
  "incident.updated",
  "incident.closed",
] as const satisfies readonly LiveTopic[];
