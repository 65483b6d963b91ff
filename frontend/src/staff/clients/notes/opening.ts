/*
 * Which note an address means, and what is needed to write or to read it.
 *
 * A draft that could not be saved when its screen was left goes on trying: `unsaved` holds it until it is saved.
 */
import { api, ask, type Schema } from "$lib/api";
import type { LocalDate } from "$lib/time";

import { clinic } from "../../clinic.svelte";
import { Autosave, type Device } from "./autosave.svelte";
import { findKept, keptDrafts, type KeptNote } from "./kept";
import { emptySoap, isSame, type Note, type Summary } from "./soap";

export type Session = { on: LocalDate; reference: string; appointment?: Schema["Appointment"] | undefined };
export type Writing = { kind: "write"; saver: Autosave; session: Session };
export type Reading = { kind: "read"; note: Note; session: Session };
export type Opened = (Writing | Reading) & { earlier: Summary[] };

let unsaved: Autosave[] = [];
const tryAgain = () => unsaved.forEach((saver) => void (saver.phase === "waiting" && saver.save()));
// There is a connection again; or somebody comes back to the window, perhaps from signing in again.
for (const sign of ["online", "focus"]) addEventListener(sign, tryAgain);

/** `note`: an id or "new"; `reference`: of an appointment, whose note is opened if there is one; `on`: for a new one. */
export async function openNote(
  client: Schema["Client"],
  { note, reference, on }: { note: string; reference: string; on: LocalDate },
): Promise<Opened> {
  const [notes, appointments] = await Promise.all([notesOf(client.id), appointmentsOf(client.id)]);
  const me = clinic().account.id;
  const forAppointment = notes.filter((each) => reference && each.appointment_reference === reference);
  const isOwnDraft = (each: Summary) => each.state === "draft" && each.author.id === me;
  const id = note === "new" ? "" : note || (forAppointment.find(isOwnDraft) ?? forAppointment[0])?.id || "";
  const summary = notes.find((each) => each.id === id);
  const about = summary?.appointment_reference ?? reference;
  const appointment = appointments.find((each) => each.reference === about);
  const session = {
    on: summary?.session_on ?? (appointment ? clinic().clock.dateOf(appointment.starts_at) : on),
    reference: about,
    appointment,
  };
  const earlier = notes.filter((each) => each.id !== id && each.session_on <= session.on);
  if (!id) return { kind: "write", saver: await write(client, session, null, notes), session, earlier };
  const opened = await ask(api.GET("/api/v1/notes/{note_id}/", { params: { path: { note_id: id } } }));
  // Words that were typed before it was signed elsewhere are still to be decided about.
  const hasLeftover = opened.author.id === me && (await findKept(`note/${id}`)) !== undefined;
  if (isOwnDraft(opened) || hasLeftover)
    return { kind: "write", saver: await write(client, session, opened, notes), session, earlier };
  return { kind: "read", note: opened, session: { ...session, on: opened.session_on }, earlier };
}

/** For a screen that is left: what is not saved goes on trying. */
export function leave(saver: Autosave): void {
  void saver.keep().then(() => saver.save());
}

async function write(client: Schema["Client"], session: Session, note: Note | null, notes: Summary[]) {
  const newName = `new/${client.id}/${session.reference || session.on}`;
  const name = note ? `note/${note.id}` : newName;
  unsaved = unsaved.filter((saver) => saver.isUnsaved || saver.phase === "saving");
  const running = unsaved.find((saver) => saver.name === name);
  if (running) return running;
  const kept = (await findKept(name)) ?? (note ? await findKept(newName) : undefined);
  const stored = note?.content ?? emptySoap();
  // A note that is not among these was begun by this draft, though its answer was lost.
  const known = kept?.known ?? notes.map((each) => each.id);
  const saver = new Autosave(server(client, session, known), await device(client, session, known), newName, {
    content: kept?.content ?? stored,
    note,
    stored,
    kept,
  });
  if (kept) resume(saver, kept, note);
  unsaved = [...unsaved, saver];
  return saver;
}

/** What was kept goes to the server if that still has what it was written over; else both are shown. */
function resume(saver: Autosave, kept: KeptNote, note: Note | null): void {
  const isOwnWork = note && kept.sent && isSame(note.content, kept.sent);
  if (!saver.isUnsaved) void saver.forget();
  else if (!note || note.version === kept.version || isOwnWork) void saver.save();
  else saver.meet(note);
}

function server(client: Schema["Client"], session: Session, known: string[]) {
  const path = { client_id: client.id };
  const me = clinic().account.id;
  return {
    begin: (content: Note["content"]) => {
      const on = session.reference ? {} : { session_on: session.on }; // an appointment has its day
      const body = { content, appointment_reference: session.reference, ...on };
      return ask(api.POST("/api/v1/clients/{client_id}/notes/", { params: { path }, body }));
    },
    rewrite: (id: string, version: number, content: Note["content"]) =>
      ask(api.PUT("/api/v1/notes/{note_id}/", { params: { path: { note_id: id } }, body: { content, version } })),
    read: (id: string) => ask(api.GET("/api/v1/notes/{note_id}/", { params: { path: { note_id: id } } })),
    begun: async () =>
      (await notesOf(client.id)).filter(
        (note) =>
          !known.includes(note.id) &&
          note.author.id === me &&
          note.appointment_reference === session.reference &&
          note.session_on === session.on,
      ),
  };
}

async function device(client: Schema["Client"], session: Session, known: string[]): Promise<Device | null> {
  const drafts = await keptDrafts();
  if (!drafts) return null;
  const title = `${client.display_name}, ${session.on}`;
  return {
    keep: (name, value) => {
      const place = { client: client.id, title, address: addressOf(client.id, name, session) };
      return drafts.keep(name, { ...value, ...place, known } satisfies KeptNote);
    },
    drop: (name) => drafts.drop(name),
  };
}

function addressOf(client: number, name: string, session: Session): string {
  const query = name.startsWith("note/")
    ? `note=${name.slice("note/".length)}`
    : session.reference
      ? `note=new&appointment=${session.reference}`
      : `note=new&on=${session.on}`;
  return `/staff/clients/${client}/?${query}`;
}

export async function notesOf(client: number): Promise<Summary[]> {
  const params = { path: { client_id: client }, query: { page_size: 200 } };
  return (await ask(api.GET("/api/v1/clients/{client_id}/notes/", { params }))).results;
}

export async function appointmentsOf(client: number): Promise<Schema["Appointment"][]> {
  const params = { query: { client, page_size: 200 } };
  return (await ask(api.GET("/api/v1/appointments/", { params }))).results;
}
