import type { Session } from "./session.ts";

/** Whether the login still waits for something before any page is open to it. */
export const isPending = (session: Session): boolean =>
  session.mustChangePassword || session.secondFactorNeeded;
