import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { expect, test } from "vitest";

import catalogue from "../../texts/en.json";

// A text that is asked for and not there is an error of types; one that nobody asks for is found here.
const SOURCES = fileURLToPath(new URL("../", import.meta.url));
const FOR_THE_SERVER = ["pages", "locale"]; // see tests/web/test_texts.py

const files = readdirSync(SOURCES, { recursive: true, encoding: "utf8" })
  .filter((name) => /\.(ts|svelte)$/.test(name) && !name.endsWith(".test.ts"))
  .map((name) => readFileSync(SOURCES + name, "utf8"));

/** All that is written where a section of the catalogue is imported. */
function readersOf(section: string): string {
  const imported = new RegExp(String.raw`import \{[^}]*\b${section}\b[^}]*\} from "\$texts"`);
  return files.filter((text) => imported.test(text)).join("\n");
}

function pathsIn(texts: object, path: string[] = []): string[][] {
  return Object.entries(texts).flatMap(([name, text]) =>
    typeof text === "string" || "other" in text ? [[...path, name]] : pathsIn(text, [...path, name]),
  );
}

/** Whether a text is named, or something around it is read by a name that is only known when it runs. */
function isRead([...names]: string[], readers: string): boolean {
  const last = names.pop() ?? "";
  const isNamed = new RegExp(String.raw`(\.${last}\b|"${last}")`).test(readers);
  const isAlias = (name: string) => new RegExp(String.raw`const (\w+|\{ \w+: \w+ \}) = [\w.]*\b${name};`).test(readers);
  const isLookedInto = (name: string) => new RegExp(String.raw`\b${name}\b(\[| as |\)|,| \}|;)`).test(readers);
  return isNamed || names.some((name) => isLookedInto(name) && !isAlias(name));
}

const sections = Object.entries(catalogue).filter(([name]) => !FOR_THE_SERVER.includes(name));

test.each(sections)("every text of %s is shown somewhere", (section, texts) => {
  const readers = readersOf(section);
  const unread = pathsIn(texts as object).filter((path) => !isRead(path, readers));
  expect(unread.map((path) => path.join("."))).toEqual([]);
});
