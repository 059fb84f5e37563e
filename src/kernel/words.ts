/** A sentence that the program writes for people, in both languages. */
export type Words = { readonly "zh-CN": string; readonly en: string };

export const both = (zh: string, en: string): Words => ({ "zh-CN": zh, en });
