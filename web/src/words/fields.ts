/** What a field of the API is called in Chinese. A test holds the table to the OpenAPI document. */
import { OF_ALL } from "./fields-of-all.ts";
import { OF_HOMES } from "./fields-of-homes.ts";
import { OF_SERVICE } from "./fields-of-service.ts";

export const FIELDS: Readonly<Record<string, string>> = { ...OF_HOMES, ...OF_SERVICE, ...OF_ALL };

/** `areaId` and `areaIds` are called as `area` is, where they have no word of their own. */
export const fieldWord = (name: string): string | undefined =>
  FIELDS[name] ?? FIELDS[name.replace(/Ids?$/, "")];
