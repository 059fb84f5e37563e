import { type Kept, NOTHING_TYPED, standing, type TypedOver, typeOver } from "./typed-over.ts";
import { useDraft } from "./use-draft.ts";

/**
 * A form over something that others may save meanwhile. What is typed stays in the tab until it is saved or thrown away (`clear`);
 * `isBehind` says that somebody else has saved since, and `keepMine` that this person means his own over theirs.
 */
export const useTypedOver = (name: string, kept: Kept) => {
  const { draft, keep, clear } = useDraft<TypedOver>(name, NOTHING_TYPED);
  return {
    ...standing(draft, kept),
    type: (more: Kept["texts"]): void => keep(typeOver(draft, kept, more)),
    keepMine: (): void => keep({ over: kept.version }),
    clear,
  };
};
