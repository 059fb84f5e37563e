import { useState } from "react";
import { Problem } from "#web/furniture/problem.tsx";
import styles from "./area.module.css";

/** A photo of a modern phone has 8 MB; what a paper or a valve shows is seen in a tenth of it. */
const LONGEST_SIDE = 1600;

const smaller = async (file: File): Promise<Blob> => {
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const canvas = new OffscreenCanvas(Math.round(picture.width * scale), Math.round(picture.height * scale));
  canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return canvas.convertToBlob({ type: "image/jpeg", quality: 0.8 });
};

/** Opens the camera of a phone; the picture is made small before it is kept. */
export const PhotoButton = ({ text, take }: { text: string; take: (photo: Blob) => Promise<unknown> }) => {
  const [error, setError] = useState<unknown>(null);
  const pick = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    setError(null);
    try {
      await take(await smaller(file));
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
