/** How large a file is, in few signs: "12 kB", "3.4 MB". */
const KB = 1024;

export const sizeOf = (bytes: number): string =>
  bytes < KB * KB ? `${Math.ceil(bytes / KB)} kB` : `${Math.floor((bytes * 10) / (KB * KB)) / 10} MB`;
