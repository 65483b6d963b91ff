/** For a list that opens below a field, above everything else: in the browser's top layer, and kept in place. */
export function below(anchor: () => HTMLElement): (popup: HTMLElement) => () => void {
  return (popup) => {
    const place = () => {
      const field = anchor().getBoundingClientRect();
      const room = window.innerHeight - field.bottom;
      const isAbove = room < 180 && field.top > room;
      popup.style.left = `${field.left}px`;
      popup.style.width = `${field.width}px`;
      popup.style.maxHeight = `${Math.min(380, (isAbove ? field.top : room) - 12)}px`;
      popup.style.top = isAbove ? "auto" : `${field.bottom + 4}px`;
      popup.style.bottom = isAbove ? `${window.innerHeight - field.top + 4}px` : "auto";
    };
    popup.showPopover();
    place();
    window.addEventListener("scroll", place, { capture: true, passive: true });
    window.addEventListener("resize", place);
    return () => {
      window.removeEventListener("scroll", place, { capture: true });
      window.removeEventListener("resize", place);
    };
  };
}
