/**
 * A press that comes twice (a double click, Enter and a click) is one: the same change again, while the first is on its way or just
 * answered well, gets the answer of the first. Without it the second would be refused as done already, and its words would cover what
 * the first had to say: a password that is shown once. Anything else in between makes the next a change of its own.
 */
const SAME_PRESS_MS = 700;
const UNSAFE = /^(POST|PUT|PATCH|DELETE)$/;

type Sent = { readonly what: string; readonly answer: Promise<Response>; answeredAt: number | undefined };

/** Whether the request changes something, and in the same words as the last one; its key is another at each press. */
const wordsOf = async (request: Request): Promise<string | undefined> => {
  if (!UNSAFE.test(request.method)) return undefined;
  const body = await request.clone().text();
  return JSON.stringify([request.method, request.url, request.headers.get("If-Match"), body]);
};

export const pressedOnce = (
  send: (request: Request) => Promise<Response>,
  now: () => number = () => performance.now(),
): ((request: Request) => Promise<Response>) => {
  let last: Sent | undefined;
  const isSamePress = (what: string): boolean =>
    last?.what === what && (last.answeredAt === undefined || now() - last.answeredAt < SAME_PRESS_MS);
  return async (request) => {
    const what = await wordsOf(request);
    if (what === undefined) return send(request);
    if (last !== undefined && isSamePress(what)) return (await last.answer).clone();
    const mine: Sent = { what, answer: send(request), answeredAt: undefined };
    last = mine;
    const forget = (): void => {
      if (last === mine) last = undefined;
    };
    try {
      const answer = await mine.answer;
      // What was refused, or needs a second try with another proof, may be asked again at once.
      if (answer.ok) mine.answeredAt = now();
      else forget();
      return answer.clone();
    } catch (error) {
      forget();
      throw error;
    }
  };
};
