// WebKitGTK by its own driver: WebDriver over HTTP, with nothing but fetch. It needs a display, so Xvfb
// gives it one.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';

import { freePort } from './port.mjs';

const DRIVER = '/usr/bin/WebKitWebDriver';
const DISPLAY_SERVER = '/usr/bin/Xvfb';
const STARTED_MS = 20000;
const ANSWER_MS = 40000;

/** Names the packages that are not installed here; '' when all are. */
export function missingWebKit() {
  const missing = [[DRIVER, 'webkit2gtk-driver'], [DISPLAY_SERVER, 'xvfb']]
    .filter(([path]) => !existsSync(path)).map(([, name]) => name);
  return missing.length ? `no ${missing.join(' and no ')}` : '';
}

/** A display of its own, of the first free number. */
async function startDisplay() {
  const child = spawn(DISPLAY_SERVER, ['-displayfd', '3', '-screen', '0', '1400x1000x24', '-nolisten', 'tcp'],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  const [number] = await once(child.stdio[3], 'data');
  return { child, name: `:${String(number).trim()}` };
}

/** Retries until the driver listens. */
async function answering(url) {
  for (const end = Date.now() + STARTED_MS; ;) {
    try {
      return await fetch(url);
    } catch (error) {
      if (Date.now() > end) {
        throw error;
      }
      await new Promise((resolve) => { setTimeout(resolve, 50); });
    }
  }
}

export class WebKit {
  /** Starts display, driver and browser. */
  static async start() {
    const self = new WebKit();
    self.display = await startDisplay();
    const port = await freePort();
    self.driver = spawn(DRIVER, [`--port=${port}`, '--host=127.0.0.1'], {
      stdio: 'ignore', env: { ...process.env, DISPLAY: self.display.name, GDK_BACKEND: 'x11', NO_AT_BRIDGE: '1' },
    });
    self.url = `http://127.0.0.1:${port}`;
    const options = { 'webkitgtk:browserOptions': { args: ['--automation'] } };
    try {
      await answering(`${self.url}/status`);
      const { sessionId } = await self.ask('POST', '/session', { capabilities: { alwaysMatch: options } });
      self.session = `/session/${sessionId}`;
    } catch (error) {
      await self.close(); // what runs on would keep the process of the test
      throw error;
    }
    return self;
  }

  /** One command of WebDriver. */
  async ask(method, path, body) {
    const answer = await fetch(this.url + path, {
      method, body: body && JSON.stringify(body), headers: body && { 'Content-Type': 'application/json' },
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    const { value } = await answer.json();
    if (value?.error) {
      throw new Error(`${method} ${path}: ${value.error}: ${value.message}`);
    }
    return value;
  }

  goto(url) {
    return this.ask('POST', `${this.session}/url`, { url });
  }

  /** Makes the calls that follow act in the n-th frame of the page. */
  enter(n) {
    return this.ask('POST', `${this.session}/frame`, { id: n });
  }

  /** Runs a function in the page and waits for what it resolves with. */
  async evaluate(fn, ...args) {
    const { error, value } = await this.ask('POST', `${this.session}/execute/async`, {
      script: `const done = arguments[arguments.length - 1];
        Promise.resolve((${fn})(...[...arguments].slice(0, -1)))
          .then((value) => done({ value }), (error) => done({ error: String(error) }));`,
      args,
    });
    if (error) {
      throw new Error(error);
    }
    return value;
  }

  async close() {
    if (this.session) {
      await this.ask('DELETE', this.session).catch(() => {});
    }
    this.driver.kill();
    this.display.child.kill();
  }
}
