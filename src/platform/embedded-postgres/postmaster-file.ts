/** What a running PostgreSQL server says about itself in `postmaster.pid`, and whether that is still true. */
import { readFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import path from "node:path";
import { errorCode } from "./failures.ts";

export type Postmaster = { readonly pid: number; readonly port: number; readonly ready: boolean };

/** Reads the file; `undefined` when there is none or it is half written. */
export const readPostmaster = (dataDir: string): Postmaster | undefined => {
  let text: string;
  try {
    text = readFileSync(path.join(dataDir, "postmaster.pid"), "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
  const lines = text.split("\n");
  const pid = Number(lines[0]);
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  return { pid, port: Number(lines[3] ?? 0), ready: (lines[7] ?? "").trim() === "ready" };
};

/** Whether a process of this id runs (also one of another user). A dead one that nobody has collected does not. */
export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (errorCode(error) !== "EPERM") return false;
  }
  try {
    // The state is the first word after the program's name, which is in brackets and may hold anything.
    const status = readFileSync(`/proc/${pid}/stat`, "utf8");
    return status.slice(status.lastIndexOf(")") + 2, status.lastIndexOf(")") + 3) !== "Z";
  } catch {
    // No /proc here (macOS): the signal's answer stands.
    return true;
  }
};

/**
 * What the process of an old file is now: the server on this very folder, surely another program, or not to be told. A
 * process id alone says nothing: after a reboot, or in a restarted container, the number belongs to somebody else. Only
 * "another" may be overruled; a doubt is left to PostgreSQL's own check. The folder's path is canonical.
 */
export const identify = (pid: number, dataDir: string): "gone" | "ours" | "another" | "unclear" => {
  if (!isAlive(pid)) return "gone";
  const command = commandLine(pid);
  if (command.includes(`-D ${dataDir} `)) return "ours";
  return command === "" || command.includes("postgres") ? "unclear" : "another";
};

const commandLine = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    // No /proc (macOS), or the process has just ended: ask `ps`, which then answers nothing.
    try {
      return execFileSync("ps", ["-ww", "-o", "command=", "-p", String(pid)], { encoding: "utf8" });
    } catch {
      return "";
    }
  }
};
