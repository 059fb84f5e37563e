import { useQuery } from "@tanstack/react-query";
import { problemOf } from "../problem.ts";
import { keepCopy, readCopy } from "./copies.ts";

export type Kept<T> = {
  readonly value: T;
  /** When the server said so. */
  readonly at: number;
  /** There was no answer now: this is what it said before. */
  readonly isOld: boolean;
  /** Why this phone could not keep it for a time without signal; null while all is well. */
  readonly notKept: unknown;
};

/** Longer than this, a line is as good as none. */
const PATIENCE_MS = 12_000;

/** An answer, or without signal the copy of the last one. @throws ApiProblem without either */
export const readKept = async <T>(
  name: string,
  read: (signal: AbortSignal) => Promise<T>,
): Promise<Kept<T>> => {
  let value: T;
  try {
    value = await read(AbortSignal.timeout(PATIENCE_MS));
  } catch (error) {
    if (problemOf(error).facts.status !== 0) throw error;
    const copy = await readCopy<T>(name);
    if (copy === undefined) throw error;
    return { value: copy.value, at: copy.at, isOld: true, notKept: null };
  }
  // A phone without room shows what the server says all the same.
  const notKept = await keepCopy(name, value).then(
    () => null,
    (error: unknown) => error,
  );
  return { value, at: Date.now(), isOld: false, notKept };
};

/** An answer that is kept on the phone. `key` begins as the client's keys do ("get", "/my-day"), so that `forget` finds it. */
export const kept = <T>(
  key: readonly unknown[],
  name: string,
  read: (signal: AbortSignal) => Promise<T>,
) => ({ queryKey: key, queryFn: () => readKept(name, read) });

/** A query that works without signal. */
export const useKept = <T>(what: ReturnType<typeof kept<T>>) =>
  useQuery({
    ...what,
    networkMode: "always",
    refetchOnReconnect: true,
    refetchInterval: 120_000,
    retry: false,
    staleTime: 20_000,
  });
