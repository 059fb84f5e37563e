/**
 * What a phone keeps without signal, in one small database of the browser: what was tapped and not yet sent, what was sent today, and
 * copies of the few answers that the day needs. Nothing else of the console keeps anything beyond the tab.
 */
const NAME = "nuan-phone";
const STORES = ["outbox", "sent", "copies"] as const;
export type StoreName = (typeof STORES)[number];

const asked = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error ?? new Error("the phone's store refused")));
  });

let opened: Promise<IDBDatabase> | undefined;
const open = (): Promise<IDBDatabase> => {
  const request = indexedDB.open(NAME, 1);
  request.addEventListener("upgradeneeded", () => {
    request.result.createObjectStore("outbox", { keyPath: "seq", autoIncrement: true });
    request.result.createObjectStore("sent", { keyPath: "key" });
    request.result.createObjectStore("copies", { keyPath: "name" });
  });
  return asked(request).then((database) => {
    // A newer page of ours wants to change it, or the browser took it away: the next question opens it again.
    database.addEventListener("versionchange", () => {
      opened = undefined;
      database.close();
    });
    database.addEventListener("close", () => (opened = undefined));
    return database;
  });
};
const database = (): Promise<IDBDatabase> => {
  opened ??= open().catch((error: unknown) => {
    // A disk that was full may have room the next time.
    opened = undefined;
    throw error;
  });
  return opened;
};

/** Runs in one transaction, and is done when that is on the disk. */
const within = async <T>(
  store: StoreName,
  mode: IDBTransactionMode,
  work: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> => {
  const transaction = (await database()).transaction(store, mode, { durability: "strict" });
  const finished = new Promise<void>((resolve, reject) => {
    transaction.addEventListener("complete", () => resolve());
    transaction.addEventListener("abort", () =>
      reject(transaction.error ?? new Error("the phone's store is full")),
    );
  });
  // Where the question itself fails, so does the transaction: one failure, told once.
  const [result] = await Promise.all([asked(work(transaction.objectStore(store))), finished]);
  return result;
};

export const readOne = <T>(store: StoreName, key: IDBValidKey): Promise<T | undefined> =>
  within(store, "readonly", (one) => one.get(key) as IDBRequest<T | undefined>);
export const readAll = <T>(store: StoreName): Promise<T[]> =>
  within(store, "readonly", (one) => one.getAll() as IDBRequest<T[]>);
/** Answers the key; of a store that counts, the number given. */
export const write = (store: StoreName, value: object): Promise<IDBValidKey> =>
  within(store, "readwrite", (one) => one.put(value));
export const remove = (store: StoreName, key: IDBValidKey): Promise<undefined> =>
  within(store, "readwrite", (one) => one.delete(key));
export const empty = (store: StoreName): Promise<undefined> =>
  within(store, "readwrite", (one) => one.clear());
