// What the tree holds, for the tests of its documents.
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));
export const read = (name) => readFileSync(root + name, 'utf8');

/** All files of the tree; a release has no .git to ask. */
function walk(folder) {
  return readdirSync(root + folder, { withFileTypes: true }).flatMap((entry) => {
    const name = folder + entry.name;
    if (/^(\.git|node_modules|build.*)$/.test(entry.name)) {
      return [];
    }
    return entry.isDirectory() ? walk(`${name}/`) : [name];
  });
}
export const files = walk('');
