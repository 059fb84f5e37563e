/** The refusals of the API in Chinese, by code: what happened and what to do. Loaded when the first refusal is shown. */

/** [what happened, what to do]. */
export type ProblemTexts = Readonly<Record<string, readonly [title: string, remedy?: string]>>;
