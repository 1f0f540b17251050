// @ts-check
// On the kiosk's screen a page that is left alone goes, with what was typed: a box that asks whether to leave would hold it there.

window.addEventListener("beforeunload", (event) => event.stopImmediatePropagation(), { capture: true });
