/** Finds, reads and checks profiles. Files in `profiles/` ship with the program; a path takes a company's own. */
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { fail } from "#src/kernel/errors.ts";
import { type BankProfile, bankProfileSchema } from "./profile-schema.ts";

const SHIPPED = join(import.meta.dirname, "profiles");

/** Names of the profiles that ship with the program, sorted. */
export const listProfiles = async (): Promise<string[]> =>
  (await readdir(SHIPPED))
    .filter((name) => name.endsWith(".yaml"))
    .map((name) => name.slice(0, -".yaml".length))
    .sort();

/** @throws DomainError `profile.invalid` naming the first field that is wrong, also for YAML that is none. */
export const parseProfile = (yamlText: string, name: string): BankProfile => {
  let data: unknown;
  try {
    data = parse(yamlText);
  } catch (error) {
    fail(
      "profile.invalid",
      `profile ${name} is not YAML: ${error instanceof Error ? error.message : "unreadable"}`,
      {
        remedy: "Correct the file; profiles/zz-bank-gb18030.yaml shows every part.",
      },
    );
  }
  const result = bankProfileSchema.safeParse(data);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const field = issue?.path.join(".") ?? "";
  fail("profile.invalid", `profile ${name}: ${field} ${issue?.message ?? "is wrong"}`, {
    field,
    remedy: "Correct the file; profiles/zz-bank-gb18030.yaml shows every part.",
  });
};

/**
 * The profile of that name, or in that file when the name ends in `.yaml`.
 * @throws DomainError `profile.unknown` listing the names, or `profile.invalid`.
 */
export const loadProfile = async (nameOrPath: string): Promise<BankProfile> => {
  const own = nameOrPath.endsWith(".yaml");
  const names = await listProfiles();
  if (!own && !names.includes(nameOrPath)) {
    fail("profile.unknown", `there is no bank profile "${nameOrPath}"`, {
      field: "profile",
      remedy: `Use one of ${names.join(", ")}, or the path of a .yaml file.`,
      facts: { profiles: names },
    });
  }
  const path = own ? nameOrPath : join(SHIPPED, `${nameOrPath}.yaml`);
  try {
    return parseProfile(await readFile(path, "utf8"), nameOrPath);
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error) || error.code !== "ENOENT") throw error;
    fail("profile.unknown", `there is no profile file ${nameOrPath}`, {
      field: "profile",
      remedy: `Use one of ${names.join(", ")}, or the path of a .yaml file.`,
    });
  }
};
