/* eslint-disable svelte/prefer-svelte-reactivity -- these dates are replaced, never changed */
const SECONDS = 15;

/** The present moment, for what has to follow it: the line in the grid, what is held for some more minutes. */
export class Now {
  at = $state.raw(new Date());

  /** Returns what ends it. */
  tick = (): (() => void) => {
    const timer = setInterval(() => (this.at = new Date()), SECONDS * 1000);
    return () => clearInterval(timer);
  };
}
