import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { Refused, Unreachable } from "$lib/api";

import { Autosave, type Kept, type Server } from "./autosave.svelte";
import { emptySoap, joined, type Note, type Soap, type Summary } from "./soap";

const words = (subjective: string): Soap => ({ ...emptySoap(), subjective });

/** A server with one note, which may be cut off before or after it has done its work. */
class Clinic {
  notes: Note[] = [];
  calls: string[] = [];
  cut: "" | "before" | "after" = "";

  server: Server = {
    begin: (content) =>
      this.#answer("begin", () => {
        const note = { id: `n${this.notes.length}`, version: 1, state: "draft", content, addenda: [] };
        this.notes.push(note as unknown as Note);
        return this.notes.at(-1) as Note;
      }),
    rewrite: (id, version, content) =>
      this.#answer("rewrite", () => {
        const note = this.#note(id);
        if (note.state === "signed") throw new Refused(409, { code: "note_signed" }, null);
        if (note.version !== version) throw new Refused(409, { code: "stale_version" }, null);
        return this.#put({ ...note, content, version: version + 1 });
      }),
    read: (id) => this.#answer("read", () => this.#note(id)),
    begun: () => this.#answer("begun", () => this.notes as Summary[]),
  };

  change(content: Soap, state: "draft" | "signed" = "draft") {
    const note = this.#note("n0");
    this.#put({ ...note, content, state, version: note.version + 1 });
  }

  #note(id: string): Note {
    return this.notes.find((note) => note.id === id) as Note;
  }

  #put(note: Note): Note {
    this.notes = this.notes.map((each) => (each.id === note.id ? note : each));
    return note;
  }

  async #answer<Content>(call: string, work: () => Content): Promise<Content> {
    this.calls.push(call);
    if (this.cut === "before") throw new Unreachable();
    const done = work();
    if (this.cut === "after") throw new Unreachable();
    return done;
  }
}

class Shelf {
  kept = new Map<string, Kept>();
  keep = async (name: string, value: Kept) => Boolean(this.kept.set(name, value));
  drop = async (name: string) => void this.kept.delete(name);
}

let clinic: Clinic;
let shelf: Shelf;

function open(note: Note | null = null): Autosave {
  const content = note?.content ?? emptySoap();
  return new Autosave(clinic.server, shelf, "new/1/today", { content, note, stored: content });
}

function type(saver: Autosave, text: string): void {
  saver.content.subjective = text;
  saver.changed();
}

beforeEach(() => {
  vi.useFakeTimers();
  clinic = new Clinic();
  shelf = new Shelf();
});
afterEach(() => vi.useRealTimers());

describe("a draft", () => {
  test("is begun two seconds after the last keystroke, then written over", async () => {
    const saver = open();
    type(saver, "a");
    await vi.advanceTimersByTimeAsync(1500);
    type(saver, "ab");
    await vi.advanceTimersByTimeAsync(1900);
    expect(clinic.calls).toEqual([]);
    await vi.advanceTimersByTimeAsync(200);
    type(saver, "abc");
    await saver.save();

    expect(clinic.calls).toEqual(["begin", "rewrite"]);
    expect(clinic.notes).toMatchObject([{ version: 2, content: words("abc") }]);
    expect(saver.phase).toBe("saved");
    expect([...shelf.kept]).toEqual([]);
  });

  test("lies on the device before it is saved, and not after", async () => {
    const saver = open();
    type(saver, "a");
    await vi.advanceTimersByTimeAsync(300);
    expect(shelf.kept.get("new/1/today")).toEqual({ content: words("a"), version: null, sent: null });
    expect(saver.isKept).toBe(true);
    await saver.save();
    expect(shelf.kept.size).toBe(0);
  });

  test("is tried again with growing pauses, and at once when asked", async () => {
    clinic.cut = "before";
    const saver = open();
    type(saver, "a");
    await saver.save();
    expect(saver.phase).toBe("waiting");
    await vi.advanceTimersByTimeAsync(2000 + 4000 + 8000);
    expect(clinic.calls.length).toBe(4);
    clinic.cut = "";
    await saver.save();
    expect(saver.phase).toBe("saved");
    expect(clinic.notes.length).toBe(1);
  });

  test("whose first answer was lost is not begun twice", async () => {
    clinic.cut = "after";
    const saver = open();
    type(saver, "a");
    await saver.save();
    clinic.cut = "";
    type(saver, "ab");
    await saver.save();

    expect(clinic.notes).toMatchObject([{ content: words("ab") }]);
    expect(saver.phase).toBe("saved");
  });

  test("whose page went before the first answer came is not begun twice either", async () => {
    clinic.cut = "after";
    const first = open();
    type(first, "a");
    await first.save();
    first.stop();
    clinic.cut = "";
    const kept = shelf.kept.get("new/1/today");
    expect(kept?.sent).toEqual(words("a"));
    const again = new Autosave(clinic.server, shelf, "new/1/today", {
      content: words("a"),
      note: null,
      stored: emptySoap(),
      kept,
    });
    await again.save();

    expect(clinic.notes.length).toBe(1);
    expect(again.phase).toBe("saved");
  });

  test("says on the device that it was sent, before it is sent", async () => {
    const saver = open();
    clinic.server.begin = async () => {
      expect(shelf.kept.get("new/1/today")?.sent).toEqual(words("a"));
      throw new Unreachable();
    };
    type(saver, "a");
    await saver.save();
    expect(saver.phase).toBe("waiting");
    expect(saver.failure).toBeInstanceOf(Unreachable);
    saver.stop();
  });

  test("whose later answer was lost is no conflict", async () => {
    const saver = open();
    type(saver, "a");
    await saver.save();
    clinic.cut = "after";
    type(saver, "ab");
    await saver.save();
    clinic.cut = "";
    type(saver, "abc");
    await saver.save();

    expect(saver.phase).toBe("saved");
    expect(clinic.notes).toMatchObject([{ content: words("abc") }]);
  });

  test("changed elsewhere shows both, and is saved as it is settled", async () => {
    const saver = open();
    type(saver, "mine");
    await saver.save();
    clinic.change(words("theirs"));
    type(saver, "mine too");
    await saver.save();
    expect(saver.phase).toBe("conflict");
    expect(saver.theirs?.content).toEqual(words("theirs"));
    expect(clinic.notes).toMatchObject([{ content: words("theirs") }]);

    saver.settle(joined(words("theirs"), saver.content));
    await vi.runAllTimersAsync();
    expect(saver.phase).toBe("saved");
    expect(clinic.notes).toMatchObject([{ content: words("theirs\n\nmine too") }]);
  });

  test("signed elsewhere keeps what was typed since", async () => {
    const saver = open();
    type(saver, "mine");
    await saver.save();
    clinic.change(words("mine"), "signed");
    type(saver, "mine and more");
    await saver.save();

    expect(saver.phase).toBe("signed");
    expect(saver.content).toEqual(words("mine and more"));
  });

  test("that is refused waits for another word", async () => {
    clinic.server.begin = () => Promise.reject(new Refused(400, { code: "invalid" }, null));
    const saver = open();
    type(saver, "a");
    await saver.save();
    await vi.advanceTimersByTimeAsync(120_000);
    expect(saver.phase).toBe("refused");
    expect(saver.failure).toBeInstanceOf(Refused);
  });

  test("typed on while it is saved is saved again", async () => {
    const saver = open();
    type(saver, "a");
    const saving = saver.save();
    type(saver, "ab");
    await saving;
    expect(shelf.kept.get("note/n0")?.content).toEqual(words("ab"));
    await vi.advanceTimersByTimeAsync(2000);
    expect(clinic.notes).toMatchObject([{ content: words("ab") }]);
  });
});

describe("words that an earlier page left", () => {
  const left: Kept = { content: words("a and more"), version: null, sent: words("a") };

  function reopen(): Autosave {
    shelf.kept.set("new/1/today", left);
    const start = { content: left.content, note: null, stored: emptySoap(), kept: left };
    return new Autosave(clinic.server, shelf, "new/1/today", start);
  }

  test("go into the note that its lost answer was about, and are kept no longer", async () => {
    await clinic.server.begin(words("a"));
    const saver = reopen();
    await saver.save();

    expect(clinic.notes).toMatchObject([{ version: 2, content: words("a and more") }]);
    expect([...shelf.kept]).toEqual([]);
  });

  test("never go over what was written into it since", async () => {
    await clinic.server.begin(words("a"));
    clinic.change(words("later words"));
    const saver = reopen();
    await saver.save();

    expect(saver.phase).toBe("conflict");
    expect(saver.theirs?.content).toEqual(words("later words"));
    expect(clinic.notes).toMatchObject([{ version: 2, content: words("later words") }]);
  });

  test("begin no second note where it was signed since", async () => {
    await clinic.server.begin(words("a"));
    clinic.change(words("a"), "signed");
    const saver = reopen();
    await saver.save();

    expect(saver.phase).toBe("signed");
    expect(clinic.notes).toHaveLength(1);
  });

  test("are dropped once the note that is known has them, whichever address it was opened by", async () => {
    const note = (await clinic.server.begin(words("a"))) as Note;
    shelf.kept.set("new/1/today", left);
    const start = { content: left.content, note, stored: note.content, kept: left };
    const saver = new Autosave(clinic.server, shelf, "new/1/today", start);
    await saver.save();

    expect(clinic.notes).toMatchObject([{ content: words("a and more") }]);
    expect([...shelf.kept]).toEqual([]);
  });
});
