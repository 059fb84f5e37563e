/** The worker that keeps the pages of a manager's phone (`/sw.js`), and what else makes a phone ready for a day without signal. */

/** Asks for it once a page is up; a browser without workers stays as it is. */
export const keepShell = async (): Promise<void> => {
  if (!("serviceWorker" in navigator)) return;
  await navigator.serviceWorker.register("/sw.js", { scope: "/" });
  // What was tapped and not sent is not to be cleared away when the phone is short of room.
  if ("storage" in navigator) await navigator.storage.persist();
};
