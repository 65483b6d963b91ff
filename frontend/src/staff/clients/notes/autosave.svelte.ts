/*
 * Saves a draft by itself, and loses nothing on the way: what is typed is kept on this device until the server has
 * it; a lost connection is tried again with growing pauses; an answer that was lost is told from another's change.
 *
 * It knows the server and the device only by what it is given, and so is tried without either.
 */
import { Refused, Unreachable, wordsOf } from "$lib/api";

import { isSame, type Note, type Soap, type Summary } from "./soap";

export type Server = {
  begin: (content: Soap) => Promise<Summary>;
  rewrite: (id: string, version: number, content: Soap) => Promise<Summary>;
  read: (id: string) => Promise<Note>;
  /** Own notes for the same session that were not there before this one was opened. */
  begun: () => Promise<Summary[]>;
};
export type Device = {
  keep: (name: string, value: Kept) => Promise<boolean>;
  drop: (name: string) => Promise<void>;
};
/** `version`: the one that was changed. `sent`: what was last sent; perhaps it arrived. */
export type Kept = { content: Soap; version: number | null; sent: Soap | null };
export type Phase = "saved" | "changed" | "saving" | "waiting" | "refused" | "conflict" | "signed";

const PAUSE_BEFORE_SAVING = 2000; // milliseconds after the last keystroke
const PAUSE_BEFORE_KEEPING = 250;
const FIRST_RETRY = 2000;
const LONGEST_RETRY = 60_000;

type Start = { content: Soap; note: Summary | null; stored: Soap; kept?: Kept | undefined };

export class Autosave {
  content = $state<Soap>({ subjective: "", objective: "", assessment: "", plan: "" });
  note = $state.raw<Summary | null>(null);
  phase = $state<Phase>("saved");
  /** Whether what is shown lies on this device, should the page go. */
  isKept = $state(false);
  savedAt = $state.raw<string | null>(null);
  failure = $state.raw<Error | null>(null);
  /** What somebody else, or the same person elsewhere, wrote meanwhile. */
  theirs = $state.raw<Note | null>(null);

  readonly #server: Server;
  readonly #device: Device | null;
  readonly #newName: string;
  #stored: Soap; // what the server is known to have
  #sent: Soap | null;
  #isAnswerLost = false;
  #failures = 0;
  #saveTimer: ReturnType<typeof setTimeout> | undefined;
  #keepTimer: ReturnType<typeof setTimeout> | undefined;
  #running: Promise<void> | undefined;

  constructor(server: Server, device: Device | null, newName: string, start: Start) {
    this.#server = server;
    this.#device = device;
    this.#newName = newName;
    this.content = { ...start.content };
    this.note = start.note;
    this.#stored = { ...start.stored };
    this.#sent = start.kept?.sent ?? null;
    this.#isAnswerLost = !start.note && Boolean(this.#sent);
    this.isKept = Boolean(start.kept);
  }

  get isUnsaved(): boolean {
    return this.phase !== "signed" && !isSame(this.content, this.#stored);
  }

  /** Under which name it lies on the device. */
  get name(): string {
    return this.note ? `note/${this.note.id}` : this.#newName;
  }

  /** Call after each change of `content`. */
  changed(): void {
    if (this.phase === "saved" || this.phase === "refused") this.phase = "changed";
    this.isKept = false;
    clearTimeout(this.#keepTimer);
    this.#keepTimer = setTimeout(() => void this.keep(), PAUSE_BEFORE_KEEPING);
    if (this.phase !== "waiting") this.#saveAfter(PAUSE_BEFORE_SAVING);
  }

  async keep(): Promise<void> {
    clearTimeout(this.#keepTimer);
    if (!this.#device || !this.isUnsaved) return;
    const content = { ...this.content };
    const isWritten = await this.#device.keep(this.name, {
      content,
      version: this.note?.version ?? null,
      sent: this.#sent && { ...this.#sent },
    });
    if (!this.isUnsaved)
      await this.#device.drop(this.name); // saved while it was written
    else if (isSame(content, this.content)) this.isKept = isWritten;
  }

  /** Save what is not saved yet. Over when the server has answered, or could not be reached. */
  async save(): Promise<void> {
    clearTimeout(this.#saveTimer);
    if (this.#running) {
      await this.#running;
      if (this.phase === "changed") await this.save();
      return;
    }
    if (this.phase === "conflict" || this.phase === "signed") return;
    if (!this.isUnsaved) {
      if (this.phase === "changed") this.phase = "saved"; // what was typed was taken back
      return;
    }
    this.#running = this.#attempt({ ...this.content }).finally(() => (this.#running = undefined));
    await this.#running;
  }

  /** After a conflict: this is what the note shall say. */
  settle(content: Soap): void {
    if (!this.theirs) return;
    this.note = this.theirs;
    this.#stored = { ...this.theirs.content };
    this.content = { ...content };
    this.theirs = null;
    this.phase = "changed";
    void this.keep().then(() => this.save());
  }

  /** What lies on the device is from another version than the server's: both are shown. */
  meet(theirs: Note): void {
    this.theirs = theirs;
    this.phase = theirs.state === "signed" ? "signed" : "conflict";
  }

  /** No more attempts. */
  stop(): void {
    clearTimeout(this.#saveTimer);
    clearTimeout(this.#keepTimer);
  }

  async forget(): Promise<void> {
    this.stop();
    await this.#device?.drop(this.name);
    await this.#device?.drop(this.#newName);
  }

  async #attempt(sent: Soap): Promise<void> {
    this.phase = "saving";
    try {
      const summary = await this.#send(sent);
      this.#failures = 0;
      this.failure = null;
      await this.#accept(summary, sent);
    } catch (error) {
      this.failure = error instanceof Error ? error : new Error(String(error));
      this.#afterFailure(error);
    }
  }

  async #send(sent: Soap): Promise<Summary> {
    const before = this.#sent;
    if (!this.note && this.#isAnswerLost) this.note = await this.#findBegun([sent, before]);
    this.#sent = sent;
    if (!this.note) {
      await this.keep(); // that it was sent, too: the page may go before the answer comes
      return this.#server.begin(sent);
    }
    try {
      return await this.#server.rewrite(this.note.id, this.note.version, sent);
    } catch (error) {
      if (!isAboutState(error)) throw error;
      const theirs = await this.#server.read(this.note.id);
      const isOwn = isSame(theirs.content, sent) || (before !== null && isSame(theirs.content, before));
      if (theirs.state === "signed" || !isOwn) throw new Overtaken(theirs);
      // The version that moved on was made by this page: only its answer was lost.
      this.note = theirs;
      return isSame(theirs.content, sent) ? theirs : this.#server.rewrite(theirs.id, theirs.version, sent);
    }
  }

  /** The note that a lost answer was about, if it was begun. Raises Overtaken where others' words are in it by now. */
  async #findBegun(own: (Soap | null)[]): Promise<Note | null> {
    const [summary] = await this.#server.begun();
    if (!summary) return null;
    const found = await this.#server.read(summary.id);
    const isOwn = own.some((content) => content && isSame(found.content, content));
    if (found.state === "signed" || !isOwn) throw new Overtaken(found);
    return found;
  }

  async #accept(summary: Summary, sent: Soap): Promise<void> {
    const oldName = this.name;
    this.note = summary;
    this.#stored = sent;
    this.#isAnswerLost = false;
    this.savedAt = summary.updated_at;
    if (oldName !== this.name) await this.#device?.drop(oldName);
    await this.#device?.drop(this.#newName); // where the page before this one may have left it
    if (this.isUnsaved) {
      this.phase = "changed"; // typed on meanwhile
      await this.keep();
      this.#saveAfter(PAUSE_BEFORE_SAVING);
    } else {
      this.phase = "saved";
      this.isKept = false;
      await this.#device?.drop(this.name);
    }
  }

  #afterFailure(error: unknown): void {
    if (error instanceof Overtaken) {
      this.meet(error.theirs);
      return;
    }
    const isLost = error instanceof Unreachable || (error instanceof Refused && error.status >= 500);
    if (isLost && !this.note) this.#isAnswerLost = true;
    if (isLost || (error instanceof Refused && [401, 403, 429].includes(error.status))) {
      this.phase = "waiting";
      const pause = Math.min(LONGEST_RETRY, FIRST_RETRY * 2 ** this.#failures++);
      this.#saveAfter(Math.max(pause, error instanceof Refused ? error.retryAfterSeconds * 1000 : 0));
    } else {
      this.phase = "refused"; // the same again would be refused again
    }
    void this.keep();
    if (!(error instanceof Refused)) wordsOf(error); // raises what is a fault of ours
  }

  #saveAfter(pause: number): void {
    clearTimeout(this.#saveTimer);
    this.#saveTimer = setTimeout(() => void this.save(), pause);
  }
}

class Overtaken extends Error {
  readonly theirs: Note;

  constructor(theirs: Note) {
    super("The note was changed elsewhere.");
    this.theirs = theirs;
  }
}

function isAboutState(error: unknown): boolean {
  return error instanceof Refused && ["stale_version", "note_signed"].includes(error.code);
}
