// Imported for what it does: a test that failed stopped no server of its own, which would keep the
// process of its file alive for ever.
import { after } from 'node:test';

import { running } from '../harness/server.mjs';

after(() => Promise.all([...running].map((server) => server.kill())));
