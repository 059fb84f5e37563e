/**
 * Where the keys go when a dialog opens: into its first field, or onto its main button where it has none; never onto the cross, on which
 * Enter would shut it. One rule for all dialogs and drawers, also for those of the library.
 */
const DIALOG = '[role="dialog"][aria-modal="true"], .ant-drawer-section[role="dialog"]';
const FIELD = "input, textarea, select, [contenteditable=true]";
const TYPED =
  'input:not([type="hidden"], [type="file"]):enabled:read-write, input:is([type="radio"], [type="checkbox"], [role="combobox"]):enabled, textarea:enabled:read-write, select:enabled, [contenteditable="true"]';

const canBeSeen = (one: HTMLElement): boolean => one.checkVisibility({ visibilityProperty: true });

/** Of radios the one that is chosen stands for all. */
const chosenOf = (field: HTMLElement, dialog: Element): HTMLElement => {
  if (!(field instanceof HTMLInputElement) || field.type !== "radio") return field;
  const group = [...dialog.querySelectorAll<HTMLInputElement>('input[type="radio"]')];
  return group.find(({ name, checked }) => checked && name === field.name) ?? field;
};

const placeIn = (dialog: Element): HTMLElement | undefined => {
  const field = [...dialog.querySelectorAll<HTMLElement>(TYPED)].find(canBeSeen);
  if (field !== undefined) return chosenOf(field, dialog);
  return [...dialog.querySelectorAll<HTMLElement>("button.ant-btn-primary:enabled")].findLast(canBeSeen);
};

document.addEventListener("focusin", ({ target, relatedTarget }) => {
  if (!(target instanceof Element) || target.matches(FIELD)) return;
  const dialog = target.closest(DIALOG);
  // From within, or back from a dialog above it: the person is at work there.
  const isComingIn = !(relatedTarget instanceof Element) || relatedTarget.closest(DIALOG) === null;
  if (dialog !== null && isComingIn) placeIn(dialog)?.focus({ preventScroll: true });
});
