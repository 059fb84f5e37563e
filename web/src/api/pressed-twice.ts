/**
 * A press that comes twice (a double click, Enter and a click) is one: the same change again, while the first is on its way or just
 * answered well, gets the answer of the first. Without it the second would be refused as done already, and its words would cover what
 * the first had to say: a password that is shown once. Anything else in between makes the next a change of its own.
 */
const SAME_PRESS_MS = 700;
const UNSAFE = /^(POST|PUT|PATCH|DELETE)$/;

type Sent = { readonly what: string; readonly answer: Promise<Response> };

/** Whether the request changes something, and in the same words as the last one; its key is another at each press. */
const wordsOf = async (request: Request): Promise<string | undefined> => {
  if (!UNSAFE.test(request.method)) return undefined;
  const body = await request.clone().text();
  return JSON.stringify([request.method, request.url, request.headers.get("If-Match"), body]);
};

export const pressedOnce = (
  send: (request: Request) => Promise<Response>,
  later: (work: () => void, ms: number) => void = (work, ms) => void window.setTimeout(work, ms),
): ((request: Request) => Promise<Response>) => {
  let last: Sent | undefined;
  return async (request) => {
    const what = await wordsOf(request);
    if (what === undefined) return send(request);
    if (last?.what === what) return (await last.answer).clone();
    const mine: Sent = { what, answer: send(request) };
    last = mine;
    // An answer may hold a number in clear or a password: it is not kept for longer than a press can come twice.
    const forget = (): void => {
      if (last === mine) last = undefined;
    };
    try {
      const answer = await mine.answer;
      // What was refused, or needs a second try with another proof, may be asked again at once.
      if (answer.ok) later(forget, SAME_PRESS_MS);
      else forget();
      return answer.clone();
    } catch (error) {
      forget();
      throw error;
    }
  };
};
