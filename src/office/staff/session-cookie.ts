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

const deviceCookieName = (publicUrl: string): string => `${sessionCookieName(publicUrl)}-phone`;

/** `Set-Cookie` for the token of a bound phone: kept until the season ends; no script sees it. */
export const deviceCookie = (publicUrl: string, token: string, seconds: number): string =>
  `${deviceCookieName(publicUrl)}=${token}; Max-Age=${seconds}; ${attributes(publicUrl)}`;

/** The token in a request's cookies. */
export const deviceTokenIn = (cookies: string | undefined, publicUrl: string): string | undefined => {
  const prefix = `${deviceCookieName(publicUrl)}=`;
  return cookies
    ?.split(";")
    .map((part) => part.trim())
    .find((part) => part.startsWith(prefix))
    ?.slice(prefix.length);
};
