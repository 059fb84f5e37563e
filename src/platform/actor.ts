/**
 * Who acts. Every command names its actor; what an actor may do is a set of permissions that come from roles, and where
 * it may look is a scope. Permissions are named here once: a route declares exactly one.
 */
import { fail } from "#src/kernel/errors.ts";

/** What a person may be. */
export const STAFF_ROLES = [
  "agent",
  "area-manager",
  "cashier",
  "finance",
  "finance-approver",
  "supervisor",
  "auditor",
  "admin",
] as const;
export type StaffRole = (typeof STAFF_ROLES)[number];

export const ROLES = [...STAFF_ROLES, "bank-channel"] as const;
export type Role = (typeof ROLES)[number];

/** What an actor may be: one of these, or a household at its own page, which is nobody of the company. */
export type ActorRole = Role | "household";

/** What each permission allows, and the roles that have it. Nobody has a permission that is not listed. */
export const PERMISSIONS = {
  "account.read": [
    "agent",
    "area-manager",
    "cashier",
    "finance",
    "finance-approver",
    "supervisor",
    "auditor",
    "bank-channel",
  ],
  "account.write": ["agent", "area-manager", "finance", "supervisor"],
  // What is masked, one field at a time, for a reason
  "account.reveal": ["agent", "area-manager", "cashier", "finance", "supervisor"],
  "account.state": ["area-manager", "finance", "supervisor"],
  "network.read": [
    "agent",
    "area-manager",
    "cashier",
    "finance",
    "finance-approver",
    "supervisor",
    "auditor",
    "admin",
  ],
  "network.write": ["admin"],
  "bill.read": [
    "agent",
    "area-manager",
    "cashier",
    "finance",
    "finance-approver",
    "supervisor",
    "auditor",
    "bank-channel",
  ],
  "bill.run": ["finance"],
  "bill.cancel": ["finance"],
  "bill.approve-cancel": ["finance-approver"],
  "tariff.read": ["agent", "area-manager", "cashier", "finance", "finance-approver", "supervisor", "auditor"],
  "tariff.write": ["finance"],
  "tariff.approve": ["finance-approver"],
  "payment.read": [
    "agent",
    "cashier",
    "finance",
    "finance-approver",
    "supervisor",
    "auditor",
    "bank-channel",
  ],
  "payment.take": ["cashier", "finance", "bank-channel"],
  // A channel's payment that its machine did not report, with a second person's approval.
  "payment.by-hand": ["finance"],
  "payment.void": ["cashier"],
  "payment.reverse": ["finance", "bank-channel"],
  "payment.approve-reversal": ["finance-approver", "supervisor"],
  "shift.work": ["cashier"],
  "shift.close-for-cashier": ["supervisor", "finance-approver"],
  "shift.read": ["cashier", "finance", "finance-approver", "supervisor", "auditor"],
  "receipt.issue": ["cashier", "finance"],
  "bank.read": ["finance", "finance-approver", "auditor"],
  "bank.import": ["finance"],
  "bank.certify": ["finance-approver"],
  "suspense.claim": ["finance"],
  "approval.read": ["finance", "finance-approver", "supervisor", "auditor", "admin", "cashier"],
  "approval.decide": ["finance-approver", "supervisor", "cashier"],
  "task.read": ["agent", "area-manager", "cashier", "finance", "finance-approver", "supervisor", "auditor"],
  "task.write": ["agent", "area-manager", "cashier", "finance", "finance-approver", "supervisor"],
  "ledger.read": ["finance", "finance-approver", "auditor"],
  "ledger.close-day": ["finance-approver"],
  "audit.read": ["auditor", "admin"],
  // Queues, dead letters, the timetable
  "operations.read": ["supervisor", "auditor", "admin"],
  "operations.write": ["admin"],
  "staff.read": ["supervisor", "auditor", "admin"],
  "staff.write": ["admin"],
  "token.write": ["admin"],
  "channel.read": [
    "agent",
    "cashier",
    "finance",
    "finance-approver",
    "supervisor",
    "auditor",
    "admin",
    "bank-channel",
  ],
  "channel.write": ["admin"],
  "setting.read": ["finance", "supervisor", "auditor", "admin"],
  "setting.write": ["admin"],
  // Cases, routing and incidents
  "ticket.read": ["agent", "area-manager", "cashier", "finance", "supervisor", "auditor"],
  // Goes to homes, and may say so of themselves; a desk names who was there
  "ticket.visit": ["area-manager", "supervisor"],
  "ticket.write": ["agent", "area-manager", "cashier", "finance", "supervisor"],
  "ticket.close": ["agent", "area-manager", "supervisor"],
  // Categories, calendars and deadlines as they hold: also for who may set them
  "ticket.rules": ["agent", "area-manager", "cashier", "finance", "supervisor", "auditor", "admin"],
  "ticket.settings": ["supervisor", "admin"],
  "routing.read": ["agent", "area-manager", "supervisor", "auditor", "admin"],
  "routing.rule": ["supervisor"],
  "routing.settings": ["supervisor", "admin"],
  "incident.read": ["agent", "area-manager", "cashier", "supervisor", "auditor"],
  "incident.write": ["agent", "area-manager", "supervisor"],
  "incident.close-cases": ["supervisor"],
  "referral.read": ["agent", "area-manager", "supervisor", "auditor"],
  "referral.write": ["agent", "supervisor"],
  "referral.sign": ["agent", "supervisor"],
  "supply.read": ["agent", "area-manager", "supervisor", "auditor"],
  "supply.write": ["supervisor", "admin"],
  // Calls, work in the field, messages
  "hotline.work": ["agent", "supervisor"],
  "hotline.read": ["agent", "supervisor", "auditor"],
  "hotline.supervise": ["supervisor"],
  "field.read": ["agent", "area-manager", "supervisor", "auditor"],
  // Who goes out and who is called in an emergency; whoever sets it sees it.
  "crew.read": ["agent", "area-manager", "supervisor", "auditor", "admin"],
  "field.write": ["agent", "area-manager", "supervisor"],
  "field.settings": ["supervisor", "admin"],
  "pressure-test.read": ["agent", "area-manager", "supervisor", "auditor"],
  "pressure-test.write": ["area-manager", "supervisor"],
  "pressure-test.away": ["agent", "area-manager", "supervisor"],
  "message.read": ["agent", "area-manager", "supervisor", "auditor"],
  "message.write": ["agent", "supervisor"],
  // Channels and templates as they are: also for who may set them
  "message.set-up": [
    "agent",
    "area-manager",
    "finance",
    "finance-approver",
    "supervisor",
    "auditor",
    "admin",
  ],
  "message.settings": ["supervisor", "admin"],
  // Payment notices: the ladder, the lists of who has to pay, letters of demand
  "reminder.read": ["agent", "area-manager", "finance", "finance-approver", "supervisor", "auditor"],
  "reminder.run": ["finance", "supervisor"],
  "reminder.approve": ["finance-approver", "supervisor"],
  "reminder.letter": ["area-manager", "finance", "supervisor"],
  // Many messages with one purpose: whoever writes one does not approve it
  "notice.read": ["agent", "area-manager", "finance", "finance-approver", "supervisor", "auditor"],
  // Whoever approves reads to how many homes which words go
  "notice.preview": ["area-manager", "finance", "finance-approver", "supervisor"],
  "notice.write": ["area-manager", "finance", "supervisor"],
  "notice.approve": ["finance-approver", "supervisor"],
  // Festivals and emergency texts as they hold: also for who may set them
  "notice.set-up": ["agent", "area-manager", "finance", "finance-approver", "supervisor", "auditor", "admin"],
  "notice.settings": ["supervisor", "admin"],
  // Sheets of the morning, boards, and the lists behind their numbers
  "report.read": ["finance", "finance-approver", "supervisor", "auditor"],
  "report.export": ["finance", "finance-approver", "supervisor", "auditor"],
  "report.settings": ["supervisor", "admin"],
  // What one has asked for as a table: whoever may export anything
  "export.own": ["agent", "area-manager", "finance", "finance-approver", "supervisor", "auditor"],
  "live.read": ["agent", "area-manager", "cashier", "finance", "finance-approver", "supervisor", "auditor"],
  "own.session": [
    "agent",
    "area-manager",
    "cashier",
    "finance",
    "finance-approver",
    "supervisor",
    "auditor",
    "admin",
    "bank-channel",
  ],
  // The household's own page: the homes that its session may look at, and no other permission
  "me.read": ["household"],
  "me.write": ["household"],
  "me.pay": ["household"],
} as const satisfies Record<string, readonly ActorRole[]>;
export type Permission = keyof typeof PERMISSIONS;

/**
 * What concerns the company as a whole: its books, its banks, its bill run, its settings. Whoever is bound to areas or accounts does not
 * have these, whatever the role, because their lists know no areas.
 */
export const WHOLE_COMPANY: readonly Permission[] = [
  "network.write",
  "bill.run",
  "tariff.write",
  "tariff.approve",
  "bank.read",
  "bank.import",
  "bank.certify",
  "suspense.claim",
  "ledger.read",
  "ledger.close-day",
  "audit.read",
  "operations.read",
  "operations.write",
  // Whoever makes logins and tokens could make one without bounds.
  "staff.write",
  "token.write",
  "channel.write",
  "setting.write",
  "ticket.settings",
  "routing.settings",
  // What stops in the network stops heat wherever its water goes.
  "supply.write",
  "hotline.supervise",
  "field.settings",
  "message.settings",
  "reminder.run",
  "notice.approve",
  "notice.settings",
  "report.settings",
];

/**
 * Where an actor may look. `areas` lists the service areas with everything below them resolved; `accounts` the only
 * accounts of a machine token, or the homes of a household at its page; `everything` has no bound.
 */
export type Scope =
  | { readonly kind: "everything" }
  | { readonly kind: "areas"; readonly areaIds: readonly bigint[] }
  | { readonly kind: "accounts"; readonly accountIds: readonly bigint[] };

export type Actor = {
  readonly kind: "staff" | "machine" | "system" | "cli" | "household";
  /** staff_members.id for staff, machine_tokens.id for a machine, household_sessions.id for a household, null for the system. */
  readonly id: bigint | null;
  readonly name: string;
  readonly roles: readonly ActorRole[];
  readonly scope: Scope;
  /** A machine of a bank may post for this channel only. */
  readonly channelId?: number;
  /**
   * What a person has still to do before anything but the own session is open to this login: change the password, or
   * give the second factor.
   */
  readonly pending?: "password" | "second-factor";
  /** When a person last gave password or code in this session; some routes ask for it again (`requireFreshProof`). */
  readonly provedAt?: Date;
};

/** The platform itself: relay, sealer, subscribers. */
export const systemActor = (name: string): Actor => ({
  kind: "system",
  id: null,
  name,
  roles: ["finance", "supervisor"],
  scope: { kind: "everything" },
});

/** Whoever runs `nuan` on the server: holds the database password, so it may do what the database allows. */
export const cliActor = (name: string): Actor => ({
  kind: "cli",
  id: null,
  name: `cli:${name}`,
  roles: [...ROLES],
  scope: { kind: "everything" },
});

const isBeyondScope = (actor: Actor, permission: Permission): boolean =>
  actor.scope.kind !== "everything" && WHOLE_COMPANY.includes(permission);

export const can = (actor: Actor, permission: Permission): boolean => {
  if (actor.pending !== undefined && permission !== "own.session") return false;
  if (isBeyondScope(actor, permission)) return false;
  const allowed: readonly ActorRole[] = PERMISSIONS[permission];
  return actor.roles.some((role) => allowed.includes(role));
};

/** Everything that `can` allows this actor at this moment. */
export const permissionsOf = (actor: Actor): Permission[] =>
  (Object.keys(PERMISSIONS) as Permission[]).filter((permission) => can(actor, permission));

/** @throws DomainError `forbidden`, `session.password-expected`, `session.second-factor-expected` */
export const authorize = (actor: Actor, permission: Permission): void => {
  if (actor.pending !== undefined && permission !== "own.session") {
    fail(`session.${actor.pending}-expected`, `this login waits for its ${actor.pending.replace("-", " ")}`, {
      remedy:
        actor.pending === "password"
          ? "choose a new password (POST /session/password)"
          : "give the code of the authenticator (POST /session/totp)",
    });
  }
  requirePermission(actor, permission);
};

/** How long a proof of who somebody is lasts for what is worth a second look: refunds, exports, what is masked. */
export const PROOF_LASTS_MS = 600_000;

/**
 * Holds a person to a fresh proof. Machines have none to give: their token is the proof, and is bound to what it may do.
 * @throws DomainError `session.step-up-needed`
 */
export const requireFreshProof = (actor: Actor, now: Date): void => {
  if (actor.kind !== "staff") return;
  if (actor.provedAt !== undefined && now.getTime() - actor.provedAt.getTime() <= PROOF_LASTS_MS) return;
  fail("session.step-up-needed", "this asks for the own password or authenticator code again", {
    remedy: "give it (POST /session/step-up), then repeat the request",
  });
};

/** The part of `authorize` that is about the permission alone. @throws DomainError `forbidden`, naming who may */
export const requirePermission = (actor: Actor, permission: Permission): void => {
  if (can(actor, permission)) return;
  fail("forbidden", `this needs the permission ${permission}`, {
    remedy: isBeyondScope(actor, permission)
      ? "this concerns the whole company; have it done by a login that is not bound to areas or accounts"
      : `have it done by somebody with one of these roles: ${PERMISSIONS[permission].join(", ")}`,
    facts: { permission },
  });
};

/** The id to store as "who did it" on business rows: a person's, else null (the audit row names machines). */
export const staffIdOf = (actor: Actor): bigint | null => (actor.kind === "staff" ? actor.id : null);
