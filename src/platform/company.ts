/** The company (公司) that a database belongs to: what stands at the head of its papers. */
import { fail } from "#src/kernel/errors.ts";
import type { CommandContext } from "./command.ts";
import type { Sql } from "./sql.ts";

export type Company = {
  /** Empty until it is set. */
  readonly name: string;
  /** As it is printed; empty until it is set. */
  readonly hotline: string;
};

const companyFacts = "select company_name as name, hotline from database_facts";

/** The company as it was set; both texts are empty in a new database. */
export const findCompany = (sql: Sql): Promise<Company> => sql.one<Company>(companyFacts);

/** The company as a paper shows it: a bill can be printed before anybody has set these. */
export const companyOnPaper = async (sql: Sql): Promise<Company> => {
  const { name, hotline } = await findCompany(sql);
  return { name: name === "" ? "供热公司" : name, hotline: hotline === "" ? "—" : hotline };
};

/**
 * Sets name, hotline or both; what is left out stays. Audited with before and after. Locks the row; repeating the same
 * changes nothing.
 * @throws DomainError `company.nothing-to-set`
 */
export const setCompany = async (
  context: CommandContext,
  change: { readonly name?: string | undefined; readonly hotline?: string | undefined },
): Promise<Company> => {
  const { sql } = context;
  if (change.name === undefined && change.hotline === undefined) {
    fail("company.nothing-to-set", "neither a name nor a hotline is given", { field: "name" });
  }
  const before = await sql.one<Company>(`${companyFacts} for update`);
  const after = { name: change.name ?? before.name, hotline: change.hotline ?? before.hotline };
  if (after.name === before.name && after.hotline === before.hotline) return before;
  await sql.run("update database_facts set company_name = :name, hotline = :hotline", after);
  context.audit({ subject: "company", details: { before, after } });
  return after;
};
