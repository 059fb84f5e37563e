/**
 * What a file is called in an address: `name` and its own ending, never the name that a person or a phone gave it (people, places,
 * numbers). An address stands in logs of proxies and in histories.
 */
export const neutralName = (file: File, name = "file"): string =>
  `${name}${/\.[a-z0-9]{1,5}$/i.exec(file.name)?.[0] ?? ""}`;
