const SECONDS_BETWEEN_LOOKS = 10;

/**
 * Look again and again while the page is seen, and at once when it comes back. Returns what ends it.
 *
 * Never while a look is under way (`isLooking`): on a slow line each would put an end to the one before, and none
 * would ever be answered.
 */
export function keepFresh(
  look: () => unknown,
  isLooking: () => boolean,
  secondsBetween: number = SECONDS_BETWEEN_LOOKS,
): () => void {
  const lookIfSeen = () => {
    if (document.visibilityState === "visible" && !isLooking()) void look();
  };
  const timer = setInterval(lookIfSeen, secondsBetween * 1000);
  document.addEventListener("visibilitychange", lookIfSeen);
  window.addEventListener("online", lookIfSeen);
  return () => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", lookIfSeen);
    window.removeEventListener("online", lookIfSeen);
  };
}
