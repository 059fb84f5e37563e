/**
 * The keeper: a shell of a few hundred kilobytes that waits for its standard input to close. The pipe's other end is
 * held by the process that started the server; the operating system closes it whatever way that process ends, `kill -9`
 * included. Then the keeper asks the server for a fast shutdown, and after a minute for the immediate one (a
 * server on a full disk cannot end otherwise), so that no database outlives its owner.
 */
import { spawn } from "node:child_process";

// It asks only the very server it was given: the number in the file must still be that server's.
const script = `trap '' HUP INT TERM
read -r word
test "$word" = leave && exit 0
ours() { test "$(head -n 1 "$1/postmaster.pid" 2>/dev/null)" = "$2"; }
ours "$1" "$2" && kill -INT "$2" || exit 0
waited=0
while ours "$1" "$2" && kill -0 "$2" 2>/dev/null; do
  test "$waited" -ge 60 && kill -QUIT "$2" && exit 0
  sleep 1
  waited=$((waited + 1))
done
exit 0`;

export type Keeper = {
  /** Ends the keeper without touching the server; repeating is safe. */
  leave(): void;
};

/** Posts a keeper for a server that is now running. It lives in its own session, beyond Ctrl-C and the terminal. */
export const postKeeper = (dataDir: string, postmasterPid: number): Keeper => {
  const shell = spawn("/bin/sh", ["-c", script, "nuanyang-keeper", dataDir, String(postmasterPid)], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  // A keeper that was killed, or a machine without a shell, leaves the orphan to the next start, which takes it over.
  shell.on("error", () => undefined);
  shell.stdin.on("error", () => undefined);
  shell.unref();
  return { leave: () => void shell.stdin.end("leave\n") };
};
