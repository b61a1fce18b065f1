// @ts-check
/** Loading a file of wasm. */

/** A static host may not know the type of the file; then it is compiled once it is there.
 * @param {string} name  of a file beside this one
 * @returns {Promise<WebAssembly.Module>} */
export async function compile(name) {
    const answer = await fetch(new URL(`./${name}`, import.meta.url));
    return answer.headers.get('Content-Type') === 'application/wasm'
        ? WebAssembly.compileStreaming(answer)
        : WebAssembly.compile(await answer.arrayBuffer());
}
