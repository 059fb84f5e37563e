/** The cookie of the household's page: another than that of the people who work here, so that neither is taken for the other. */

const isHttps = (publicUrl: string): boolean => publicUrl.startsWith("https:");

/** `__Host-` makes browsers refuse the cookie from a subdomain or over plain http; a machine of one's own has no https. */
export const householdCookieName = (publicUrl: string): string =>
  isHttps(publicUrl) ? "__Host-nuan-me" : "nuan-me";

const attributes = (publicUrl: string): string =>
  `Path=/; HttpOnly; SameSite=Strict${isHttps(publicUrl) ? "; Secure" : ""}`;

/** `Set-Cookie` for a new reference; it lives as long as the browser, and the server ends it before. */
export const householdCookie = (publicUrl: string, reference: string): string =>
  `${householdCookieName(publicUrl)}=${reference}; ${attributes(publicUrl)}`;

/** `Set-Cookie` that takes the cookie away. */
export const endedHouseholdCookie = (publicUrl: string): string =>
  `${householdCookieName(publicUrl)}=; Max-Age=0; ${attributes(publicUrl)}`;
