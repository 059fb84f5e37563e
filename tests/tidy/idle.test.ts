/** What is named and used by nobody misleads the next reader. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { PERMISSIONS } from "#src/platform/actor.ts";
import { production, read, root } from "./sources.ts";

test("every permission is asked for by a route or a command", () => {
  const asked = production.filter((file) => file.name !== "src/platform/actor.ts").map((file) => file.text);
  // Commands and audit entries are named alike: such a name asks for nothing.
  const idle = Object.keys(PERMISSIONS).filter((permission) => {
    const name = permission.replaceAll(".", String.raw`\.`);
    const pattern = new RegExp(String.raw`(?<!\b(?:name|command|kind|type): )"${name}"`);
    return !asked.some((text) => pattern.test(text));
  });
  expect(idle).toEqual([]);
});

/** Run by their commands, or read by the compiler; nobody imports them. */
const TOOLS = ["oxfmt", "oxlint", "oxlint-tsgolint", "typescript", "node"];

test("every dependency is imported by somebody", () => {
  const { dependencies, devDependencies } = JSON.parse(
    readFileSync(path.join(root, "package.json"), "utf8"),
  ) as Record<"dependencies" | "devDependencies", Record<string, string>>;
  const texts = [...read("{src,workers,tests,bench,.ci}/**/*.ts"), ...read("*.ts")].map((file) => file.text);
  const isNamed = (name: string): boolean =>
    texts.some(
      (text) => text.includes(`"${name}"`) || text.includes(`"${name}/`) || text.includes(`/${name}/`),
    );
  const idle = [...Object.keys(dependencies), ...Object.keys(devDependencies)].filter((name) => {
    if (TOOLS.includes(name)) return false;
    // The types of a package are used where the package is; those of Node everywhere.
    const typed = name.startsWith("@types/") ? name.slice("@types/".length) : name;
    return typed !== "node" && !isNamed(typed);
  });
  expect(idle).toEqual([]);
});
