/**
 * The screen pop (来电弹屏): who is behind a number and what an agent needs before the first word. A shared number gives several
 * households to choose from, an unknown one none: the agent binds the call to an account or an address. Names and numbers are
 * masked; the caller's own number is shown by the call itself, to its agent, while it is on.
 */
import { addDays, type Day, instantOfDay } from "#src/kernel/day.ts";
import { householdBalances } from "#src/money/ledger/index.ts";
import type { Actor } from "#src/platform/actor.ts";
import { fenJson } from "#src/platform/route.ts";
import { scopeBindings } from "#src/platform/scope.ts";
import type { Sql } from "#src/platform/sql.ts";
import { troubleOfBuilding } from "#src/service/incidents/index.ts";
import { findOpenTickets, reachOf } from "#src/service/tickets/index.ts";
import { accessAccount, type Account, maskName, viewAccount } from "#src/town/accounts/index.ts";
import { testsOfBuilding } from "#src/service/pressure-tests/index.ts";
import { findClosings, findContacts, findHouseholds, findNotices, findPapers } from "./pop-queries.ts";

const MOST_HOUSEHOLDS = 50;
const LAST = 5;

export type PopQuestion = {
  /** E.164, or null when the caller withholds it. */
  readonly number: string | null;
  /** Chosen by the agent, or bound to the call. */
  readonly accountNo: string | null;
  readonly buildingId: bigint | null;
  readonly callId: bigint | null;
};

type Reader = { readonly sql: Sql; readonly actor: Actor; readonly now: Date; readonly today: Day };

const incidentOf = async ({ sql, now }: Reader, buildingId: bigint) => {
  const trouble = await troubleOfBuilding(sql, buildingId, now);
  return trouble === null
    ? null
    : {
        incidentId: trouble.incidentId === null ? null : String(trouble.incidentId),
        script: trouble.script,
        scriptEn: trouble.scriptEn,
        expectedBackAt: trouble.expectedBackAt?.toISOString() ?? null,
      };
};

/** What happens in the building today: half of the calls of a test day ask about just this. */
const todayOf = async ({ sql, today }: Reader, buildingId: bigint, accountId: bigint | null) => {
  const closings = await findClosings(sql, {
    buildingId,
    accountId,
    day: today,
    from: instantOfDay(today),
    until: instantOfDay(addDays(today, 1)),
  });
  return {
    tests: (await testsOfBuilding(sql, buildingId, today)).map(({ testId, ...test }) => ({
      ...test,
      testId: String(testId),
    })),
    closings: closings.map((closing) => ({
      ...closing,
      from: closing.from?.toISOString() ?? null,
      until: closing.until?.toISOString() ?? null,
    })),
  };
};

const contactsOf = async ({ sql, actor, today }: Reader, asked: PopQuestion, accountId: bigint | null) => {
  const contacts = await findContacts(sql, {
    ...reachOf(actor, today),
    accountId,
    number: asked.number,
    exceptCallId: asked.callId,
    limit: LAST,
  });
  return contacts.map((contact) => ({
    callId: String(contact.callId),
    direction: contact.direction,
    beganAt: contact.beganAt.toISOString(),
    outcome: contact.outcome,
    wrapUp: contact.wrapUp,
    agent: contact.agent,
  }));
};

const PAPERS = {
  bill: { word: "bills", pdf: "print.pdf" },
  receipt: { word: "receipts", pdf: "pdf" },
  "work-order": { word: "work-orders", pdf: "print.pdf" },
} as const;

/** Where the papers of a household are printed; each address asks for its own right again. */
const papersOf = async ({ sql }: Reader, accountId: bigint) =>
  (await findPapers(sql, { accountId, limit: 3 })).map((paper) => ({
    kind: paper.kind,
    id: String(paper.id),
    season: paper.season,
    print: `/${PAPERS[paper.kind].word}/${paper.id}/print`,
    pdf: `/${PAPERS[paper.kind].word}/${paper.id}/${PAPERS[paper.kind].pdf}`,
  }));

const householdOf = async (reader: Reader, asked: PopQuestion, account: Account) => {
  const { sql, today } = reader;
  const view = await viewAccount(sql, account, today);
  const balances = await householdBalances(sql, account.id);
  const tickets = await findOpenTickets(sql, { accountId: account.id });
  const notices = await findNotices(sql, { accountId: account.id, limit: LAST });
  return {
    accountNo: view.accountNo,
    state: view.state,
    address: view.premises.address,
    building: view.building,
    community: view.community.name,
    station: view.station === null ? null : { name: view.station.name, owner: view.station.owner },
    area: view.area,
    people: view.people.map(({ personId, role, name, phones }) => ({
      personId,
      role,
      name,
      phones: phones.map((phone) => phone.number),
    })),
    chargePoints: view.chargePoints.map(({ chargePoint, supply, valve }) => ({ chargePoint, supply, valve })),
    debt: {
      receivableFen: fenJson(balances.receivableFen),
      offeredFen: fenJson(balances.offeredFen),
      prepaidFen: fenJson(balances.prepaidFen),
    },
    holds: view.holds.map(({ kind, startsOn, endsOn }) => ({ kind, startsOn, endsOn })),
    care: view.holds.some(({ kind }) => kind === "care"),
    openTickets: tickets.map((ticket) => ({
      ticketNo: ticket.ticketNo,
      category: ticket.categoryCode,
      severity: ticket.severity,
      state: ticket.state,
      openedAt: ticket.openedAt.toISOString(),
    })),
    incident: await incidentOf(reader, account.buildingId),
    today: await todayOf(reader, account.buildingId, account.id),
    contacts: await contactsOf(reader, asked, account.id),
    notices: notices.map(({ purpose, title, channel, state, queuedAt }) => ({
      purpose,
      title,
      channel,
      state,
      queuedAt: queuedAt.toISOString(),
    })),
    papers: await papersOf(reader, account.id),
  };
};

/**
 * Who calls. With one household, or one chosen, everything about it; with several, the list to choose from; with none, what is
 * known of the building and the number. Reads only; within the caller's scope.
 * @throws DomainError `account.not-found` for a chosen account outside the scope
 */
export const popScreen = async (reader: Reader, asked: PopQuestion) => {
  const { sql, actor, today } = reader;
  const found =
    asked.number === null
      ? []
      : await findHouseholds(sql, {
          ...scopeBindings(actor.scope, today),
          number: asked.number,
          limit: MOST_HOUSEHOLDS,
        });
  const chosen = asked.accountNo ?? (found.length === 1 ? (found[0]?.accountNo ?? null) : null);
  const account = chosen === null ? null : await accessAccount(sql, actor, chosen, today);
  return {
    households: found.map((household) => ({
      accountNo: household.accountNo,
      address: household.address,
      person: household.personKind === "organisation" ? household.personName : maskName(household.personName),
      role: household.role,
      care: household.care,
    })),
    household: account === null ? null : await householdOf(reader, asked, account),
    incident:
      account === null && asked.buildingId !== null ? await incidentOf(reader, asked.buildingId) : null,
    today:
      account === null && asked.buildingId !== null ? await todayOf(reader, asked.buildingId, null) : null,
    contacts: account === null ? await contactsOf(reader, asked, null) : [],
  };
};
