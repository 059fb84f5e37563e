/** Photos that go with a case: made small, then sent one by one with a key each, and tried again on a line that breaks. */
import { useRef, useState } from "react";
import { upload } from "#web/api/documents.ts";
import { problemOf } from "#web/api/problem.ts";
import { isPicture } from "#web/furniture/is-picture.ts";
import { smallerPhoto } from "#web/furniture/smaller-photo.ts";

/** The server holds a case to the same. */
export const MOST_PHOTOS = 4;
const TRIES = 3;
const PAUSE_MS = 2000;

export type Photo = {
  readonly key: string;
  readonly file: Blob;
  /** For the small picture on the page. */
  readonly url: string;
  readonly state: "ready" | "sending" | "sent" | "failed";
  readonly error: unknown;
};

const pause = (ms: number): Promise<void> => new Promise((resolve) => window.setTimeout(resolve, ms));

/** No answer, or a server that failed: the same key sends it once. */
export const mayTryAgain = (error: unknown): boolean => {
  const { status } = problemOf(error).facts;
  return status === 0 || status >= 500;
};

const sendPhoto = async (path: string, photo: Photo): Promise<void> => {
  for (let tries = 1; ; tries += 1) {
    try {
      await upload(path, photo.file, { key: photo.key });
      return;
    } catch (error) {
      if (tries >= TRIES || !mayTryAgain(error)) throw error;
      await pause(PAUSE_MS * tries);
    }
  }
};

export const usePhotos = (room: number) => {
  const [photos, setPhotos] = useState<readonly Photo[]>([]);
  /** Names of chosen files that are no pictures. */
  const [refused, setRefused] = useState<readonly string[]>([]);
  // What is sent is what is there now, also when it was picked a moment ago.
  const current = useRef(photos);
  const change = (next: readonly Photo[]): void => {
    current.current = next;
    setPhotos(next);
  };
  const mark = (key: string, now: Pick<Photo, "state" | "error">): void =>
    change(current.current.map((photo) => (photo.key === key ? { ...photo, ...now } : photo)));
  return {
    photos,
    refused,
    room: room - photos.length,
    pick: async (files: readonly File[]): Promise<void> => {
      const others: string[] = [];
      for (const picked of files) {
        if (current.current.length >= room) break;
        if (!(await isPicture(picked))) {
          others.push(picked.name);
          continue;
        }
        const file = await smallerPhoto(picked);
        const url = URL.createObjectURL(file);
        change([...current.current, { key: crypto.randomUUID(), file, url, state: "ready", error: null }]);
      }
      setRefused(others);
    },
    remove: (key: string): void => {
      for (const photo of current.current) if (photo.key === key) URL.revokeObjectURL(photo.url);
      const rest = current.current.filter((photo) => photo.key !== key);
      // The one that did not get through is given up: those that did are done with.
      change(rest.every(({ state }) => state === "sent") ? [] : rest);
    },
    /** Answers whether all are there. Those that are not stand with their reason, to be sent again. */
    send: async (homeId: string, ticketNo: string): Promise<boolean> => {
      const path = `/me/homes/${homeId}/cases/${ticketNo}/photos?fileName=photo.jpg`;
      for (const photo of current.current.filter(({ state }) => state === "ready" || state === "failed")) {
        mark(photo.key, { state: "sending", error: null });
        try {
          await sendPhoto(path, photo);
          mark(photo.key, { state: "sent", error: null });
        } catch (error) {
          mark(photo.key, { state: "failed", error });
        }
      }
      return current.current.every(({ state }) => state === "sent");
    },
    clear: (): void => {
      for (const { url } of current.current) URL.revokeObjectURL(url);
      change([]);
      setRefused([]);
    },
  };
};
export type Photos = ReturnType<typeof usePhotos>;
