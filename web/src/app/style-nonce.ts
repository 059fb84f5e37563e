/**
 * The content policy lets a style element in only with the nonce of this page. The component library gives it to most of
 * what it writes, but some of its helpers (scroll locks, measurements) forget it, so that each style element gets it here.
 */
export const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";

document.createElement = new Proxy(document.createElement, {
  apply: (create, page: Document, options: Parameters<typeof document.createElement>): HTMLElement => {
    const element: HTMLElement = Reflect.apply(create, page, options);
    if (element instanceof HTMLStyleElement) element.nonce = nonce;
    return element;
  },
});
