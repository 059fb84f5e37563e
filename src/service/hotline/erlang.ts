/**
 * How many seats a load needs (A. K. Erlang, 1917): calls come at random, talk times vary, whoever finds no seat free waits and
 * does not leave. That people do leave makes the true figure a little kinder.
 */

/** Erlangs: calls an hour times the minutes that one takes (talking and wrapping up), over sixty. */
export const offeredLoad = (callsAnHour: number, handlingSeconds: number): number =>
  (callsAnHour * handlingSeconds) / 3600;

/** The share of calls that find every seat taken. 1 when the load is as large as the seats: the queue grows without bound. */
export const shareThatWaits = (erlangs: number, seats: number): number => {
  if (erlangs <= 0) return 0;
  if (seats <= erlangs) return 1;
  // Erlang B by its recursion, which neither overflows nor loses digits; then C from B.
  let blocked = 1;
  for (let n = 1; n <= seats; n += 1) blocked = (erlangs * blocked) / (n + erlangs * blocked);
  return blocked / (1 - (erlangs / seats) * (1 - blocked));
};

/** The share of calls that is answered within `seconds`. */
export const shareAnsweredWithin = (
  load: { readonly erlangs: number; readonly handlingSeconds: number },
  seats: number,
  seconds: number,
): number => {
  if (load.erlangs <= 0) return 1;
  if (seats <= load.erlangs) return 0;
  const stillWaiting = Math.exp((-(seats - load.erlangs) * seconds) / load.handlingSeconds);
  return 1 - shareThatWaits(load.erlangs, seats) * stillWaiting;
};

/** The fewest seats with which less than `share` of the calls waits at all. */
export const seatsSoThatFewerWait = (erlangs: number, share: number): number => {
  if (erlangs <= 0) return 0;
  let seats = Math.floor(erlangs) + 1;
  while (shareThatWaits(erlangs, seats) >= share) seats += 1;
  return seats;
};

/** The fewest seats with which at least `share` is answered within `seconds` (80% within 20 s is the usual aim). */
export const seatsForService = (
  load: { readonly erlangs: number; readonly handlingSeconds: number },
  share: number,
  seconds: number,
): number => {
  if (load.erlangs <= 0) return 0;
  let seats = Math.floor(load.erlangs) + 1;
  while (shareAnsweredWithin(load, seats, seconds) < share) seats += 1;
  return seats;
};
