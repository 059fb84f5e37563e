import { api } from "#web/api/client.ts";

type Choice = { readonly value: string; readonly label: string };

/** Everybody whose login stands, by name and login. */
export const usePeopleChoices = (): {
  readonly choices: Choice[];
  readonly isReading: boolean;
  readonly error: unknown;
} => {
  const query = api.useQuery("get", "/staff", { params: { query: { limit: 200 } } });
  return {
    choices: (query.data?.items ?? [])
      .filter(({ disabledAt }) => disabledAt === null)
      .map(({ id, login, displayName }) => ({ value: id, label: `${displayName} · ${login}` })),
    isReading: query.isFetching,
    error: query.error,
  };
};
