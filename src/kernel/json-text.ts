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
