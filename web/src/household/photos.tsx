/** Photos beside what is reported: picked before it is sent, or added to a case that is open. */
import { useId } from "react";
import { forget } from "#web/api/client.ts";
import { Button, Refusal } from "./parts.tsx";
import styles from "./household.module.css";
import { mayTryAgain, type Photos, usePhotos } from "./use-photos.ts";
import { words } from "./words-cases.ts";

const Pictures = ({ photos, remove }: Pick<Photos, "photos" | "remove">) => {
  const t = words.useWords();
  return (
    <ul className={styles["photos"]} aria-label={t("photos")}>
      {photos.map(({ key, url, state }, index) => (
        <li key={key}>
          <img src={url} alt={t("photoNo", { no: index + 1 })} />
          <small role="status">{state === "ready" ? "" : t(`photo.${state}`)}</small>
          {state === "ready" || state === "failed" ? (
            <button type="button" className={styles["textual"]} onClick={() => remove(key)}>
              {t("photoRemove", { no: index + 1 })}
            </button>
          ) : null}
        </li>
      ))}
    </ul>
  );
};

const NoPictures = ({ names }: { names: readonly string[] }) => {
  const t = words.useWords();
  return names.length === 0 ? null : (
    <p role="alert" className={styles["owed"]}>
      {t("photoNone", { names: names.join("、") })}
    </p>
  );
};

type PickerProps = { readonly label: string; readonly room: number; readonly pick: (files: File[]) => void };
const Picker = ({ label, room, pick }: PickerProps) => {
  const t = words.useWords();
  const id = useId();
  if (room <= 0) return null;
  return (
    <p className={styles["field"]}>
      <span id={`${id}-label`} className={styles["label"]}>
        {label}
      </span>
      <label className={styles["pick"]}>
        {t("photoPick")}
        <input
          type="file"
          accept="image/*"
          multiple={room > 1}
          aria-labelledby={`${id}-label`}
          aria-describedby={`${id}-hint`}
          onChange={(event) => {
            pick([...(event.target.files ?? [])]);
            event.target.value = "";
          }}
        />
      </label>
      <small id={`${id}-hint`} className={styles["quiet"]}>
        {t("photoHint", { count: room })}
      </small>
    </p>
  );
};

/** In the form: nothing is sent before the words are. */
export const PhotoField = ({ photos }: { photos: Photos }) => {
  const t = words.useWords();
  return (
    <>
      <Picker label={t("photoLabel")} room={photos.room} pick={(files) => void photos.pick(files)} />
      <NoPictures names={photos.refused} />
      <Pictures photos={photos.photos} remove={photos.remove} />
    </>
  );
};

/** Of photos that did not get through: why, and once more. */
export const FailedPhotos = ({ photos, again }: { photos: Photos; again: () => void }) => {
  const t = words.useWords();
  const failed = photos.photos.find(({ state }) => state === "failed");
  if (failed === undefined || photos.photos.some(({ state }) => state === "sending")) return null;
  return (
    <>
      <Refusal error={failed.error} />
      <p>{t("photoKept")}</p>
      {photos.photos.some(({ state, error }) => state === "failed" && mayTryAgain(error)) ? (
        <Button plain onClick={again}>
          {t("photoAgain")}
        </Button>
      ) : (
        <p>{t("photoGiveUp")}</p>
      )}
    </>
  );
};

/** For a case that is open already: sent as soon as they are picked. */
export const AddPhotos = ({ homeId, ticketNo, room }: { homeId: string; ticketNo: string; room: number }) => {
  const t = words.useWords();
  const photos = usePhotos(room);
  const send = async (): Promise<void> => {
    if (!(await photos.send(homeId, ticketNo))) return;
    photos.clear();
    await forget("/me/homes/{homeId}/cases");
  };
  return (
    <details>
      <summary>{t("photoAdd")}</summary>
      <Picker label={t("photoAdd")} room={photos.room} pick={(files) => void photos.pick(files).then(send)} />
      <NoPictures names={photos.refused} />
      <Pictures photos={photos.photos} remove={photos.remove} />
      <FailedPhotos photos={photos} again={() => void send()} />
    </details>
  );
};
