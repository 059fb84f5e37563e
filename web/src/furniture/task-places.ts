/** Where a task is worked off: the case, the household, the bank day, whatever its details name, for whoever may look there. */
import type { Item } from "#web/api/types.ts";

export type Task = Item<"/tasks">;

const textIn = ({ details }: Task, name: string): string | undefined => {
  const value = details[name];
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
};

/** By what the details name: an id, or two. */
const byDetails = (task: Task) => {
  const of = (name: string): string | undefined => textIn(task, name);
  const [ticketNo, noticeId, testId, breakId] = [of("ticketNo"), of("noticeId"), of("testId"), of("breakId")];
  const [incidentId, referralId] = [of("incidentId"), of("referralId")];
  const [channel, day] = [of("channel"), of("day")];
  return [
    ticketNo === undefined
      ? undefined
      : ({
          right: "ticket.read",
          label: "case",
          id: ticketNo,
          link: { to: "/tickets/$ticketNo", params: { ticketNo } },
        } as const),
    breakId === undefined
      ? undefined
      : ({
          right: "bank.read",
          label: "break",
          id: "",
          link: { to: "/finance/breaks", search: { id: breakId, state: "all" } },
        } as const),
    channel === undefined || day === undefined
      ? undefined
      : ({
          right: "bank.read",
          label: "bankDay",
          id: "",
          link: { to: "/finance/bank-days/$channel/$day", params: { channel, day } },
        } as const),
    noticeId === undefined
      ? undefined
      : ({
          right: "notice.read",
          label: "notice",
          id: "",
          link: { to: "/notices/$noticeId", params: { noticeId } },
        } as const),
    testId === undefined
      ? undefined
      : ({
          right: "pressure-test.read",
          label: "test",
          id: "",
          link: { to: "/pressure-tests/$testId", params: { testId } },
        } as const),
    incidentId === undefined
      ? undefined
      : ({
          right: "incident.read",
          label: "incident",
          id: "",
          link: { to: "/incidents/$id", params: { id: incidentId } },
        } as const),
    referralId === undefined
      ? undefined
      : ({
          right: "referral.read",
          label: "referral",
          id: "",
          link: { to: "/referrals/$id", params: { id: referralId } },
        } as const),
  ];
};

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
  [...byDetails(task), byKind(task), household(task)].filter((one) => one !== undefined);

/** What takes its task back by itself once the work is done: nobody has to say so twice. */
const ENDS_ITSELF: readonly string[] = [
  "bank-break",
  "bank-file-late",
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
