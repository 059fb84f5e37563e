/** What the frame opens now and then: all pages on a phone, the sheet of keys, one's own password. */
import { Drawer, Modal } from "antd";
import { Fragment, type ReactNode } from "react";
import furniture from "#web/furniture/furniture.module.css";
import { Problem } from "#web/furniture/problem.tsx";
import { useAliveShortcuts } from "#web/furniture/shortcuts.ts";
import { nav } from "#web/words/nav.ts";
import { PasswordForm } from "./sign-in.tsx";
import { shell } from "./words.ts";

type Closing = { readonly close: () => void };

export const AllPages = ({ close, children }: Closing & { children: ReactNode }) => {
  const t = nav.useWords();
  return (
    <Drawer title={t("menu")} placement="bottom" open onClose={close}>
      {children}
    </Drawer>
  );
};

export const Keys = ({ close }: Closing) => {
  const t = shell.useWords();
  return (
    <Modal open title={t("shortcuts")} footer={null} onCancel={close}>
      <dl className={`${furniture["facts"]} ${furniture["keys"]}`}>
        {useAliveShortcuts().map(({ keys, label }) => (
          <Fragment key={keys + label}>
            <dt>
              <kbd>{keys.replace("$mod", "Ctrl")}</kbd>
            </dt>
            <dd>{label}</dd>
          </Fragment>
        ))}
      </dl>
    </Modal>
  );
};

export const OwnPassword = ({ close }: Closing) => {
  const t = shell.useWords();
  return (
    <Modal open title={t("ownPassword")} footer={null} onCancel={close}>
      <PasswordForm first={false} done={close} />
    </Modal>
  );
};

export const LeaveUnsent = ({ count, close, signOut }: Closing & { count: number; signOut: () => void }) => {
  const t = shell.useWords();
  return (
    <Modal
      open
      title={t("unsentTitle", { count })}
      okText={t("stay")}
      cancelText={t("signOutAnyway")}
      onOk={close}
      onCancel={close}
      cancelButtonProps={{ onClick: signOut }}
    >
      <p>{t("unsentText")}</p>
    </Modal>
  );
};

export const NotLeft = ({ error, close }: Closing & { error: unknown }) => {
  const t = shell.useWords();
  return (
    <Modal open title={t("signOut")} footer={null} onCancel={close}>
      <Problem error={error} />
    </Modal>
  );
};
