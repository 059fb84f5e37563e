export { type Role, type Session, useMay, useSession } from "#web/api/session.ts";
