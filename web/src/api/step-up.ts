/**
 * Some routes ask a person again who he is (refunds, exports, what is masked). The shell has the one dialog that asks; the call
 * that was refused is then repeated as it was, with the same key, so that a screen knows nothing of it.
 */
import { problemOfResponse } from "./problem.ts";

/** Resolves to true when the proof was given, to false when the person thought better of it. */
type Asker = () => Promise<boolean>;
let asker: Asker | undefined;
let asking: Promise<boolean> | undefined;

/** The shell's dialog; gives the way back. */
export const onStepUp = (ask: Asker): (() => void) => {
  asker = ask;
  return () => {
    if (asker === ask) asker = undefined;
  };
};

/** Of several calls that are refused at once one dialog comes of it. */
const askOnce = async (ask: Asker): Promise<boolean> => {
  asking ??= ask();
  try {
    return await asking;
  } finally {
    asking = undefined;
  }
};

/** Asks the person, whatever was proved before; false when there is nobody to ask, or the person thought better of it. */
export const askProof = async (): Promise<boolean> => asker !== undefined && askOnce(asker);

/** Sends; where a fresh proof is asked for, asks the person and sends again. Otherwise the first answer stands. */
export const withStepUp = async (send: () => Promise<Response>): Promise<Response> => {
  const first = await send();
  if (first.status !== 403 || asker === undefined) return first;
  const { code } = await problemOfResponse(first);
  if (code !== "session.step-up-needed") return first;
  return (await askOnce(asker)) ? send() : first;
};
