/**
 * A form that does something: what is asked, the `Idempotency-Key` and the pending state, held together (`intents.ts`).
 * The content holds what is sent and nothing else; what only the page needs stays in a draft of its own.
 *
 *   const intent = useIntent("case-new", EMPTY);
 *   intent.change({ summary });
 *   const answer = await intent.send((draft, key) =>
 *     call.POST("/tickets", { params: { header: { "Idempotency-Key": key } }, body: bodyOf(draft) }));
 *   if (answer?.data !== undefined) void navigate(…);
 *   … <IntentProblem intent={intent} /> and `disabled={intent.isLocked}` on the fields
 */
import { useCallback, useMemo, useSyncExternalStore } from "react";
import { createIntents, type IntentState } from "./intents.ts";

const intents = createIntents(
  () => sessionStorage,
  () => crypto.randomUUID(),
);

type Part<Content> = Partial<Content> | ((before: Content) => Partial<Content>);

export type Intent<Content> = {
  readonly content: Content;
  readonly state: IntentState;
  /** It was sent and is not answered: nothing can be changed, it can only be sent again. */
  readonly isLocked: boolean;
  readonly isSending: boolean;
  /** What the last try was refused with; null while there is nothing to say. */
  readonly error: unknown;
  /** False, and nothing changes, while it is locked. Other content is another intent, with another key. */
  readonly change: (part: Part<Content>) => boolean;
  /**
   * Does it, once: a second press while it is on its way does nothing. After success the content is empty again, unless the answer
   * `holds` it: then it stays locked until `settle`. Never rejects: undefined when it was refused, and `error` says why.
   */
  readonly send: <Answer>(
    work: (content: Content, key: string) => Promise<Answer>,
    holds?: (answer: Answer) => boolean,
  ) => Promise<Answer | undefined>;
  /** How a held one ended. False, for one without an answer: somebody looked, it was not done, and the next try is another. */
  readonly settle: (isDone: boolean) => void;
  /** Empties it; nothing while it is locked. */
  readonly clear: () => void;
};

/** `name` is unique to the form and what it is about, as with a draft; `empty` always means the same. */
export const useIntent = <Content extends object>(name: string, empty: Content): Intent<Content> => {
  const seen = useSyncExternalStore(intents.subscribe, () => intents.view(name));
  const content = useMemo(
    () => ({ ...empty, ...(seen.content as Partial<Content> | null) }),
    // `empty` is written in place by callers: a new one each time, always with the same meaning.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [name, seen.content],
  );
  const change = useCallback(
    (part: Part<Content>) =>
      intents.change(name, empty, (before) =>
        typeof part === "function" ? part({ ...empty, ...(before as Partial<Content>) }) : part,
      ),
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [name],
  );
  const send = useCallback<Intent<Content>["send"]>(
    (work, holds = () => false) =>
      intents.send(name, empty, (sent, key) => work({ ...empty, ...(sent as Partial<Content>) }, key), holds),
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [name],
  );
  const settle = useCallback((isDone: boolean) => intents.settle(name, isDone), [name]);
  const clear = useCallback(() => intents.clear(name), [name]);
  const { state, error } = seen;
  return {
    content,
    state,
    isLocked: state !== "open",
    isSending: state === "sending",
    error,
    change,
    send,
    settle,
    clear,
  };
};
