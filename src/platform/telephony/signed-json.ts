/** The JSON of a signed body, read after its signature was checked. */
import type { z } from "zod";
import { fail } from "#src/kernel/errors.ts";
import { parseStorableJson } from "#src/kernel/json-text.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** @throws DomainError `webhook.unreadable` with the first field that does not fit */
export const parseSigned = <Schema extends z.ZodType>(schema: Schema, body: Uint8Array): z.output<Schema> => {
  let sent: unknown;
  try {
    sent = parseStorableJson(utf8.decode(body));
  } catch {
    fail("webhook.unreadable", "the body is not JSON in UTF-8");
  }
  const parsed = schema.safeParse(sent);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return fail("webhook.unreadable", issue?.message ?? "this message has another shape", {
    field: issue?.path.join(".") ?? "body",
  });
};
