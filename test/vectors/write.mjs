// How the files of vectors are written that a script makes.
/** One line for each case, as the other vectors are written. */
export function write(all) {
  const list = (items) => `[\n  ${items.map((item) => JSON.stringify(item)).join(',\n  ')}\n ]`;
  const keys = Object.entries(all).map(([key, value]) =>
    ` ${JSON.stringify(key)}: ${Array.isArray(value) ? list(value) : JSON.stringify(value)}`);
  return `{\n${keys.join(',\n')}\n}\n`;
}
