/** A page opens to whoever may read what it reads: the rights in the menu are held against those of the routes that the pages call. */
import { existsSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { routes } from "#src/http/routes.ts";
import { PERMISSIONS } from "#src/platform/actor.ts";
import { read } from "./sources.ts";

type Item = {
  readonly to: string;
  readonly permissions: readonly string[];
  readonly reads?: readonly string[];
};
type Menu = Readonly<Record<string, { readonly items: readonly Item[] }>>;

/** Pages of work: what they show is there to be changed, and they open to those who may. */
const WORK: Readonly<Record<string, string>> = {
  "/desk": "answers calls",
  "/counter": "takes money",
  "/counter/shift": "opens and counts a drawer",
  "/receipts": "gives papers out again",
  "/notices/settings": "sets festivals and emergency texts",
  "/my/chat": "makes a case of what somebody wrote",
  "/my/phone": "binds the phone that is at hand",
  "/reassign": "gives cases to others",
  "/admin/areas": "draws areas",
  "/admin/map": "places buildings",
  "/admin/crews": "sets who goes out",
  "/admin/calendars": "sets working time",
  "/admin/categories": "sets categories",
  "/admin/routing": "sets who is responsible",
  "/admin/templates": "takes providers' answers in",
  "/admin/tokens": "makes tokens",
};

const sources = read("web/src/**/*.{ts,tsx}");
const textOf = (name: string): string => sources.find((file) => file.name === name)?.text ?? "";

/** The file of each page by its address. */
const pages = new Map(
  sources
    .filter(({ name }) => name.endsWith("/routes.ts"))
    .flatMap(({ name, text }) =>
      [...text.matchAll(/"(\/[^"]*)"(?:(?!path: ")[\s\S])*?import\("([^"]+)"\)/g)].map(
        ([, address = "", file = ""]) => [address, path.posix.join(path.posix.dirname(name), file)] as const,
      ),
    ),
);

const menus = await Promise.all(
  sources
    .filter(({ name }) => name.startsWith("web/src/screens/") && name.endsWith("/area.ts"))
    .map(({ name }) => import(path.resolve(name)) as Promise<Menu>),
);
const items: readonly Item[] = menus.flatMap((module) => Object.values(module).flatMap((area) => area.items));

const permissions = new Map(
  routes
    .filter(({ method }) => method === "get")
    .map((route) => [route.path.replace("/api/v1", ""), route.permission]),
);
const READS = /(?:useQuery\(\s*"get",\s*|\.GET\(\s*|\["get", )"([^"]+)"/g;
/** The rights for what a file reads. */
const rightsOf = (name: string): string[] =>
  [...textOf(name).matchAll(READS)].flatMap(([, route = ""]) => permissions.get(route) ?? []);

/** The files of a page: its own, and those of its screen that it takes from. */
const filesOf = (name: string, found = new Set<string>()): Set<string> => {
  if (found.has(name)) return found;
  found.add(name);
  for (const [, file = ""] of textOf(name).matchAll(/from "(\.[^"]+)"/g))
    filesOf(path.posix.join(path.posix.dirname(name), file), found);
  return found;
};

test("every entry of the menu has its page", () => {
  expect(items.map(({ to }) => to).filter((to) => !existsSync(pages.get(to) ?? ""))).toEqual([]);
});

test("what a page says that it reads is what its files read", () => {
  const stray = items.flatMap(({ to, reads = [] }) => {
    const rights = new Set([...filesOf(pages.get(to) ?? "")].flatMap(rightsOf));
    return reads.filter((right) => !rights.has(right)).map((right) => `${to} ${right}`);
  });
  expect(stray).toEqual([]);
});

const ROLES = [...new Set(Object.values(PERMISSIONS).flat())];
/** Whether somebody with this role alone, who may see the whole company, has a right. */
const has = (role: string, right: string): boolean =>
  (PERMISSIONS as Readonly<Record<string, readonly string[]>>)[right]?.includes(role) === true;
const isLetIn = (role: string, { permissions: menu, reads }: Item): boolean =>
  menu.some((right) => has(role, right)) || reads?.every((right) => has(role, right)) === true;
/** What the page reads for all of its readers: not what it asks for only where somebody may. */
const ownRights = ({ to }: Item): string[] => {
  const file = pages.get(to) ?? "";
  const hooks = [...textOf(file).matchAll(/"#web\/(furniture\/use-(?!pages)[\w-]+\.ts)"/g)];
  const rights = [file, ...hooks.map(([, hook = ""]) => `web/src/${hook}`)].flatMap(rightsOf);
  return rights.filter((right) => !textOf(file).includes(`may("${right}")`));
};

test("whoever is let in to a page may read what it reads", () => {
  const refused = items.flatMap((item) =>
    ROLES.filter((role) => isLetIn(role, item)).flatMap((role) =>
      ownRights(item)
        .filter((right) => !has(role, right))
        .map((right) => `${item.to}: ${role} lacks ${right}`),
    ),
  );
  expect(refused).toEqual([]);
});

test("whoever may read all that a page reads is let in, unless it is there for work", () => {
  const shutOut = items
    .filter((item) => WORK[item.to] === undefined && ownRights(item).length > 0)
    .flatMap((item) =>
      ROLES.filter((role) => !isLetIn(role, item) && ownRights(item).every((right) => has(role, right))).map(
        (role) => `${item.to}: ${role}`,
      ),
    );
  expect(shutOut).toEqual([]);
  expect(Object.keys(WORK).filter((to) => !items.some((item) => item.to === to))).toEqual([]);
});
