/** Every area of the console, in the order of the menu; the first that names a role is where it begins. */
import { lazy, Suspense } from "react";
import { messageArea } from "#web/screens/messages/area.ts";
import { noticeArea } from "#web/screens/notices/area.ts";
import { pressureArea } from "#web/screens/pressure-tests/area.ts";
import type { FrameParts } from "#web/shell/frame.tsx";
import { financeArea } from "#web/screens/finance/area.ts";
import { adminArea } from "#web/screens/admin/area.ts";
import { counterArea } from "#web/screens/counter/area.ts";
import { myArea } from "#web/screens/area/area.ts";
import { ownArea } from "#web/screens/exports/area.ts";
import { managementArea } from "#web/screens/management/area.ts";
import { taskArea } from "#web/screens/tasks/area.ts";
import { deskArea, hotlineArea, ticketArea } from "#web/screens/service/area.ts";

// The frame stands before its parts are there.
const SearchBox = lazy(() =>
  import("#web/screens/service/search/search-box.tsx").then((module) => ({ default: module.SearchBox })),
);
const AgentStatus = lazy(() =>
  import("#web/screens/service/desk/agent-status.tsx").then((module) => ({ default: module.AgentStatus })),
);

export const frameParts: FrameParts = {
  areas: [
    deskArea,
    myArea,
    ticketArea,
    taskArea,
    hotlineArea,
    counterArea,
    financeArea,
    noticeArea,
    pressureArea,
    messageArea,
    managementArea,
    adminArea,
  ],
  own: ownArea,
  search: (
    <Suspense>
      <SearchBox />
    </Suspense>
  ),
  status: (
    <Suspense>
      <AgentStatus />
    </Suspense>
  ),
};
