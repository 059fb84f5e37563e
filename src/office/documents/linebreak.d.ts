/** The package ships no types; this is the part that we use (Unicode line breaking, UAX 14). */
declare module "linebreak" {
  export type Break = { readonly position: number; readonly required: boolean };
  export default class LineBreaker {
    constructor(text: string);
    nextBreak(): Break | null;
  }
}
