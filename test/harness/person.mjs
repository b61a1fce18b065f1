// A person at a page: the verbs in which the tests are written. Everything is found by the names
// that screen readers read, and what is asserted is what the other person sees.

/** Runs in the page: resolves with fn(arg) once that is true, or with null after ms. It looks again
 * at each change of the document and of the clock, so it waits on a condition and on no time. */
function waiter(fn, arg, ms) {
  return `new Promise((resolve) => {
    const fn = ${fn}; const arg = ${JSON.stringify(arg ?? null)};
    const look = () => { const value = fn(arg); if (value) { end(value); } return value; };
    const end = (value) => { observer.disconnect(); clearTimeout(timer); clearInterval(again);
      resolve(value); };
    const observer = new MutationObserver(look);
    const timer = setTimeout(() => end(null), ${ms});
    const again = setInterval(look, 100);
    if (!look()) { observer.observe(document, { subtree: true, childList: true, attributes: true,
      characterData: true }); }
  })`;
}

/* Functions below run in the page. */
function summary() {
  const root = document.documentElement;
  const text = (selector) => [...document.querySelectorAll(selector)]
    .filter((e) => e.checkVisibility?.() ?? true)
    .map((e) => e.innerText.replace(/\s+/g, ' ').trim()).join(' | ').slice(0, 300);
  const room = root.dataset.screen === 'room' ? text('[role=log]') : text('main');
  return `state=${root.dataset.state} peers=${root.dataset.peers} status="${text('[role=status]')}" `
    + `${root.dataset.screen}="${room}"`;
}

/** The element whose whole text is exactly this, inside the log. */
function inLog(text) {
  const log = document.querySelector('[role=log]');
  return log !== null && [...log.querySelectorAll('*')].some((e) => e.textContent === text);
}

function countInLog(text) {
  const log = document.querySelector('[role=log]');
  const all = [...log.querySelectorAll('*')].filter((e) => e.textContent === text);
  // The innermost elements only: a wrapper with nothing else in it has the same text.
  return all.filter((e) => !all.some((other) => other !== e && e.contains(other))).length;
}

/** The message element around a text, and the words beside the text. */
function besideText(text) {
  const all = [...document.querySelectorAll('[role=log] *')].filter((e) => e.textContent === text);
  const inner = all.find((e) => !all.some((other) => other !== e && e.contains(other)));
  const message = inner?.closest('.message');
  return message === null || message === undefined ? null : {
    sender: message.querySelector('.message-sender')?.textContent ?? '',
    state: message.querySelector('.message-state')?.textContent ?? '',
  };
}

export class Person {
  /** patience(words): how long to wait for what an error would call by these words. */
  constructor(name, page, { patience, server }) {
    Object.assign(this, { name, page, patience, server });
  }

  /** Waits until fn(arg) is true in the page; what: the words of the error. */
  async until(what, fn, arg) {
    const ms = this.patience(`${this.name}: ${what}`);
    const value = await this.page.evaluate(waiter(fn, arg, ms));
    if (value === null) {
      const seen = await this.page.evaluate(summary);
      throw new Error(`${this.name}: ${what}: not within ${ms} ms; ${seen}`);
    }
    return value;
  }

  evaluate(fn, arg) {
    return this.page.evaluate(fn, arg);
  }

  async open(path = '') {
    await this.page.goto(new URL(path, this.server.url).href);
    return this;
  }

  /** The page and all that a first chat needs have been fetched: from now on it needs no server. */
  loaded() {
    return this.until('has loaded the core', () => {
      const done = performance.getEntriesByType('resource').filter((e) => e.responseEnd > 0);
      return ['core.wasm', 'libsodium-sumo.wasm']
        .every((file) => done.some((e) => e.name.endsWith(file)));
    });
  }

  /** Does something to a control; what: the words of the error. */
  async act(what, action) {
    const words = `${this.name} ${what}`;
    try {
      return await action(this.patience(words));
    } catch (error) {
      const seen = await this.page.evaluate(summary).catch(() => 'the page does not answer');
      throw new Error(`${words}: ${error.message.split('\n')[0]} ${seen}`, { cause: error });
    }
  }

  control(role, name) {
    return this.act(`finds ${role} "${name}"`, (ms) => this.page.control(role, name, ms));
  }

  click(role, name) {
    return this.act(`clicks ${role} "${name}"`, (ms) => this.page.click(role, name, ms));
  }

  fill(name, text) {
    return this.act(`fills "${name}"`, (ms) => this.page.fill('textbox', name, text, ms));
  }

  value(name) {
    return this.act(`reads "${name}"`, (ms) => this.page.value('textbox', name, ms));
  }

  /** Opens the page and enters the room of that name. */
  async joinRoom(room) {
    await this.open();
    await this.fill('Your name', this.name);
    await this.fill('Room name', room);
    await this.click('button', 'Join room');
  }

  async newPrivateRoom() {
    await this.open();
    await this.fill('Your name', this.name);
    await this.click('button', 'New private room');
  }

  /** Opens a link as from another program and agrees to join. */
  async joinLink(link) {
    await this.page.goto(link);
    await this.fill('Your name', this.name);
    await this.tapJoin(link);
  }

  /** The one tap that a deep link needs. */
  tapJoin(link) {
    return this.click('button', /\/room\//.test(link) ? 'Join room' : 'Join');
  }

  /** Waits for n open links. */
  connected(n = 1) {
    return this.until(`has ${n} open links`, (want) => (
      document.documentElement.dataset.state === 'connected'
      && Number(document.documentElement.dataset.peers) === want), n);
  }

  state(state) {
    return this.until(`is ${state}`, (want) => (
      document.documentElement.dataset.state === want), state);
  }

  /** The status line says something that matches. */
  status(pattern) {
    return this.until(`reads ${pattern} in the status line`, (source) => (
      [...document.querySelectorAll('[role=status]')]
        .some((e) => new RegExp(source, 'i').test(e.textContent))), pattern.source);
  }

  async say(text) {
    await this.fill('Message', text);
    await this.page.press('Enter');
    await this.until('has an empty field again', () => (
      document.querySelector('[aria-label=Message]').value === ''));
  }

  /** Waits until this person's log shows the text, as the whole text of an element. */
  heard(text) {
    return this.until(`reads "${text.slice(0, 60)}"`, inLog, text);
  }

  async times(text) {
    return this.page.evaluate(`(${countInLog})(${JSON.stringify(text)})`);
  }

  /** Returns the sender that is shown beside a text. */
  async senderOf(text) {
    return (await this.page.evaluate(`(${besideText})(${JSON.stringify(text)})`))?.sender;
  }

  /** Waits until the state beside the person's own text matches. */
  mark(text, pattern) {
    return this.until(`has "${text}" marked ${pattern}`, `({ text, source }) => (
      new RegExp(source, 'i').test((${besideText})(text)?.state ?? ''))`,
    { text, source: pattern.source });
  }

  /** The page comes into view or goes out of it, as when another tab is chosen. */
  look(visible) {
    return this.page.evaluate((shown) => {
      for (const [name, value] of [['hidden', !shown],
        ['visibilityState', shown ? 'visible' : 'hidden']]) {
        Object.defineProperty(document, name, { configurable: true, get: () => value });
      }
      document.hasFocus = () => shown;
      document.dispatchEvent(new Event('visibilitychange'));
      dispatchEvent(new Event(shown ? 'focus' : 'blur'));
    }, visible);
  }

  /** Resolves with the next question that the browser asks on behalf of the page. */
  dialog() {
    const what = `${this.name} was asked nothing`;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(what)), this.patience(what));
      this.page.onDialog = (dialog) => {
        clearTimeout(timer);
        this.page.onDialog = undefined;
        resolve(dialog);
      };
    });
  }

  /** The people this one sees, by name. */
  sees(name) {
    return this.until(`sees ${name} among the people`, (want) => {
      const list = document.querySelector('[aria-label=People]');
      return list !== null && [...list.querySelectorAll('*')].some((e) => e.textContent === want);
    }, name);
  }

  /** The invite link of the dialog, which is closed again. kind: the radio button to choose. */
  async inviteLink(kind) {
    await this.click('button', 'Invite');
    if (kind) {
      await this.click('radio', kind);
      await this.until('is shown a direct link', () => (
        /\/join\//.test(document.querySelector('dialog[open] input[readonly]')?.value)));
    }
    const link = await this.value('Invite link');
    await this.page.press('Escape');
    return link;
  }

  leave() {
    return this.click('button', 'Leave');
  }
}
