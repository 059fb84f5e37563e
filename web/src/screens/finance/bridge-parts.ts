/** In the order of the bridge (调节表): from what we took in to what the bank's file says. */
export const BRIDGE_PARTS = [
  "dayCutOut",
  "waiting",
  "oursOnly",
  "amount",
  "dayCutIn",
  "bankOnly",
  "unknownAccount",
  "duplicate",
  "state",
  "repeated",
] as const;
export type BridgePart = (typeof BRIDGE_PARTS)[number];
