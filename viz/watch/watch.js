// Puts the newest middle of the page in place of the shown one, once its
// pictures are there, so that nothing flickers.
"use strict";
let tag = "";
async function look() {
  const main = document.getElementById("main");
  try {
    const r = await fetch("main" + location.search, {headers: tag ? {"If-None-Match": tag} : {}, cache: "no-store"});
    if (r.status === 200) {
      const next = document.createElement("main");
      next.innerHTML = await r.text();
      await Promise.all([...next.querySelectorAll("img")].map(i => i.complete || new Promise(done => { i.onload = i.onerror = done; })));
      main.replaceChildren(...next.childNodes);
      tag = r.headers.get("ETag") || "";
    }
    document.getElementById("gone")?.remove();
  } catch {
    if (!document.getElementById("gone")) {
      const p = document.createElement("p");
      p.id = "gone"; p.className = "bad"; p.textContent = "fourm watch has ended; this is what it showed last.";
      main.prepend(p);
    }
  }
  setTimeout(look, 1000);
}
look();
