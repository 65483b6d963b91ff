import type { Plugin } from "vite";

/*
 * Svelte's runtime without what no page of ours uses. Nothing is drawn by Svelte on the server, so nothing is ever
 * hydrated, and the switches for legacy and tracing code are never thrown. Said as constants, the bundler leaves
 * out what stands behind them: a twentieth of the booking page.
 */
const MODULES: Record<string, string> = {
  "/svelte/src/internal/flags/index.js": `
    export const async_mode_flag = false, legacy_mode_flag = false, tracing_mode_flag = false;
    export function enable_legacy_mode_flag() {}
    export function enable_tracing_mode_flag() {}`,
  "/svelte/src/internal/client/dom/hydration.js": `
    export const hydrating = false, hydrate_node = null;
    export function set_hydrating() {}
    export function set_hydrate_node() {}
    export function hydrate_next() {}
    export function reset() {}
    export function hydrate_template() {}
    export function next() {}
    export function remove_nodes() {}
    export function read_hydration_instruction() {}`,
};

export function leanSvelte(): Plugin {
  return {
    name: "lean-svelte",
    enforce: "pre",
    transform(code, id) {
      const file = Object.keys(MODULES).find((end) => id.split("?")[0]?.endsWith(end));
      const lean = file && MODULES[file];
      if (!lean) return null;
      // Another version of Svelte may have more in these modules: then this list has to be looked at again.
      for (const [, name] of code.matchAll(/^export (?:let|const|function) (\w+)/gm)) {
        if (!lean.match(`\\b${name}\\b`)) this.error(`${file} has a new export: ${name}.`);
      }
      return { code: lean, map: null };
    },
  };
}
