/** Which failures of a request say for sure that nothing left the house. Pure. */

/** Nobody was reached, or nobody was trusted: not a byte of the request was sent. */
const NEVER_LEFT = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EADDRNOTAVAIL",
  "UND_ERR_CONNECT_TIMEOUT",
  "CERT_HAS_EXPIRED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "ERR_TLS_CERT_ALTNAME_INVALID",
]);

/** The codes of an error and of what caused it, the outermost first. */
export const codesOf = (error: unknown): string[] => {
  const codes: string[] = [];
  let one: unknown = error;
  for (let depth = 0; depth < 5 && typeof one === "object" && one !== null; depth += 1) {
    const { code, cause, errors } = one as { code?: unknown; cause?: unknown; errors?: unknown };
    if (typeof code === "string") codes.push(code);
    // Both addresses of a name were tried: it left nowhere only if neither was reached.
    if (Array.isArray(errors)) return [...codes, ...errors.flatMap(codesOf)];
    one = cause;
  }
  return codes;
};

/** The code when the request surely never left, else null: then nobody knows. */
export const neverLeft = (error: unknown): string | null => {
  const codes = codesOf(error);
  const [first] = codes;
  return first !== undefined && codes.every((code) => NEVER_LEFT.has(code)) ? first.toLowerCase() : null;
};
