/** Consent (同意) over HTTP: what the people of an account agreed to be told, per purpose. */
import type { z } from "zod";
import type { Day } from "#src/kernel/day.ts";
import { today } from "#src/platform/clock.ts";
import { defineRoute, type Route } from "#src/platform/route.ts";
import type { Sql } from "#src/platform/sql.ts";
import { accessAccount } from "./access-account.ts";
import { recordConsent } from "./people.ts";
import { findConsentsOn, findPeople, PURPOSES } from "./people-queries.ts";
import { accountParams, consentIn, consentsOut, personParams } from "./schema.ts";

const tag = "Accounts 户号";

/** Everybody with a role today, and for every purpose the last word, or that nobody asked. */
const viewConsents = async (sql: Sql, accountId: bigint, day: Day): Promise<z.input<typeof consentsOut>> => {
  const [people, consents] = await Promise.all([
    findPeople(sql, accountId, day),
    findConsentsOn(sql, accountId, day),
  ]);
  return {
    items: people.map(({ personId, role }) => ({
      personId: String(personId),
      role,
      purposes: PURPOSES.map((purpose) => {
        const word = consents.find((one) => one.personId === personId && one.purpose === purpose);
        return {
          purpose,
          granted: word?.granted ?? null,
          source: word?.source ?? null,
          recordedAt: word?.recordedAt.toISOString() ?? null,
        };
      }),
    })),
  };
};

export const consentRoutes: readonly Route[] = [
  defineRoute({
    method: "get",
    path: "/accounts/{accountNo}/consents",
    permission: "account.read",
    tag,
    summary: "What each person of the account agreed to or refused, per purpose",
    params: accountParams,
    response: consentsOut,
    handle: async ({ platform, actor, params }) => {
      const { sql } = platform.database;
      const now = today(platform.clock);
      const account = await accessAccount(sql, actor, params.accountNo, now);
      return { body: await viewConsents(sql, account.id, now) };
    },
  }),
  defineRoute({
    method: "post",
    path: "/accounts/{accountNo}/people/{personId}/consents",
    permission: "account.write",
    tag,
    summary: "Record what a person agreed to or refused; the last word counts",
    params: personParams,
    body: consentIn,
    response: consentsOut,
    idempotency: "optional",
    handle: async ({ platform, actor, params, body, idempotency, requestId }) => {
      const { result } = await platform.commands.run(
        { name: "person.record-consent", actor, requestId, ...(idempotency && { idempotency }) },
        async (context) => {
          const account = await accessAccount(context.sql, actor, params.accountNo, context.today);
          await recordConsent(context, { account, personId: params.personId, ...body });
          return viewConsents(context.sql, account.id, context.today);
        },
      );
      return { body: result };
    },
  }),
];
