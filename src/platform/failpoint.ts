/**
 * Named places where a fault test may end the process (`NUAN_FAILPOINT=before-commit:3` = at the third passing).
 * Without the variable a failpoint does nothing.
 */
const configured = /^([a-z-]+)(?::(\d+))?$/.exec(process.env.NUAN_FAILPOINT ?? "");
const target = configured?.[1];
let passingsLeft = Number(configured?.[2] ?? "1");

export const failpoint = async (name: string): Promise<void> => {
  if (target === undefined || target !== name) return;
  passingsLeft -= 1;
  if (passingsLeft > 0) return;
  process.kill(process.pid, "SIGKILL");
  // The signal is delivered asynchronously; nothing after this line may run.
  await new Promise(() => undefined);
};
