// On another site the page stands in a frame, which is to be as high as what it shows. Nothing else is told.

/** Tell the parent how high `content` is, now and whenever that changes, until the returned function is called. */
export function tellHeight(content: HTMLElement): () => void {
  const observer = new ResizeObserver(() => {
    const below = Number.parseFloat(getComputedStyle(content.closest("main") ?? content).paddingBottom) || 0;
    const height = Math.ceil(content.getBoundingClientRect().bottom + scrollY + below);
    parent.postMessage({ type: "groundwork:height", height }, "*");
  });
  observer.observe(content);
  return () => observer.disconnect();
}
