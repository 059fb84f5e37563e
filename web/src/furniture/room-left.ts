/**
 * Nothing that is pasted is cut without a word: what does not fit a field is not taken at all, and the field says how long it was.
 * A field of some length says how much of it is used when it is nearly full. One rule for all fields with a `maxLength`.
 */
import { roomLeft } from "#web/words/room-left.ts";
import { pastedLength, roomIn } from "./pasted-length.ts";
import styles from "./room-left.module.css";

type Field = HTMLInputElement | HTMLTextAreaElement;
const fieldOf = (target: EventTarget | null): Field | undefined =>
  (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement) && target.maxLength > 0
    ? target
    : undefined;

/** A field of this length is counted, from the time that so much of it is used. */
const COUNTED_FROM = 100;
const NEARLY_FULL = 0.8;

const note = document.createElement("div");
let beside: Field | undefined;

const place = (): void => {
  if (beside === undefined) return;
  const { left, top, bottom } = beside.getBoundingClientRect();
  const height = note.offsetHeight;
  const isRoomBelow = bottom + height + 4 <= window.innerHeight;
  note.style.top = `${Math.max(0, isRoomBelow ? bottom + 2 : top - height - 2)}px`;
  note.style.left = `${Math.max(8, Math.min(left, window.innerWidth - note.offsetWidth - 8))}px`;
};

const hide = (): void => {
  note.remove();
  seen.disconnect();
  beside = undefined;
};

// A field that goes from the page, or is scrolled away, takes its note with it.
const seen = new IntersectionObserver((entries) => {
  if (entries.at(-1)?.isIntersecting === false) hide();
});

const say = (field: Field, text: string, isBad: boolean): void => {
  if (beside !== field) {
    hide();
    beside = field;
    seen.observe(field);
  }
  note.className = `${styles["note"]} ${isBad ? styles["bad"] : ""}`;
  note.setAttribute("role", isBad ? "alert" : "status");
  note.textContent = text;
  if (!note.isConnected) document.body.append(note);
  place();
};

const count = (field: Field): void => {
  const { maxLength: most, value } = field;
  const { length } = value;
  if (most < COUNTED_FROM || length < most * NEARLY_FULL) return hide();
  say(field, roomLeft.say(length < most ? "count" : "full", { length, most }), length >= most);
};

const refuse = (event: Event, text: string): void => {
  const field = fieldOf(event.target);
  if (field === undefined || field.readOnly || field.disabled) return;
  const length = pastedLength(text, field instanceof HTMLTextAreaElement);
  const room = roomIn(field);
  if (length <= room) return;
  event.preventDefault();
  event.stopPropagation();
  say(field, roomLeft.say("refused", { length, room, most: field.maxLength }), true);
};

document.addEventListener(
  "paste",
  (event) => refuse(event, event.clipboardData?.getData("text/plain") ?? ""),
  true,
);
document.addEventListener(
  "drop",
  (event) => refuse(event, event.dataTransfer?.getData("text/plain") ?? ""),
  true,
);
document.addEventListener("input", ({ target }) => {
  const field = fieldOf(target);
  if (field === undefined) hide();
  else count(field);
});
document.addEventListener("focusout", ({ target }) => {
  if (target === beside) hide();
});
window.addEventListener("scroll", place, { capture: true, passive: true });
window.addEventListener("resize", place);
