/** One masked field of one person in clear, for a reason. */
import { z } from "zod";
import { fail } from "#src/kernel/errors.ts";
import { noteReveal, reasonIn } from "#src/office/reveals/index.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { defineRoute, type Route } from "#src/platform/route.ts";
import { type Account, accessAccount } from "./access-account.ts";
import { findMailAddresses } from "./contact-queries.ts";
import { findPeople } from "./people-queries.ts";
import { personParams } from "./schema.ts";

const revealIn = z.strictObject({
  field: z.enum(["name", "phone", "mail"]),
  /** Of several numbers or addresses: which, as the account lists them, from 0. */
  position: z.int().min(0).max(50).default(0),
  reason: reasonIn,
});

/**
 * Shows one field of somebody who has a role on the account today; counted before it is shown.
 * @throws DomainError `person.not-found`, `reveal.nothing-there`, `reveal.needs-person`, `reveal.used-up`
 */
const revealField = async (
  context: CommandContext,
  account: Account,
  asked: { readonly personId: bigint } & z.output<typeof revealIn>,
): Promise<string> => {
  const { personId, field, position, reason } = asked;
  const people = await findPeople(context.sql, account.id, context.today);
  const person =
    people.find((one) => one.personId === personId) ??
    fail("person.not-found", "this person has no role on this account today", { field: "personId" });
  const values = {
    name: async () => [person.name],
    phone: async () => person.phones.map(({ number }) => String(number)),
    mail: async () => (await findMailAddresses(context.sql, personId)).map(({ address }) => address),
  };
  const value = (await values[field]())[position];
  if (value === undefined) {
    fail("reveal.nothing-there", `this person has no such ${field}`, {
      field: "position",
      remedy: "read the account again: it was changed meanwhile",
    });
  }
  await noteReveal(context, { subject: `person:${personId}`, field, reason });
  return value;
};

export const accountRevealRoutes: readonly Route[] = [
  defineRoute({
    method: "post",
    path: "/accounts/{accountNo}/people/{personId}/reveal",
    permission: "account.reveal",
    stepUp: true,
    tag: "Accounts 户号",
    summary: "Show one masked field of a person in clear; counted, with its reason",
    params: personParams,
    body: revealIn,
    response: z.object({ value: z.string() }),
    handle: async ({ platform, actor, params, body, requestId }) => {
      const { result } = await platform.commands.run(
        { name: "person.reveal", actor, requestId },
        async (context) => {
          const account = await accessAccount(context.sql, actor, params.accountNo, context.today);
          return revealField(context, account, { ...body, personId: params.personId });
        },
      );
      return { body: { value: result } };
    },
  }),
];
