/** Where a task is worked off: the case, the household, the bank day, whatever its details name, for whoever may look there. */
import type { Item } from "#web/api/types.ts";

export type Task = Item<"/tasks">;

const textIn = ({ details }: Task, name: string): string | undefined => {
  const value = details[name];
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
};

/** By what the details name, where they name it. */
const at = <Place>(id: string | undefined, placeOf: (id: string) => Place): Place | undefined =>
  id === undefined ? undefined : placeOf(id);

const ofService = (of: (name: string) => string | undefined) => [
  at(of("ticketNo"), (id) => {
    const link = { to: "/tickets/$ticketNo", params: { ticketNo: id } } as const;
    return { right: "ticket.read", label: "case", id, link } as const;
  }),
  at(of("testId"), (testId) => {
    const link = { to: "/pressure-tests/$testId", params: { testId } } as const;
    return { right: "pressure-test.read", label: "test", id: "", link } as const;
  }),
  at(of("incidentId"), (id) => {
    const link = { to: "/incidents/$id", params: { id } } as const;
    return { right: "incident.read", label: "incident", id: "", link } as const;
  }),
  at(of("referralId"), (id) => {
    const link = { to: "/referrals/$id", params: { id } } as const;
    return { right: "referral.read", label: "referral", id: "", link } as const;
  }),
  at(of("noticeId"), (noticeId) => {
    const link = { to: "/notices/$noticeId", params: { noticeId } } as const;
    return { right: "notice.read", label: "notice", id: "", link } as const;
  }),
];

const ofMoney = (of: (name: string) => string | undefined) => [
  at(of("breakId"), (id) => {
    const link = { to: "/finance/breaks", search: { id, state: "all" } } as const;
    return { right: "bank.read", label: "break", id: "", link } as const;
  }),
  at(of("importFileId"), (id) => {
    const link = { to: "/finance/imported/$id", params: { id } } as const;
    return { right: "bank.read", label: "imported", id: "", link } as const;
  }),
  at(of("day"), (day) =>
    at(of("channel"), (channel) => {
      const link = { to: "/finance/bank-days/$channel/$day", params: { channel, day } } as const;
      return { right: "bank.read", label: "bankDay", id: "", link } as const;
    }),
  ),
];

/** By the sort of work, where there is one page for all of it. */
const byKind = ({ kind }: Task) => {
  if (kind === "terminal-held")
    return { right: "ledger.read", label: "shifts", id: "", link: { to: "/finance/shifts" } } as const;
  if (kind === "call-back")
    return { right: "hotline.read", label: "calls", id: "", link: { to: "/calls" } } as const;
  if (kind === "cases-of-absent")
    return { right: "routing.settings", label: "reassign", id: "", link: { to: "/reassign" } } as const;
  if (kind === "many-reveals")
    return { right: "audit.read", label: "reveals", id: "", link: { to: "/admin/reveals" } } as const;
  if (kind === "messages-unknown")
    return {
      right: "message.read",
      label: "messages",
      id: "",
      link: { to: "/messages", search: { list: "unknown" } },
    } as const;
  if (kind === "valve-opening")
    return {
      right: "pressure-test.write",
      label: "stairwells",
      id: "",
      link: { to: "/my/stairwells" },
    } as const;
  return undefined;
};

const household = ({ accountNo }: Task) =>
  accountNo === null
    ? undefined
    : ({
        right: "account.read",
        label: "household",
        id: accountNo,
        link: { to: "/households/$accountNo", params: { accountNo } },
      } as const);

export const placesOf = (task: Task) =>
  [
    ...ofService((name) => textIn(task, name)),
    ...ofMoney((name) => textIn(task, name)),
    byKind(task),
    household(task),
  ].filter((one) => one !== undefined);

/** What takes its task back by itself once the work is done: nobody has to say so twice. */
const ENDS_ITSELF: readonly string[] = [
  "bank-break",
  "bank-file-late",
  "bank-import-unfinished",
  "bank-unproved",
  "call-back",
  "emergency-unanswered",
  "key-holder",
  "messages-unknown",
  "notice-approve",
  "pressure-next",
  "valve-opening",
];
export const endsItself = ({ kind }: Task): boolean => ENDS_ITSELF.includes(kind);
