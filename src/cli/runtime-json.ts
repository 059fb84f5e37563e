/** The one JSON object that `--json` prints. */
import { fenJson } from "#src/platform/route.ts";

/** Amounts (`...Fen`) are whole numbers, as over HTTP; every other bigint is an id and stays text. */
export const jsonText = (value: unknown): string =>
  JSON.stringify(value, (key, inner: unknown) => {
    if (typeof inner === "bigint") return key.endsWith("Fen") ? fenJson(inner) : inner.toString();
    if (inner instanceof Map) return Object.fromEntries(inner);
    if (inner instanceof Set) return [...inner];
    return inner;
  }) ?? "null";
