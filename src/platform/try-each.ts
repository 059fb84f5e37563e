/**
 * Does the same for each of several; one that fails holds up none of the others. Answers how many there were.
 * @throws AggregateError when all were tried: each that failed by its name, with what failed as the cause
 */
export const tryEach = async <T>(
  due: readonly T[],
  nameOf: (one: T) => string,
  work: (one: T) => Promise<unknown>,
): Promise<number> => {
  const failures: Error[] = [];
  for (const one of due) {
    try {
      await work(one);
    } catch (error) {
      failures.push(new Error(`${nameOf(one)} failed`, { cause: error }));
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} of ${due.length} failed`);
  return due.length;
};
