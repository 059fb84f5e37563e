/** Callers of another heating company (他司用户): looked up, told its name and number, counted; never a case. */
import { fail } from "#src/kernel/errors.ts";
import { toHalfWidth } from "#src/kernel/half-width.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import type { Sql } from "#src/platform/sql.ts";
import {
  findByCommunity,
  findCompany,
  insertCaller,
  type OtherCompany,
  replaceCommunities,
  upsertCompany,
} from "./other-company-queries.ts";
import type { TicketChannel } from "./schema.ts";

const fold = (text: string): string => toHalfWidth(text).replaceAll(/\s/g, "");

/**
 * The other company that serves an address or a community, by the longest community name in the text; null when none does, or when
 * one of our own communities names it as well. The menu, the agents and the return of referrals read this.
 */
export const findOtherCompany = (sql: Sql, addressOrCommunity: string): Promise<OtherCompany | null> =>
  findByCommunity(sql, fold(addressOrCommunity));

/**
 * Records that a caller was told whom to call. Repeating with a source key counts once.
 * @throws DomainError `other-company.not-found`
 */
export const tellOtherCompany = async (
  context: CommandContext,
  told: { companyId: bigint; channel: TicketChannel; sourceKey?: string | undefined },
): Promise<{ readonly name: string; readonly phone: string }> => {
  const { actor, sql, now } = context;
  const company =
    (await findCompany(sql, told.companyId)) ??
    fail("other-company.not-found", "there is no such company", { field: "companyId" });
  const inserted = await insertCaller(sql, {
    companyId: told.companyId,
    channel: told.channel,
    sourceKey: told.sourceKey ?? null,
    now,
    by: staffIdOf(actor),
  });
  if (inserted !== null) {
    context.audit({
      subject: `other-company:${told.companyId}`,
      details: { told: true, channel: told.channel },
    });
  }
  return company;
};

/**
 * Adds a company, or changes its number and what it serves: the list given is the whole list. Repeating is safe.
 * A community that another company has stays with that one.
 */
export const setOtherCompany = async (
  context: CommandContext,
  company: { name: string; phone: string; remark?: string | undefined; communities: readonly string[] },
): Promise<bigint> => {
  const { sql } = context;
  const { id } = await upsertCompany(sql, {
    name: company.name,
    phone: company.phone,
    remark: company.remark ?? "",
  });
  const communities = [...new Map(company.communities.map((name) => [fold(name), name])).entries()];
  await replaceCommunities(sql, {
    companyId: id,
    communities: communities.map(([, name]) => name),
    folded: communities.map(([folded]) => folded),
  });
  context.audit({ subject: `other-company:${id}`, details: { communities: communities.length } });
  return id;
};
