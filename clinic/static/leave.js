// "Leave this page": the page is gone from view at once, and Back does not bring it back.
for (const link of document.querySelectorAll("a[data-leave]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    document.title = "";
    document.body.replaceChildren();
    location.replace(link.href);
  });
}
