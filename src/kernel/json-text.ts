/** Text from outside that a database can hold: without the character NUL, and without half a character (a lone surrogate). */

export const isStorable = (text: string): boolean => !text.includes("\0") && text.isWellFormed();

/** `JSON.parse`, which also throws at text that could not be stored. */
export const parseStorableJson = (text: string): unknown =>
  JSON.parse(text, (key, value: unknown) => {
    if (!isStorable(key) || (typeof value === "string" && !isStorable(value))) {
      throw new SyntaxError("text with a NUL or half a character");
    }
    return value;
  });

const DEEPEST = 20;

/**
 * The first place in a parsed JSON value that a database could not hold: its path, and why. For messages of many things, of which
 * one that cannot be kept shall not refuse the others.
 */
export const findUnstorable = (
  value: unknown,
): { readonly field: string; readonly reason: string } | null => {
  const left: { readonly path: readonly string[]; readonly value: unknown }[] = [{ path: [], value }];
  for (let one = left.pop(); one !== undefined; one = left.pop()) {
    const { path } = one;
    const field = path.filter(isStorable).join(".");
    const isText = typeof one.value === "string";
    if ((isText && !isStorable(String(one.value))) || !path.every(isStorable)) {
      return { field, reason: "text with a NUL or half a character" };
    }
    if (typeof one.value !== "object" || one.value === null) continue;
    if (path.length >= DEEPEST) return { field, reason: `nested more than ${DEEPEST} deep` };
    for (const [key, inner] of Object.entries(one.value)) left.push({ path: [...path, key], value: inner });
  }
  return null;
};
