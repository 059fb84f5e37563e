import type * as Inside from "./inside.tsx";

/** The pages behind the sign-in, as a file of their own; asked for while somebody waits for a code, so that they are there after it. */
export const loadInside = (): Promise<typeof Inside> => import("./inside.tsx");
