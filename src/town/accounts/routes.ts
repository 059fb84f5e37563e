/** Accounts over HTTP: one account, and every change of it under its version (If-Match). */
import type { z } from "zod";
import { formatAreaM2 } from "#src/kernel/area.ts";
import { day } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import type { Action } from "#src/platform/actions.ts";
import type { Permission } from "#src/platform/actor.ts";
import { today } from "#src/platform/clock.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { defineRoute, type Route } from "#src/platform/route.ts";
import { type Account, accessAccount } from "./access-account.ts";
import { addAlias } from "./aliases.ts";
import { changePhones, endPersonRole } from "./change-contacts.ts";
import { changeState } from "./change-state.ts";
import { changeTerms } from "./change-terms.ts";
import { consentRoutes } from "./consent-routes.ts";
import { placeHold, releaseHold } from "./holds.ts";
import { openAccount } from "./open-account.ts";
import { setPerson } from "./people.ts";
import {
  accountOut,
  accountParams,
  aliasAddedOut,
  aliasIn,
  changedOut,
  holdIn,
  holdParams,
  holdPlacedOut,
  openAccountIn,
  openedOut,
  personIn,
  personParams,
  personSetOut,
  phoneChangeIn,
  releaseIn,
  roleEndIn,
  stateChangedOut,
  stateIn,
  termsChangedOut,
  termsIn,
} from "./schema.ts";
import { viewAccount } from "./view-account.ts";

const tag = "Accounts 户号";

const readAccount = defineRoute({
  method: "get",
  path: "/accounts/{accountNo}",
  permission: "account.read",
  tag,
  summary: "One account by its number, an old number, a card or a bank agreement",
  params: accountParams,
  response: accountOut,
  handle: async ({ platform, actor, params }) => {
    const { sql } = platform.database;
    const now = today(platform.clock);
    const account = await accessAccount(sql, actor, params.accountNo, now);
    const body = await viewAccount(sql, account, now);
    return { body, headers: { ETag: `"${body.version}"` } };
  },
});

type ChangeOf<Params, Body> = {
  readonly context: CommandContext;
  readonly account: Account;
  readonly params: Params;
  readonly body: Body;
  readonly expectedVersion: number | undefined;
};

/** A change of one account: loaded within the actor's scope, under the version that the caller has read. */
const change = <
  P extends z.ZodType<{ accountNo: string }>,
  B extends z.ZodType,
  R extends z.ZodType,
>(options: {
  readonly path: string;
  readonly permission: Permission;
  readonly command: Action;
  readonly summary: string;
  readonly params: P;
  readonly body: B;
  readonly response: R;
  readonly work: (input: ChangeOf<z.output<P>, z.output<B>>) => Promise<z.input<R> & { version: number }>;
}): Route =>
  defineRoute({
    method: "post",
    path: options.path,
    permission: options.permission,
    tag,
    summary: options.summary,
    params: options.params,
    body: options.body,
    response: options.response,
    idempotency: "optional",
    ifMatch: true,
    handle: async ({ platform, actor, params, body, idempotency, ifMatch, requestId }) => {
      const { result } = await platform.commands.run(
        { name: options.command, actor, requestId, ...(idempotency && { idempotency }) },
        async (context) => {
          const account = await accessAccount(context.sql, actor, params.accountNo, context.today);
          return options.work({ context, account, params, body, expectedVersion: ifMatch });
        },
      );
      return { body: result, headers: { ETag: `"${result.version}"` } };
    },
  });

const openRoute = defineRoute({
  method: "post",
  path: "/accounts",
  permission: "account.write",
  tag,
  summary: "Open an account on premises",
  body: openAccountIn,
  response: openedOut,
  status: 201,
  idempotency: "optional",
  handle: async ({ platform, actor, body, idempotency, requestId }) => {
    const { result } = await platform.commands.run(
      { name: "account.open", actor, requestId, ...(idempotency && { idempotency }) },
      async (context) => {
        const opened = await openAccount(context, {
          ...body,
          openedOn: day(body.openedOn),
          chargePoints: body.chargePoints.map((point) => ({
            ...point,
            innerArea: point.innerAreaM2,
            grossArea: point.grossAreaM2,
            rounding: point.areaRounding,
          })),
        });
        return { accountNo: body.accountNo, chargePoints: opened.chargePointIds.length };
      },
    );
    return { body: result };
  },
});

const changes: readonly Route[] = [
  change({
    path: "/accounts/{accountNo}/terms",
    permission: "account.write",
    command: "account.change-terms",
    summary: "New class, loop type or area of a charge point from a day on",
    params: accountParams,
    body: termsIn,
    response: termsChangedOut,
    work: async ({ context, account, body, expectedVersion }) => {
      const changed = await changeTerms(context, {
        ...body,
        account,
        chargePointOrdinal: body.chargePoint,
        innerArea: body.innerAreaM2,
        grossArea: body.grossAreaM2,
        rounding: body.areaRounding,
        effectiveOn: day(body.effectiveOn),
        expectedVersion,
      });
      return {
        version: changed.version,
        billingAreaM2: formatAreaM2(changed.areaMilliM2),
        areaRule: changed.rule,
        explanation: changed.explanation,
      };
    },
  }),
  change({
    path: "/accounts/{accountNo}/states",
    permission: "account.state",
    command: "account.change-state",
    summary: "Move the account, its supply or its valve by a command",
    params: accountParams,
    body: stateIn,
    response: stateChangedOut,
    work: async ({ context, account, body, expectedVersion }) => {
      // Whether an account may close is a question about its money, which this room cannot see.
      if (body.machine === "account" && body.command === "close") {
        fail(
          "account.close-elsewhere",
          "an account is closed by a command of its own, which looks at its money",
          {
            field: "command",
            remedy: "close it by POST /accounts/{accountNo}/close",
          },
        );
      }
      const { from, to, version } = await changeState(context, {
        ...body,
        account,
        chargePointOrdinal: body.chargePoint,
        effectiveOn: day(body.effectiveOn),
        expectedVersion,
      });
      return { from, to, version };
    },
  }),
  change({
    path: "/accounts/{accountNo}/holds",
    permission: "account.write",
    command: "account.place-hold",
    summary: "Place a hold: dispute, care, payment plan or mourning",
    params: accountParams,
    body: holdIn,
    response: holdPlacedOut,
    work: async ({ context, account, body, expectedVersion }) => {
      const { holdId, version } = await placeHold(context, {
        ...body,
        account,
        startsOn: day(body.startsOn),
        endsOn: body.endsOn === null ? null : day(body.endsOn),
        expectedVersion,
      });
      return { holdId: String(holdId), version };
    },
  }),
  change({
    path: "/accounts/{accountNo}/holds/{holdId}/release",
    permission: "account.write",
    command: "account.release-hold",
    summary: "End a hold",
    params: holdParams,
    body: releaseIn,
    response: changedOut,
    work: async ({ context, account, params, body, expectedVersion }) =>
      releaseHold(context, { account, holdId: params.holdId, reason: body.reason, expectedVersion }),
  }),
  change({
    path: "/accounts/{accountNo}/people",
    permission: "account.write",
    command: "account.set-person",
    summary: "Put a person into a role from a day on",
    params: accountParams,
    body: personIn,
    response: personSetOut,
    work: async ({ context, account, body, expectedVersion }) => {
      const { personId, version } = await setPerson(context, {
        ...body,
        account,
        from: day(body.from),
        expectedVersion,
      });
      return { personId: String(personId), version };
    },
  }),
  change({
    path: "/accounts/{accountNo}/people/{personId}/phones",
    permission: "account.write",
    command: "person.change-phones",
    summary: "Add a number of a person, say that one is reached or wrong, or both at once",
    params: personParams,
    body: phoneChangeIn,
    response: changedOut,
    work: ({ context, account, params, body, expectedVersion }) =>
      changePhones(context, { ...body, account, personId: params.personId, expectedVersion }),
  }),
  change({
    path: "/accounts/{accountNo}/people/{personId}/end",
    permission: "account.write",
    command: "account.end-person",
    summary: "A tenant or payer is it no longer from a day on",
    params: personParams,
    body: roleEndIn,
    response: changedOut,
    work: ({ context, account, params, body, expectedVersion }) =>
      endPersonRole(context, {
        ...body,
        account,
        personId: params.personId,
        from: day(body.from),
        expectedVersion,
      }),
  }),
  change({
    path: "/accounts/{accountNo}/aliases",
    permission: "account.write",
    command: "account.add-alias",
    summary: "Add an old number, a card or a bank agreement",
    params: accountParams,
    body: aliasIn,
    response: aliasAddedOut,
    work: async ({ context, account, body, expectedVersion }) =>
      addAlias(context, { ...body, account, expectedVersion }),
  }),
];

export const accountRoutes: readonly Route[] = [readAccount, openRoute, ...changes, ...consentRoutes];
