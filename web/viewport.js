// @ts-check
/** On some phones the keyboard covers the page instead of making it smaller: the visual viewport
 * tells what is left. */

export function followViewport() {
    const viewport = globalThis.visualViewport;
    if (!viewport) {
        return;
    }
    const follow = () => {
        if (viewport.scale === 1) {
            // a zoomed page keeps its size
            document.documentElement.style.setProperty('--visible-height', `${viewport.height}px`);
            scrollTo(0, 0);
        }
    };
    viewport.addEventListener('resize', follow);
    follow();
}
