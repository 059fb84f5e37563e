/** What is typed over something that others may change meanwhile: nothing of either is lost until who types says which. */
type Texts = Readonly<Record<string, string>>;

/** What was typed, by its field, and the version that it was typed over. Kept as a draft; `NOTHING_TYPED` while nothing is. */
export type TypedOver = { readonly typed: Texts; readonly over: number };
export const NOTHING_TYPED: TypedOver = { typed: {}, over: 0 };

/** What is kept now, by its field, and its version. */
export type Kept = { readonly texts: Texts; readonly version: number };

/**
 * How it stands beside what is kept now. Who has typed nothing that is not kept, his own saving included, is never behind, and
 * what he types next is typed over what is kept now.
 */
export const standing = (
  { typed, over }: TypedOver,
  { texts, version }: Kept,
): {
  readonly shown: Texts;
  readonly isChanged: boolean;
  /** Somebody else saved something else since. */
  readonly isBehind: boolean;
  /** The version that a saving is about. */
  readonly over: number;
} => {
  const shown = Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, typed[name] ?? text]));
  const isChanged = Object.keys(texts).some((name) => shown[name] !== texts[name]);
  return { shown, isChanged, isBehind: isChanged && over !== version, over: isChanged ? over : version };
};

/** The draft after something more was typed. */
export const typeOver = (draft: TypedOver, kept: Kept, more: Texts): TypedOver => {
  const { isChanged, over } = standing(draft, kept);
  return { typed: { ...(isChanged ? draft.typed : {}), ...more }, over };
};
