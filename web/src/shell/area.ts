/** What each area of the console tells the shell: its entries in the menu, and who begins where. */
import type { nav } from "#web/words/nav.ts";
import type { Role } from "#web/api/session.ts";

export type NavItem = {
  readonly to: string;
  readonly label: keyof (typeof nav.texts)["zh-CN"];
  /** Shown to whoever has one of these. */
  readonly permissions: readonly string[];
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
