/** `nuan`: every job that is done from a shell, one command per file in `commands/`. */
import { Command, CommanderError } from "commander";
import { DomainError } from "#src/kernel/errors.ts";
import { newUuid } from "#src/kernel/ids.ts";
import { exitWhenParentDies } from "#src/platform/parent-watch.ts";
import { problemOf } from "#src/platform/problem.ts";
import { commandsFor } from "./commands/index.ts";
import { type CliEnvironment, createCliRuntime, refusalText, wantsJson } from "./runtime.ts";
import { jsonText } from "./runtime-json.ts";

const EXIT_USAGE = 2;

/** The whole command line; `environment` is the process, or a test. */
export const createProgram = async (environment: CliEnvironment): Promise<Command> => {
  const json = wantsJson(environment.argv);
  const program = new Command("nuan");
  program
    .description("Nuanyang 暖阳: billing and customer service for district heating")
    .option("--json", "print one JSON object and nothing else")
    .configureHelp({ showGlobalOptions: true })
    .showSuggestionAfterError(true)
    .configureOutput({
      writeOut: (text) => environment.stdout.write(text),
      // With --json the refusal is the one object on stdout.
      writeErr: (text) => void (json || environment.stderr.write(text)),
    })
    .exitOverride();
  const cli = createCliRuntime(environment);
  for (const register of await commandsFor(environment.argv)) register(program, cli);
  return program;
};

const usageRefusal = (error: CommanderError | DomainError): DomainError =>
  error instanceof DomainError
    ? error
    : new DomainError(
        "usage.wrong",
        error.code === "commander.help" ? "a command is needed" : error.message.replace(/^error: /, ""),
        { remedy: "see: nuan --help" },
      );

/** Parses and runs. The exit code is set on the environment: 0 done, 1 refused, 2 not understood. */
export const runCli = async (environment: CliEnvironment): Promise<void> => {
  try {
    const program = await createProgram(environment);
    await program.parseAsync([...environment.argv], { from: "user" });
  } catch (error) {
    const isUsage = error instanceof CommanderError || error instanceof DomainError;
    if (!isUsage) throw error;
    if (error instanceof CommanderError && error.exitCode === 0) return environment.setExitCode(0);
    const problem = problemOf(usageRefusal(error), newUuid());
    if (wantsJson(environment.argv)) environment.stdout.write(`${jsonText(problem)}\n`);
    else if (error instanceof DomainError) environment.stderr.write(`nuan: ${refusalText(problem)}\n`);
    environment.setExitCode(EXIT_USAGE);
  }
};

if (import.meta.main) {
  exitWhenParentDies();
  // `nuan ... | head` closes the pipe early; that is the reader's choice and no failure of ours.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit();
    throw error;
  });
  await runCli({
    env: process.env,
    argv: process.argv.slice(2),
    stdout: process.stdout,
    stderr: process.stderr,
    setExitCode: (code) => {
      process.exitCode = code;
    },
  });
}
