import { Modal } from "antd";
import type { ReactNode } from "react";

/** A dialog that nothing closes but signing in. */
export const SignInAbove = ({ title, children }: { title: string; children: ReactNode }) => (
  <Modal open title={title} footer={null} closable={false} keyboard={false} mask={{ closable: false }}>
    {children}
  </Modal>
);
