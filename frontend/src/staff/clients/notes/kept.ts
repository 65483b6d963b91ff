// The drafts of whoever is signed in that lie on this device. Where the browser cannot keep them, there are none.
import { KeptDrafts } from "$lib/kept-drafts";

import { clinic } from "../../clinic.svelte";
import type { Kept } from "./autosave.svelte";

/** What is kept of a note: its words, where they belong, and the notes that were `known` before it was begun. */
export type KeptNote = Kept & KeptPlace & { known: string[] };
export type KeptPlace = { client: number; address: string; title: string };

let opening: Promise<KeptDrafts | null> | undefined;

export function keptDrafts(): Promise<KeptDrafts | null> {
  opening ??= KeptDrafts.open(clinic().account.id);
  return opening;
}

export async function findKept(name: string): Promise<KeptNote | undefined> {
  return (await (await keptDrafts())?.find(name)) as KeptNote | undefined;
}

/** Two drafts may lead to one address: that of a note, and what is to be added to it. Their names differ. */
export async function keptPlaces(): Promise<(KeptPlace & { name: string })[]> {
  const drafts = await keptDrafts();
  const names = (await drafts?.names()) ?? [];
  const found = await Promise.all(names.map(async (name) => ({ name, kept: await findKept(name) })));
  return found.flatMap(({ name, kept }) => (kept ? [{ ...kept, name }] : []));
}
