/** A process that the supervisor started must not outlive it, whatever way the supervisor ends. */

/**
 * Ends this process when the supervisor that started it is gone: first as SIGTERM would, so that what runs is finished,
 * and after `graceMs` at once. Does nothing when the process was started by hand. Call once, at the beginning of an
 * entry. The watch is the channel that the supervisor opened; the operating system closes it, also after `kill -9`.
 */
export const exitWhenParentDies = (graceMs = 10_000): void => {
  if (process.channel === undefined || process.channel === null) return;
  // The watch alone must not keep a process running that has nothing left to do.
  process.channel.unref();
  process.once("disconnect", () => {
    setTimeout(() => process.exit(1), graceMs).unref();
    process.kill(process.pid, "SIGTERM");
  });
};
