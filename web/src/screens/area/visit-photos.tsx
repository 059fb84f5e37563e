/** Photos of a case or an order, taken at the door: kept on the phone like everything else, sent when there is a line. */
import { type OutboxState, putOut } from "#web/api/offline/outbox.ts";
import styles from "./area.module.css";
import { PhotoButton } from "./photo-button.tsx";
import { work } from "./words-work.ts";

type Subject = { readonly about: string; readonly no: string; readonly path: string };

export const VisitPhotos = ({ subject, outbox }: { subject: Subject; outbox: OutboxState }) => {
  const t = work.useWords();
  const { about, no, path } = subject;
  // Each photo is about itself, so that one that the server fails at holds up none of the others.
  const prefix = `${about}:photo:`;
  const count = [...outbox.waiting, ...outbox.sent].filter((one) => one.about.startsWith(prefix)).length;
  return (
    <div className={styles["line"]}>
      <PhotoButton
        text={t("photo")}
        take={(file) =>
          putOut({
            kind: "photo",
            about: `${prefix}${crypto.randomUUID()}`,
            label: t("photoOf", { no }),
            path: `${path}?fileName=door.jpg`,
            file,
          })
        }
      />
      {count === 0 ? null : <span className={styles["good"]}>{t("photosTaken", { count })}</span>}
    </div>
  );
};
