/** Every route of the API. A room's routes are added here by one line. */
import type { Route } from "#src/platform/route.ts";

export const routes: readonly Route[] = [];

/** What may be changed without a login. Each of these stands here because somebody decided so. */
export const PUBLIC_WRITES: readonly string[] = [];
