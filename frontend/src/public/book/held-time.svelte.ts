// The time that is kept for the visitor: taking it, how long it is kept, letting it go. It survives a reload.
import { api, ask, type Schema } from "$lib/api";
import { forget, keep, recall } from "$lib/session";

export type Wish = { treatment: string; minutes: number; therapist: number | undefined; starts_at: string };
type Held = Wish & { token: string; held_therapist: number; policy: string; until: number };

const KEY = "held-time";

export class HeldTime {
  held = $state.raw<Held | null>(null);
  secondsLeft = $state(0);
  hasEnded = $derived(this.held !== null && this.secondsLeft === 0);
  #turn = 0;
  #ticking: ReturnType<typeof setInterval> | undefined;

  /**
   * Keep the time that is wished for, in place of any other. Null when another was wished for, or none any more,
   * before the answer came: then nothing is kept. Raises what `ask` raises.
   */
  async take({ treatment, minutes, therapist, starts_at }: Wish): Promise<Held | null> {
    const released = this.release();
    const turn = this.#turn;
    await released;
    const call = api.POST("/api/v1/holds/", {
      body: { treatment, minutes, starts_at, ...(therapist && { therapist }) },
    });
    const hold = await ask(call).catch((error: unknown) => {
      if (turn === this.#turn) throw error;
    });
    if (!hold) return null;
    if (turn !== this.#turn) return giveBack(hold.token);
    const { response } = await call;
    const wish = { treatment, minutes, therapist, starts_at };
    this.#watch({
      ...wish,
      token: hold.token,
      held_therapist: hold.therapist,
      policy: hold.cancellation_policy,
      until: byOwnClock(hold, response.headers.get("Date")),
    });
    return this.held;
  }

  /** What was kept before the page was loaded anew, if its time is not over. */
  resume(): Wish | null {
    const held = recall<Held>(KEY);
    if (held && held.until > Date.now()) this.#watch(held);
    return this.held;
  }

  /** Give the time back, so that others may have it. */
  async release(): Promise<void> {
    this.#turn += 1;
    const token = this.held?.token ?? recall<Held>(KEY)?.token;
    this.drop();
    if (token) await giveBack(token);
  }

  /** Forget it without a word to the server: it is booked, or gone. */
  drop(): void {
    clearInterval(this.#ticking);
    forget(KEY);
    this.held = null;
  }

  #watch(held: Held): void {
    keep(KEY, held);
    this.held = held;
    const count = () => (this.secondsLeft = Math.max(0, Math.floor((held.until - Date.now()) / 1000)));
    count();
    clearInterval(this.#ticking);
    this.#ticking = setInterval(count, 1000);
  }
}

/** Whether that is heard does not matter: it lapses by itself. */
async function giveBack(token: string): Promise<null> {
  await api.DELETE("/api/v1/holds/{token}/", { params: { path: { token } } }).catch(() => undefined);
  return null;
}

/** When the hold ends by this device's clock, which may be minutes off the server's. */
function byOwnClock(hold: Schema["Hold"], serverDate: string | null): number {
  const ahead = Date.now() - (serverDate ? Date.parse(serverDate) : Date.now());
  return Date.parse(hold.expires_at) + ahead;
}
