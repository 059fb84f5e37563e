/** What each area of the console tells the shell: its entries in the menu, and who begins where. */
import type { nav } from "#web/words/nav.ts";
import type { Role } from "#web/api/session.ts";

export type NavItem = {
  readonly to: string;
  readonly label: keyof (typeof nav.texts)["zh-CN"];
  /** Shown to whoever has one of these. */
  readonly permissions: readonly string[];
  /** What the page itself reads, where more people may read that than have it in the menu: whoever has all of these opens it by a link. */
  readonly reads?: readonly string[];
  /** "g t": goes there. Each stands once in the whole menu, because one person may have many roles. */
  readonly keys?: string;
  /** Stands in the bar at the bottom of a phone. */
  readonly onPhone?: boolean;
  /** Marked as the present page on its own address alone, not on those below it. */
  readonly exact?: boolean;
};

export type Area = {
  readonly name: keyof (typeof nav.texts)["zh-CN"];
  readonly items: readonly NavItem[];
  /** Whoever has this role begins here; the first area that names a role wins. */
  readonly begins?: Partial<Record<Role, string>>;
};

type May = (permission: string) => boolean;

/** The right that somebody lacks for a page of the menu; undefined when it opens. */
export const lackedFor = (
  { permissions, reads }: Pick<NavItem, "permissions" | "reads">,
  may: May,
): string | undefined =>
  permissions.some(may)
    ? undefined
    : (reads ?? permissions.slice(0, 1)).find((permission) => !may(permission));
