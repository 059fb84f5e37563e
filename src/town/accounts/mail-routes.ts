/** Mail addresses of people over HTTP, and the command behind it. */
import { z } from "zod";
import { fail } from "#src/kernel/errors.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { defineRoute, type Route } from "#src/platform/route.ts";
import { type Account, accessAccount } from "./access-account.ts";
import { findMailAddresses, upsertMail } from "./contact-queries.ts";
import { personOnAccount } from "./people-queries.ts";
import { personParams } from "./schema.ts";

/**
 * Records a mail address of a person on this account, or that it is wrong; the last word counts.
 * @throws DomainError `person.not-found` for somebody who has no role on the account
 */
export const recordMailAddress = async (
  context: CommandContext,
  input: { account: Account; personId: bigint; address: string; confirmed: boolean | null; source: string },
): Promise<void> => {
  const { account, personId, address, confirmed, source } = input;
  if (!(await personOnAccount(context.sql, account.id, personId))) {
    fail("person.not-found", "this person has no role on this account", { field: "personId" });
  }
  const row = { personId, address: address.toLowerCase(), confirmed, source, recordedAt: context.now };
  await upsertMail(context.sql, row);
  context.audit({ subject: `person:${personId}`, details: { mailAddress: true, confirmed, source } });
};

export const mailRoutes: readonly Route[] = [
  defineRoute({
    method: "post",
    path: "/accounts/{accountNo}/people/{personId}/mail-addresses",
    permission: "account.write",
    tag: "Accounts 户号",
    summary: "Record a person's mail address, so that mail from it finds the household",
    params: personParams,
    body: z.strictObject({
      address: z.email().max(254),
      /** true: somebody answered from it; false: known to be wrong. */
      confirmed: z.boolean().nullable().default(null),
      source: z.string().trim().min(1).max(500),
    }),
    response: z.object({
      items: z.array(z.object({ address: z.string(), confirmed: z.boolean().nullable() })),
    }),
    idempotency: "optional",
    handle: async ({ platform, actor, params, body, idempotency, requestId }) => {
      const { result } = await platform.commands.run(
        { name: "person.record-mail", actor, requestId, ...(idempotency && { idempotency }) },
        async (context) => {
          const account = await accessAccount(context.sql, actor, params.accountNo, context.today);
          await recordMailAddress(context, { account, personId: params.personId, ...body });
          return { items: await findMailAddresses(context.sql, params.personId) };
        },
      );
      return { body: result };
    },
  }),
];
