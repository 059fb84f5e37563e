import { type RefObject, useState } from "react";
import { isPicture } from "#web/furniture/is-picture.ts";
import { Problem } from "#web/furniture/problem.tsx";
import { smallerPhoto } from "#web/furniture/smaller-photo.ts";
import styles from "./area.module.css";
import { work } from "./words-work.ts";

/** What the house takes of one file. */
const MOST_BYTES = 12 * 1024 * 1024;

type Props = {
  readonly text: string;
  readonly take: (photo: Blob) => Promise<unknown>;
  /** For whoever opens the camera by another press. */
  readonly camera?: RefObject<HTMLInputElement | null>;
};

/** Opens the camera of a phone; the picture is made small before it is kept. */
export const PhotoButton = ({ text, take, camera }: Props) => {
  const t = work.useWords();
  const [error, setError] = useState<unknown>(null);
  const [refusal, setRefusal] = useState<"photoNone" | "photoTooLarge">();
  const pick = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    setError(null);
    setRefusal(undefined);
    try {
      if (!(await isPicture(file))) return setRefusal("photoNone");
      const photo = await smallerPhoto(file);
      // One that this browser cannot make smaller: said now, and not after a day without signal.
      if (photo.size > MOST_BYTES) return setRefusal("photoTooLarge");
      await take(photo);
    } catch (refused) {
      setError(refused);
    }
  };
  return (
    <>
      <label className={styles["touch"]}>
        {text}
        <input
          ref={camera}
          type="file"
          accept="image/*"
          capture="environment"
          onChange={(event) => {
            void pick(event.target.files?.[0]);
            event.target.value = "";
          }}
        />
      </label>
      {refusal === undefined ? null : (
        <span role="alert" className={styles["bad"]}>
          {t(refusal)}
        </span>
      )}
      <Problem error={error} />
    </>
  );
};
