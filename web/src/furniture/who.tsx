/** A person by name. The login stays as the hover text: two may have the same name. */
type Login = string | null | undefined;

/** In a sentence. What is nobody's name (a machine, the command line) stands as the server says it. */
export const whoText = (login: Login, name: Login): string => name ?? login ?? "";

export const Who = ({ login, name }: { readonly login: Login; readonly name: Login }) =>
  name === null || name === undefined ? (login ?? null) : <span title={login ?? name}>{name}</span>;
