/** Other numbers under which an account is found: old number (旧户号), card (卡号), bank agreement (代扣协议号). */
import { fail } from "#src/kernel/errors.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { type Account, beginAccountChange } from "./access-account.ts";
import { foldAccountText } from "./folding.ts";
import { refreshSearchTerms } from "./keep-search-terms.ts";
import { accountIdByNumber, type AliasKind, findAliasOwner, insertAlias } from "./queries.ts";

/**
 * Adds an alias, folded. Adding it again to the same account changes nothing.
 * @throws DomainError `version.stale`, `alias.unreadable`, `alias.taken` (another account has it under this kind),
 * `alias.is-account-number` (it is another account's 户号, which would always win)
 */
export const addAlias = async (
  context: CommandContext,
  input: {
    readonly account: Account;
    readonly kind: AliasKind;
    readonly value: string;
    readonly expectedVersion?: number | undefined;
  },
): Promise<{ value: string; version: number }> => {
  const { sql } = context;
  const value = foldAccountText(input.value);
  if (!/^[!-~]{1,64}$/.test(value)) {
    fail("alias.unreadable", "an alias has 1 to 64 letters, digits or signs without blanks", {
      field: "value",
    });
  }
  const version = await beginAccountChange(sql, input.account, input.expectedVersion);
  const named = await sql.maybeOne<{ id: bigint }>(accountIdByNumber, { text: value });
  if (named !== null && named.id !== input.account.id) {
    fail("alias.is-account-number", "this is the number of another account", { field: "value" });
  }
  const added = await insertAlias(sql, { accountId: input.account.id, kind: input.kind, value });
  if (added === 0) {
    const owner = await findAliasOwner(sql, { kind: input.kind, value });
    if (owner?.accountId !== input.account.id) {
      fail("alias.taken", "another account has this alias", {
        field: "value",
        remedy: "find out whose number it is; nobody's payments may be guessed",
      });
    }
    return { value, version };
  }
  await refreshSearchTerms(sql, [input.account.id], context.today);
  const subject = `account:${input.account.id}`;
  context.audit({ subject, details: { aliasKind: input.kind } });
  context.emit({
    type: "alias.added",
    subject,
    payload: { accountId: input.account.id, kind: input.kind },
  });
  return { value, version };
};
