import { useEverybody } from "#web/furniture/use-everybody.ts";

type Choice = { readonly value: string; readonly label: string };

/** Everybody whose login stands, by name and login. */
export const usePeopleChoices = (): {
  readonly choices: Choice[];
  readonly isReading: boolean;
  readonly error: unknown;
} => {
  const query = useEverybody();
  return {
    choices: (query.data ?? [])
      .filter(({ disabledAt }) => disabledAt === null)
      .map(({ id, login, displayName }) => ({ value: id, label: `${displayName} · ${login}` })),
    isReading: query.isFetching,
    error: query.error,
  };
};
