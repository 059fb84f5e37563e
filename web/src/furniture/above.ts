/** What is said above a page: a line that passes, a question before something is done. The library's parts for it come when they are needed. */
import type { App } from "antd";

export type Above = Pick<ReturnType<typeof App.useApp>, "message" | "modal">;

let need: () => void = () => undefined;
let come: (above: Above) => void = () => undefined;
const arrived = new Promise<Above>((resolve) => {
  come = resolve;
});

/** For `AboveHost`: told once that the parts are needed. */
export const onNeeded = (listener: () => void): void => {
  need = listener;
};
export const tellArrived = (above: Above): void => come(above);

const withAbove = async (act: (above: Above) => unknown): Promise<void> => {
  need();
  await act(await arrived);
};

/** It was done. */
export const tellDone = (text: string): void => void withAbove(({ message }) => message.success(text));

type Line = Parameters<Above["message"]["open"]>[0];
export const openLine = (line: Line): void => void withAbove(({ message }) => message.open(line));
export const closeLine = (key: string): void => void withAbove(({ message }) => message.destroy(key));

type Question = Parameters<Above["modal"]["confirm"]>[0];
export const askBefore = (question: Question): void => void withAbove(({ modal }) => modal.confirm(question));
