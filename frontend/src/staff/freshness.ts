const SECONDS_BETWEEN_LOOKS = 10;

/** Look again and again while the page is seen, and at once when it comes back. Returns what ends it. */
export function keepFresh(look: () => unknown): () => void {
  const lookIfSeen = () => {
    if (document.visibilityState === "visible") void look();
  };
  const timer = setInterval(lookIfSeen, SECONDS_BETWEEN_LOOKS * 1000);
  document.addEventListener("visibilitychange", lookIfSeen);
  window.addEventListener("online", lookIfSeen);
  return () => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", lookIfSeen);
    window.removeEventListener("online", lookIfSeen);
  };
}
