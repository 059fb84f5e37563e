/**
 * The whole timetable. A tick of the queue comes once a minute, whatever number of processes asks for it, and every process
 * looks by itself at its start and every five minutes, so neither a lost queue nor a missed night skips a job. The row per
 * (job, business date) makes sure that each runs once.
 */
import { type Loop, startLoop } from "#src/platform/outbox.ts";
import { runIfDue, type ScheduledJob } from "#src/platform/scheduled-runs.ts";
import { fallDueAll } from "./fall-due.ts";
import { cleanUp } from "./cleanup.ts";
import { keepTotals } from "./keep-totals.ts";
import { proveHotline } from "./hotline-check.ts";
import { proveLedger } from "./ledger-check.ts";
import { advanceReminders } from "./reminders.ts";
import type { Services } from "./services.ts";
import { planGreetings } from "./greetings.ts";
import { freezeMorning, sendMorning } from "./morning-sheets.ts";
import { proveTickets } from "./ticket-check.ts";
import { tellOfTests } from "./tests-ahead.ts";
import { watchAudit } from "./watch-audit.ts";
import { watchBills } from "./watch-bills.ts";
import { watchBank } from "./watch-bank.ts";
import { watchReferrals } from "./watch-referrals.ts";
import { watchRouting } from "./watch-routing.ts";
import { watchTerminal } from "./watch-terminal.ts";
import { watchWallet } from "./watch-wallet.ts";

export const TIMETABLE: readonly ScheduledJob<Services>[] = [
  // With the day that they fall due.
  { name: "fall-due", at: "00:10", leaseMs: 1_800_000, run: fallDueAll },
  // After the day's last bank files and before the first counter opens.
  { name: "ledger-check", at: "02:30", leaseMs: 1_800_000, run: proveLedger },
  { name: "hotline-check", at: "02:40", leaseMs: 1_800_000, run: proveHotline },
  { name: "ticket-check", at: "02:50", leaseMs: 1_800_000, run: proveTickets },
  // After the proof, which reads what is deleted here; before the first counter opens.
  { name: "cleanup", at: "03:30", leaseMs: 1_800_000, run: cleanUp },
  // After the night's bills and debts; what it announces is approved by people of the day.
  { name: "reminders", at: "06:30", leaseMs: 1_800_000, run: advanceReminders },
  // What yesterday was is over, and the first files are read; frozen before anybody looks.
  { name: "sheets", at: "07:30", leaseMs: 1_800_000, run: freezeMorning },
  { name: "sheets-sent", at: "08:00", leaseMs: 600_000, run: sendMorning },
  // Before people come to work, who are asked to look at them.
  { name: "greetings", at: "08:00", leaseMs: 600_000, run: planGreetings },
  // Supervisors are in: what has to be approved today still goes out today.
  { name: "tests-ahead", at: "08:30", leaseMs: 1_800_000, run: tellOfTests },
];

const TICK_MS = 60_000;
const OWN_LOOK_MS = 300_000;

type Runner = Pick<Services, "platform" | "log" | "stopping">;

/**
 * Runs what is due now, one after the other. A job that fails is logged, and the others still run. A process that shall stop
 * begins none any more: the next process does what is left.
 */
export const runJobs = async <S extends Runner>(
  services: S,
  timetable: readonly ScheduledJob<S>[],
): Promise<void> => {
  const { platform, log, stopping } = services;
  for (const job of timetable) {
    if (stopping?.aborted) return;
    try {
      const done = await runIfDue(platform.database, job, services, platform.clock.now());
      if (done === null) continue;
      const waits = Object.hasOwn(done.outcome, "waitingFor");
      log.info({ job: job.name, ...done }, waits ? "scheduled job waits" : "scheduled job done");
    } catch (error) {
      log.error({ job: job.name, err: error }, "scheduled job failed");
    }
  }
};

/** One look: what is due by the timetable, and what is watched all day. */
export const look = async (services: Services): Promise<void> => {
  // Before the sheets of the morning ask for them.
  await keepTotals(services);
  await runJobs(services, TIMETABLE);
  if (services.stopping?.aborted) return;
  await watchBills(services);
  await watchBank(services);
  await watchRouting(services);
  await watchReferrals(services);
  await watchWallet(services);
  await watchTerminal(services);
  await watchAudit(services);
};

/** Looks by itself, and keeps the queue ticking also after it was emptied. */
export const startScheduler = (services: Services): Loop =>
  startLoop("scheduler", services.log, async () => {
    await look(services);
    await services.queues.queue("timetable").tick("tick", TICK_MS);
    return OWN_LOOK_MS;
  });
