import { Modal } from "antd";
import type { Question } from "./above.ts";

export const AskBefore = ({ question, close }: { question: Question; close: () => void }) => (
  <Modal
    open
    title={question.title}
    onCancel={close}
    onOk={() => {
      close();
      question.onOk();
    }}
  >
    {question.content}
  </Modal>
);
