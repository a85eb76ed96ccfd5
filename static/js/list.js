// Lists of topics: what this tab has read since the list was drawn loses its mark, also when the list comes out of the
// browser's memory or was asked for before the marker had arrived.
(() => {
  function forgetRead() {
    for (const row of document.querySelectorAll(".topic-unread")) {
      const [, topic, last] = row.querySelector(".topic-last a")?.pathname.match(/^\/topics\/(\w+)\/n\/(\d+)$/) ?? [];
      if (!topic || Number(sessionStorage.getItem(`read:${topic}`)) < Number(last)) continue;
      row.classList.remove("topic-unread");
      for (const mark of row.querySelectorAll(".topic-meta > :is(.new, .vh)")) mark.remove();
    }
  }

  addEventListener("pageshow", forgetRead);
})();
