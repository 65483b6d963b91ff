const LEAST_PIXELS = 60;
const STEEPEST = 0.6;

/** For an element on a phone: a finger drawn to the left asks for what comes next, to the right for what was before. */
export function swipe(onswipe: (by: 1 | -1) => void, isEnabled: () => boolean): (element: HTMLElement) => () => void {
  return (element) => {
    let start: Touch | undefined;
    const listening = new AbortController();
    const { signal } = listening;
    const begin = (event: TouchEvent) => {
      start = event.touches.length === 1 ? event.touches[0] : undefined;
    };
    // Somebody else has taken the finger, to drag with it: it no longer scrolls, and does not turn the day either.
    const move = (event: TouchEvent) => {
      if (event.defaultPrevented) start = undefined;
    };
    const end = (event: TouchEvent) => {
      const [touch] = event.changedTouches;
      if (!start || !touch || !isEnabled()) return;
      const [dx, dy] = [touch.clientX - start.clientX, touch.clientY - start.clientY];
      if (Math.abs(dx) >= LEAST_PIXELS && Math.abs(dy) <= STEEPEST * Math.abs(dx)) onswipe(dx < 0 ? 1 : -1);
    };
    element.addEventListener("touchstart", begin, { signal, passive: true });
    element.addEventListener("touchmove", move, { signal, passive: true });
    element.addEventListener("touchend", end, { signal, passive: true });
    return () => listening.abort();
  };
}
