/** `{{count}} [case|cases]`: the first for one, the second for all others. */
export const withNumber = (text: string, count: string | number | undefined): string =>
  text.replaceAll(/\[([^[|\]]*)\|([^[|\]]*)\]/g, (_, one: string, more: string) =>
    String(count) === "1" ? one : more,
  );
