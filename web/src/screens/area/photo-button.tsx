import { useState } from "react";
import { Problem } from "#web/furniture/problem.tsx";
import { smallerPhoto } from "#web/furniture/smaller-photo.ts";
import styles from "./area.module.css";

/** Opens the camera of a phone; the picture is made small before it is kept. */
export const PhotoButton = ({ text, take }: { text: string; take: (photo: Blob) => Promise<unknown> }) => {
  const [error, setError] = useState<unknown>(null);
  const pick = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    setError(null);
    try {
      await take(await smallerPhoto(file));
    } catch (refused) {
      setError(refused);
    }
  };
  return (
    <>
      <label className={styles["touch"]}>
        {text}
        <input
          type="file"
          accept="image/*"
          capture="environment"
          onChange={(event) => {
            void pick(event.target.files?.[0]);
            event.target.value = "";
          }}
        />
      </label>
      <Problem error={error} />
    </>
  );
};
