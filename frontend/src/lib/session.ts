// What one tab remembers until it is closed. A browser that keeps nothing (a frame on another site) forgets at once.

/** Whether it is kept: a browser may forbid it. */
export function keep(key: string, value: unknown): boolean {
  try {
    sessionStorage.setItem(key, JSON.stringify(value));
    return true;
  } catch {
    return false; // nothing is lost but the memory of it
  }
}

export function recall<Value>(key: string): Value | null {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? "null") as Value | null;
  } catch {
    return null;
  }
}

/** For signing out: the next one in this tab may be another. */
export function forgetAll(): void {
  try {
    sessionStorage.clear();
  } catch {
    // Nothing was kept either.
  }
}

export function forget(key: string): void {
  try {
    sessionStorage.removeItem(key);
  } catch {
    // It was not kept either.
  }
}
