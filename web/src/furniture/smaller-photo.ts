/** A photo of a modern phone has 8 MB; what a paper, a valve or a wet wall shows is seen in a tenth of it. */
const LONGEST_SIDE = 1600;

/**
 * The same picture, small enough for a slow line, without what the camera writes besides (place, device). What this browser cannot
 * read (a phone's own format) goes as it is: the server says what it takes.
 */
export const smallerPhoto = async (file: Blob): Promise<Blob> => {
  let picture: ImageBitmap;
  try {
    picture = await createImageBitmap(file);
  } catch {
    return file;
  }
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return new Promise((resolve) => canvas.toBlob((small) => resolve(small ?? file), "image/jpeg", 0.8));
};
