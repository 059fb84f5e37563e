/** `nuan token create`: a token for a bank's or agent's system. */
import type { Command } from "commander";
import { DomainError } from "#src/kernel/errors.ts";
import { createToken, newTokenBody, TOKEN_ROLES } from "#src/office/staff/index.ts";
import { type CliRuntime, facts } from "../runtime.ts";
import { group } from "./group.ts";

type Options = {
  readonly role: string;
  readonly name?: string;
  readonly channel?: string;
  readonly account: string[];
  readonly expires?: string;
};

const read = (options: Options) => {
  const parsed = newTokenBody.safeParse({
    name: options.name ?? options.role,
    role: options.role,
    ...(options.channel === undefined ? {} : { channel: options.channel }),
    ...(options.account.length === 0 ? {} : { accountNos: options.account }),
    ...(options.expires === undefined ? {} : { expiresAt: options.expires }),
  });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new DomainError("usage.wrong-option", issue?.message ?? "an option cannot be read", {
    field: issue?.path.join(".") ?? "",
  });
};

export const register = (program: Command, cli: CliRuntime): void => {
  group(program, "token")
    .command("create")
    .description("make a token for a machine; it is shown this once")
    .requiredOption("--role <role>", TOKEN_ROLES.join(", "))
    .option("--name <name>", "whose it is; the role by default")
    .option("--channel <code>", "the channel it posts for; needed for bank-channel")
    .option(
      "--account <number>",
      "repeatable: the only accounts it sees",
      (text: string, before: string[]) => [...before, text],
      [] as string[],
    )
    .option("--expires <instant>", "such as 2027-03-15T00:00:00+08:00; never by default")
    .action(async (options: Options) => {
      const wanted = read(options);
      await cli.run(
        async ({ commands, actor, requestId }) => {
          const { result } = await commands.run({ name: "token.create", actor, requestId }, (context) =>
            createToken(context, wanted),
          );
          return { ...result, role: wanted.role, channel: wanted.channel ?? null };
        },
        (created) =>
          facts([
            ["id", created.id],
            ["role", created.role],
            ["channel", created.channel],
            ["token", created.token],
          ]),
      );
    });
};
