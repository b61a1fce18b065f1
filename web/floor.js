/* A classic script in the oldest form, so that a browser below the floor runs it too: Safari 16.4,
 * Chrome 109, Firefox 128. Such a browser would stop somewhere in the middle; it gets one sentence,
 * and the address bar keeps the link (boot.js does not start). */
(function () {
    var css = window.CSS;
    var fits =
        typeof window.Intl === 'object' &&
        typeof Intl.Segmenter === 'function' &&
        typeof css === 'object' &&
        typeof css.registerProperty === 'function' && // Safari 16.4, Firefox 128
        typeof css.supports === 'function' &&
        css.supports('math-style', 'compact'); // Chrome 109
    if (!fits) {
        document.documentElement.setAttribute('data-screen', 'old');
    }
})();
