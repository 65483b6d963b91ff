// Read by svelte-check and by editors; the build's own options are in vite.config.ts.
export default { compilerOptions: { runes: true } };
