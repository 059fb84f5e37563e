/** How people write who runs a station; nothing written says nothing. */
import type { StationOwner } from "./queries.ts";

export const STATION_OWNER_WORDS: Readonly<Record<string, StationOwner | "">> = {
  "": "",
  自管: "company",
  公司: "company",
  company: "company",
  物业: "property-firm",
  property: "property-firm",
  "property-firm": "property-firm",
};
