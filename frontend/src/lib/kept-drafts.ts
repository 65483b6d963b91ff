/*
 * Words that the server does not have yet, kept on this device: sealed with AES-GCM in IndexedDB, under a key that
 * the browser holds and no script can take out. Why, and what it does not protect from: docs/decisions/.
 *
 * Each account has its own key and its own drafts. A draft goes once the server has it; all of them go when
 * somebody signs out, or when another account starts on the same device.
 */
const DATABASE = "kept-drafts";

/** One entry as it lies in the database. `name` says whose it is and which note, never what it says. */
type Sealed = { name: string; iv: Uint8Array<ArrayBuffer>; sealed: ArrayBuffer };

export class KeptDrafts {
  readonly #database: IDBDatabase;
  readonly #key: CryptoKey;
  readonly #account: string;

  private constructor(database: IDBDatabase, key: CryptoKey, account: string) {
    this.#database = database;
    this.#key = key;
    this.#account = account;
  }

  /** The drafts of one account; null where this browser cannot keep them sealed. Drops those of other accounts. */
  static async open(account: number): Promise<KeptDrafts | null> {
    if (!globalThis.crypto?.subtle || !globalThis.indexedDB) return null; // an address without TLS has no subtle
    try {
      const database = await openDatabase();
      return new KeptDrafts(database, await keyOf(database, String(account)), String(account));
    } catch {
      return null; // private windows of some browsers have no storage
    }
  }

  /** True once it is written. */
  async keep(name: string, value: unknown): Promise<boolean> {
    try {
      const iv = crypto.getRandomValues(new Uint8Array(12));
      const text = new TextEncoder().encode(JSON.stringify(value));
      const sealed = await crypto.subtle.encrypt(this.#sealing(name, iv), this.#key, text);
      await this.#write((drafts) => drafts.put({ name: this.#nameOf(name), iv, sealed } satisfies Sealed));
      return true;
    } catch {
      return false;
    }
  }

  /** What was kept under a name; undefined where nothing was, or where it cannot be opened any more. */
  async find(name: string): Promise<unknown> {
    try {
      const drafts = this.#database.transaction("drafts").objectStore("drafts");
      const row = (await answered(drafts.get(this.#nameOf(name)))) as Sealed | undefined;
      if (!row) return undefined;
      const text = await crypto.subtle.decrypt(this.#sealing(name, row.iv), this.#key, row.sealed);
      return JSON.parse(new TextDecoder().decode(text));
    } catch {
      return undefined;
    }
  }

  async drop(name: string): Promise<void> {
    await this.#write((drafts) => drafts.delete(this.#nameOf(name))).catch(() => undefined);
  }

  /** The names under which something is kept. */
  async names(): Promise<string[]> {
    const drafts = this.#database.transaction("drafts").objectStore("drafts");
    const keys = await answered(drafts.getAllKeys()).catch(() => []);
    const mine = `${this.#account}/`;
    return keys.map(String).flatMap((key) => (key.startsWith(mine) ? [key.slice(mine.length)] : []));
  }

  #nameOf(name: string): string {
    return `${this.#account}/${name}`;
  }

  // Bound to its name: one sealed text cannot be put in the place of another.
  #sealing(name: string, iv: Uint8Array<ArrayBuffer>): AesGcmParams {
    return { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(this.#nameOf(name)) };
  }

  #write(change: (drafts: IDBObjectStore) => void): Promise<void> {
    const transaction = this.#database.transaction("drafts", "readwrite");
    change(transaction.objectStore("drafts"));
    return finished(transaction);
  }
}

/** Everything kept on this device, and the keys, gone. For signing out. */
export function forgetKeptDrafts(): Promise<void> {
  if (!globalThis.indexedDB) return Promise.resolve();
  return new Promise((resolve) => {
    const deletion = indexedDB.deleteDatabase(DATABASE);
    // Other tabs close their connections when asked; see openDatabase.
    deletion.onsuccess = deletion.onerror = () => resolve();
  });
}

async function openDatabase(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("keys");
    request.result.createObjectStore("drafts", { keyPath: "name" });
  };
  const database = await answered(request);
  database.onversionchange = () => database.close();
  return database;
}

/** The key of the account, made on first use. With it the keys and drafts of every other account go. */
async function keyOf(database: IDBDatabase, account: string): Promise<CryptoKey> {
  // Made before the transaction: one that waits for anything but the database is over.
  const fresh = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  const transaction = database.transaction(["keys", "drafts"], "readwrite");
  const keys = transaction.objectStore("keys");
  const known = (await answered(keys.get(account))) as CryptoKey | undefined;
  if (!known) {
    keys.clear();
    transaction.objectStore("drafts").clear();
    keys.put(fresh, account);
  }
  await finished(transaction);
  return known ?? fresh;
}

function answered<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("The database did not answer."));
  });
}

function finished(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = transaction.onerror = () => reject(transaction.error ?? new Error("Nothing was written."));
  });
}
