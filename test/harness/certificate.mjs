// A certificate that nobody signed, for tests of TLS.
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** Makes `privkey.pem` and `fullchain.pem` in a folder; returns where they are. */
export function makeCertificate(folder, name = 'localhost') {
  mkdirSync(folder, { recursive: true });
  const [key, cert] = ['privkey.pem', 'fullchain.pem'].map((file) => join(folder, file));
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256',
    '-nodes', '-days', '2', '-subj', `/CN=${name}`, '-keyout', key, '-out', cert],
  { stdio: 'ignore' });
  return { key, cert };
}
