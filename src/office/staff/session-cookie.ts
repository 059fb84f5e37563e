/** The cookie that carries a session's reference to a browser. */

const isHttps = (publicUrl: string): boolean => publicUrl.startsWith("https:");

/** `__Host-` makes browsers refuse the cookie from a subdomain or over plain http; a machine of one's own has no https. */
export const sessionCookieName = (publicUrl: string): string => (isHttps(publicUrl) ? "__Host-nuan" : "nuan");

const attributes = (publicUrl: string): string =>
  `Path=/; HttpOnly; SameSite=Strict${isHttps(publicUrl) ? "; Secure" : ""}`;

/** `Set-Cookie` for a new reference; it lives as long as the browser, and the server ends it before. */
export const sessionCookie = (publicUrl: string, reference: string): string =>
  `${sessionCookieName(publicUrl)}=${reference}; ${attributes(publicUrl)}`;

/** `Set-Cookie` that takes the cookie away. */
export const endedCookie = (publicUrl: string): string =>
  `${sessionCookieName(publicUrl)}=; Max-Age=0; ${attributes(publicUrl)}`;
