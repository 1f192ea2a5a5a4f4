// A page that shows files hears when one has changed, and shows it anew; never while somebody types on it.
"use strict";
(() => {
  const main = document.querySelector("main[data-live]");
  const status = document.getElementById("live");
  if (!main || !status || !window.EventSource) return;

  const RETRY = 30000; // milliseconds, when the desk takes no more listeners
  const FIELDS = "input:not([type=hidden]), textarea, select";
  const wanted = main.dataset.live.split(" ");
  let seen = Number(status.dataset.number);
  let source = null;
  let isAsking = false;
  let isStale = false;

  const hasChanged = (field) => {
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    if (field.options) return [...field.options].some((each) => each.selected !== each.defaultSelected) && field.selectedIndex > 0;
    return field.value !== field.defaultValue;
  };
  const isTyping = () => {
    const at = document.activeElement;
    return (main.contains(at) && at.matches(FIELDS)) || [...main.querySelectorAll(FIELDS)].some(hasChanged);
  };
  // The page as it would be asked for: with what was chosen on it, without what was said once.
  const own = () => {
    const address = new URL(main.dataset.self, location.href);
    if (address.pathname === location.pathname) address.search = location.search;
    address.searchParams.delete("said");
    return address.href;
  };
  const say = (...parts) => status.replaceChildren(...parts);
  const offer = () => {
    const link = document.createElement("a");
    link.href = own();
    link.textContent = status.dataset.show;
    say(status.dataset.waits, link);
  };
  // What is found again in the new page: the same link, button or field.
  const keyOf = (element) =>
    [element.tagName, element.id, element.getAttribute("href"), element.getAttribute("formaction"), element.getAttribute("name"), element.textContent].join("|");

  // Who approves has looked at what there was: the new text has to be looked at first, and that has to be said.
  const guard = (digest) => {
    const field = main.querySelector("input[name=digest]");
    if (!digest || !field || field.value === digest) return;
    const now = field.value;
    const words = document.createElement("p");
    const button = document.createElement("button");
    words.className = "objection";
    words.textContent = status.dataset.guard;
    button.type = "button";
    button.className = "button second";
    button.textContent = status.dataset.looked;
    field.value = digest;
    button.addEventListener("click", () => {
      field.value = now;
      words.remove();
      button.remove();
      field.form.querySelector("textarea")?.focus();
    });
    field.form.prepend(words, button);
  };

  // What was said of somebody's own act stays, with the focus that is on it: it may still be read, or read out.
  const exchange = (nodes) => {
    const said = main.querySelector(":scope > [role=status]:has(> .said)");
    const heading = nodes.findIndex((each) => each.nodeName === "H1");
    if (!said || heading < 0) {
      main.replaceChildren(...nodes);
      return;
    }
    for (const each of [...main.childNodes]) if (each !== said) each.remove();
    said.before(...nodes.slice(0, heading + 1));
    said.after(...nodes.slice(heading + 1));
  };

  const show = (fresh, isByTheClock) => {
    const digest = main.querySelector("input[name=digest]")?.value;
    const open = new Set([...main.querySelectorAll("details[open] > summary")].map((each) => each.textContent));
    const at = main.contains(document.activeElement) ? keyOf(document.activeElement) : "";
    exchange([...fresh.childNodes].map((each) => document.adoptNode(each)));
    for (const summary of main.querySelectorAll("details > summary")) {
      if (open.has(summary.textContent)) summary.parentElement.open = true;
    }
    guard(digest);
    if (at) ([...main.querySelectorAll("a, button, input, summary, [tabindex]")].find((each) => keyOf(each) === at) ?? main).focus({ preventScroll: true });
    const pace = main.dataset.every;
    main.dataset.every = fresh.dataset.every ?? "";
    // Nobody is told every few seconds that a number has grown; only that something has begun, or is over.
    if (isByTheClock && pace === main.dataset.every) return;
    const hour = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    say(`${isByTheClock ? status.dataset.anew : status.dataset.updated} (${hour})`);
  };

  const refresh = async (isByTheClock = false) => {
    if (isAsking) {
      isStale = true;
      return;
    }
    isAsking = true;
    try {
      const answer = await fetch(own(), { headers: { "Desk-Refresh": "1" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("main[data-live]");
      const opened = main.querySelector("input[name=opened]");
      if (opened) {
        // A text that is edited is never exchanged; who has saved it here sees what was found of it since.
        const found = fresh?.querySelector("#follows");
        if (fresh?.querySelector("input[name=opened]")?.value !== opened.value) offer();
        else if (found) main.querySelector("#follows")?.replaceWith(document.adoptNode(found));
      } else if (isByTheClock && isTyping()) {
        return;
      } else if (!answer.ok || !fresh || isTyping()) {
        offer();
      } else {
        show(fresh, isByTheClock);
      }
    } catch {
      offer();
    } finally {
      isAsking = false;
      if (isStale) {
        isStale = false;
        refresh();
      }
    }
  };

  const heard = (event) => {
    const { number, paths } = JSON.parse(event.data);
    const isMissed = paths.length === 0 && number !== seen;
    seen = number;
    if (isMissed || paths.some((path) => wanted.some((begin) => path.startsWith(begin)))) refresh();
  };
  const listen = () => {
    source?.close();
    source = null;
    if (document.visibilityState === "hidden") return; // browsers have few connections to a host
    source = new EventSource("/changes");
    source.addEventListener("files", heard);
    source.addEventListener("error", () => {
      if (source?.readyState === EventSource.CLOSED) setTimeout(listen, RETRY);
    });
  };
  // What goes on while nobody changes a file: `data-every`, in seconds.
  const again = () => {
    const every = Number(main.dataset.every);
    if (every) setTimeout(() => (document.visibilityState === "hidden" ? Promise.resolve() : refresh(true)).then(again), every * 1000);
  };
  again();
  document.addEventListener("visibilitychange", listen);
  window.addEventListener("pagehide", () => source?.close());
  listen();
})();
