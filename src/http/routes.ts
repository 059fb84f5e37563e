/** Every route of the API. A room's routes are added here by one line. */
import { collectionRoutes } from "#src/money/collection/index.ts";
import { ledgerRoutes } from "#src/money/ledger/index.ts";
import { staffRoutes } from "#src/office/staff/index.ts";
import type { Route } from "#src/platform/route.ts";
import { gridRoutes } from "#src/town/grid/index.ts";
import { networkRoutes } from "#src/town/network/index.ts";

export const routes: readonly Route[] = [
  ...staffRoutes, //
  ...networkRoutes,
  ...gridRoutes,
  ...ledgerRoutes,
  ...collectionRoutes,
];

/** What may be changed without a login. Each of these stands here because somebody decided so. */
export const PUBLIC_WRITES: readonly string[] = ["POST /session"];
