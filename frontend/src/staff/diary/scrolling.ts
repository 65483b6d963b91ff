import type { Schema } from "$lib/api";
import type { LocalDate } from "$lib/time";

import type { Axis } from "./axis";

type Opened = {
  axis: Axis;
  now: Date;
  dates: readonly LocalDate[];
  hours: readonly Schema["DiaryHours"][];
  isReady: boolean;
};

const MINUTES_ABOVE = 40;

/** For the scroller: opens at the present moment, else at the first working hour. Afterwards it stays where it is. */
export function openingScroll(read: () => Opened): (scroller: HTMLElement) => void {
  let isDone = false;
  return (scroller) => {
    const { axis, now, dates, hours, isReady } = read();
    const [first] = dates;
    if (isDone || !isReady || first === undefined) return;
    isDone = true;
    const today = dates.find((date) => axis.isOn(date, now, new Date(now.getTime() + 1)));
    const starts = hours.flatMap((each) =>
      dates
        .filter((date) => axis.isOn(date, each.starts_at, each.ends_at))
        .map((date) => axis.positionOf(each.starts_at, date)),
    );
    const at = today ? axis.positionOf(now, today) : Math.min(...starts, axis.length);
    const corner = scroller.querySelector<HTMLElement>("[data-corner]");
    const body = scroller.scrollHeight - (corner?.offsetHeight ?? 0);
    scroller.scrollTop = ((at - MINUTES_ABOVE) / axis.length) * body;
  };
}
