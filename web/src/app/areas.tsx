/** Every area of the console, in the order of the menu; the first that names a role is where it begins. */
import type { FrameParts } from "#web/shell/frame.tsx";
import { ticketArea } from "#web/screens/tickets/area.ts";

export const frameParts: FrameParts = { areas: [ticketArea] };
