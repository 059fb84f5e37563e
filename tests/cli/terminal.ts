/** The command line in this process: what it prints and how it ends. */
import { PassThrough } from "node:stream";
import { runCli } from "#src/cli/nuan.ts";

export type Run = { readonly code: number | undefined; readonly stdout: string; readonly stderr: string };

/** Runs `nuan` with these arguments and nothing but this environment. */
export const nuan = async (
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Run> => {
  const texts = { stdout: "", stderr: "" };
  const stream = (name: keyof typeof texts): PassThrough =>
    new PassThrough().on("data", (chunk: Buffer) => {
      texts[name] += chunk.toString("utf8");
    });
  let code: number | undefined;
  await runCli({
    env,
    argv,
    stdout: stream("stdout"),
    stderr: stream("stderr"),
    setExitCode: (value) => {
      code = value;
    },
  });
  // What was written last is still on its way through the stream.
  await new Promise((resolve) => setImmediate(resolve));
  return { code, ...texts };
};

/** The one object that --json prints. */
export const objectOf = (run: Run): Record<string, unknown> =>
  JSON.parse(run.stdout) as Record<string, unknown>;
