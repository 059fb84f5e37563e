/** A person by name. The login stays as the hover text: two may have the same name. A part of the program is said in words. */
import { actorText } from "#web/words/actors.ts";
import { language, useLanguage } from "#web/words/words.ts";

type Login = string | null | undefined;

/** In a sentence. */
export const whoText = (login: Login, name: Login): string =>
  name ?? (login === null || login === undefined ? "" : actorText(login, language()));

export const Who = ({ login, name }: { readonly login: Login; readonly name: Login }) => {
  const spoken = useLanguage();
  if (name === null || name === undefined) {
    if (login === null || login === undefined) return null;
    const said = actorText(login, spoken);
    return said === login ? login : <span title={login}>{said}</span>;
  }
  return <span title={login ?? name}>{name}</span>;
};
