/** What a file is called when it is sent: without its own name, which may be a person's. */
export const neutralName = (file: File): string => `file${/\.[a-z0-9]{1,5}$/i.exec(file.name)?.[0] ?? ""}`;
