import { common } from "#web/words/common.ts";

/** A person by name. The login stays as the hover text: two may have the same name. */
type Login = string | null | undefined;

/** Whoever reports something at the household's page has no name with us. */
const HOUSEHOLD = "household";

/** In a sentence. What is nobody's name (a machine, the command line) stands as the server says it. */
export const whoText = (login: Login, name: Login): string =>
  name ?? (login === HOUSEHOLD ? common.say("household") : (login ?? ""));

export const Who = ({ login, name }: { readonly login: Login; readonly name: Login }) => {
  common.useWords();
  if (name === null || name === undefined) return whoText(login, name);
  return <span title={login ?? name}>{name}</span>;
};
