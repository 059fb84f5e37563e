/** The words of a notice at a stairwell and of its posting list. */
import { z } from "zod";
import { gapReasons, testKinds, testPapers } from "./service-schema.ts";

const word = z.string().min(1);

export const testWords = z.strictObject({
  titles: z.record(z.enum(testKinds), z.record(z.enum(testPapers), word)),
  testNo: word,
  printedOn: word,
  place: word,
  window: word,
  formerWindow: word,
  unknownWindow: word,
  contact: word,
  contactValue: word,
  note: word,
  whatHeading: word,
  what: z.record(z.enum(testKinds), z.array(word).min(1)),
  said: z.record(z.enum(["moved", "postponed", "cancelled", "passed", "failed"]), z.array(word).min(1)),
  scan: word,
  tear: word,
  replyHeading: word,
  reply: word,
  replyDoor: word,
  replyName: word,
  replyNumber: word,
  replyKey: word,
});

export const postingWords = z.strictObject({
  title: z.record(z.enum(testKinds), word),
  stairwell: word,
  homes: word,
  reachedBySms: word,
  posted: word,
  poster: word,
  gapsHeading: word,
  gapsNote: word,
  door: word,
  reason: word,
  knock: word,
  reasons: z.record(z.enum(gapReasons), word),
  knowsFormer: word,
  tear: word,
  returned: word,
  returnedBy: word,
  returnedAt: word,
  received: word,
});
