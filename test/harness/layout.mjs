// Measures a layout from inside a page.

/** Elements that stick out of the window to the side. People are scrolled; each of them fits. */
export function tooWide() {
  const wide = [...document.querySelectorAll('body *')].filter((e) => {
    const box = e.getBoundingClientRect();
    const out = e.closest('.person')
      ? box.width > e.closest('.people-list').clientWidth
      : box.right > innerWidth + 0.5 || box.left < -0.5;
    return e.checkVisibility() && box.width > 0 && out;
  }).map((e) => e.className || e.tagName);
  if (document.documentElement.scrollWidth > innerWidth) {
    wide.push('the page itself');
  }
  return wide;
}
