// Shows what clients will see while the owner types. The server renders and cleans it.
(() => {
  const PAUSE = 300;

  const watch = (editor) => {
    const text = editor.querySelector("textarea");
    const preview = editor.querySelector(".markdown-editor-preview");
    let timer;
    let asked = 0;

    const refresh = async () => {
      const number = ++asked;
      const token = text.form?.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
      try {
        const answer = await fetch(editor.dataset.previewUrl, {
          method: "POST",
          headers: { "X-CSRFToken": token },
          body: new URLSearchParams({ text: text.value }),
        });
        // An answer that was overtaken by a later one is thrown away.
        if (answer.ok && !answer.redirected && number === asked) {
          preview.innerHTML = await answer.text();
          preview.classList.remove("is-stale");
        }
      } catch {
        // No connection: the preview stays pale, the text is not lost.
      }
    };

    text.addEventListener("input", () => {
      preview.classList.add("is-stale");
      clearTimeout(timer);
      timer = setTimeout(refresh, PAUSE);
    });
  };

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll(".markdown-editor").forEach(watch);
  });
})();
