// The browsers of Debian, each started once for all tests of a file. A person is a new context:
// tabs of one context share storage and would prove nothing.
import { existsSync } from 'node:fs';

import { chromium } from 'playwright-core';
import puppeteer from 'puppeteer-core';

const CHROMIUM = process.env.GC_CHROMIUM ?? '/usr/bin/chromium';

/* The same engine without windows, menus and profiles around it: a page costs less than half of the
 * CPU time. Where the package is missing, the stories run in Chromium itself. */
const SHELL = process.env.GC_CHROMIUM ?? ['/usr/bin/chromium-headless-shell', CHROMIUM].find(existsSync);

const FIREFOX = process.env.GC_FIREFOX ?? '/usr/bin/firefox-esr';

/* Without these Chromium asks its maker's hosts for this and that. As root it has no sandbox. */
const CHROMIUM_FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
];

/* Several pages live in one window: pages that another one covers must not be slowed down as hidden tabs
 * are. */
const FIREFOX_PREFS = {
  'dom.min_background_timeout_value': 4,
  'dom.timeout.enable_budget_timer_throttling': false,
};

/** Runs in the page before its own scripts: what the policy refuses is an error. */
function reportViolations() {
  addEventListener('securitypolicyviolation', (event) => {
    console.error(`CSP refuses ${event.violatedDirective} ${event.blockedURI}`);
  });
}

/** The errors and warnings of a page. */
class Complaints {
  constructor() {
    this.list = [];
    this.console = [];
  }

  add(kind, text) {
    this.list.push(`${kind}: ${text}`);
  }
}

/** A page of either driver behind the few verbs that the tests need. */
class ChromiumPage {
  static async open(browser, { init, ...options }) {
    return ChromiumPage.inContext(await browser.newContext(options), init);
  }

  /** A second tab in the context of this one. */
  tab() {
    return ChromiumPage.inContext(this.context);
  }

  static async inContext(context, init) {
    const self = new ChromiumPage();
    self.context = context;
    self.page = await context.newPage();
    self.complaints = new Complaints();
    self.page.on('pageerror', (error) => self.complaints.add('page error', error.message));
    self.page.on('console', (message) => {
      self.complaints.console.push(message.text());
      if (message.type() === 'error') {
        self.complaints.add('console', `${message.text()} ${message.location().url}`);
      }
    });
    // A dialog nobody asked about (leave this page?) is agreed to; a test may take over.
    self.page.on('dialog', (dialog) => (self.onDialog ? self.onDialog(dialog) : dialog.accept()));
    await self.page.addInitScript(reportViolations);
    if (init) {
      await self.page.addInitScript(init);
    }
    return self;
  }

  goto(url) {
    return this.page.goto(url);
  }

  evaluate(what, argument) {
    return this.page.evaluate(what, argument);
  }

  /** A control by role and accessible name, once it is visible. */
  async control(role, name, ms) {
    const found = this.page.getByRole(role, { name, exact: true });
    await found.waitFor({ timeout: ms });
    return found;
  }

  async click(role, name, ms) {
    await (await this.control(role, name, ms)).click({ timeout: ms });
  }

  async fill(role, name, text, ms) {
    await (await this.control(role, name, ms)).fill(text, { timeout: ms });
  }

  async value(role, name, ms) {
    return (await this.control(role, name, ms)).inputValue({ timeout: ms });
  }

  press(key) {
    return this.page.keyboard.press(key);
  }

  async close() {
    await this.context.close();
  }
}

class FirefoxPage {
  static async open(browser, { init } = {}) {
    const self = new FirefoxPage();
    self.context = await browser.createBrowserContext();
    self.page = await self.context.newPage();
    self.complaints = new Complaints();
    // Firefox says this of every WebSocket that is open when a page goes away.
    const gone = /was interrupted while the page was loading/;
    self.page.on('pageerror', (error) => {
      if (!gone.test(error.message)) {
        self.complaints.add('page error', error.message);
      }
    });
    self.page.on('console', (message) => {
      self.complaints.console.push(message.text());
      if (message.type() === 'error') {
        self.complaints.add('console', `${message.text()} ${message.location()?.url ?? ''}`);
      }
    });
    self.page.on('dialog', (dialog) => (self.onDialog ? self.onDialog(dialog) : dialog.accept()));
    await self.page.evaluateOnNewDocument(reportViolations);
    if (init) {
      await self.page.evaluateOnNewDocument(init);
    }
    return self;
  }

  goto(url) {
    return this.page.goto(url);
  }

  evaluate(what, argument) {
    return this.page.evaluate(what, argument);
  }

  control(role, name, ms) {
    return this.page.waitForSelector(`aria/${name}[role="${role}"]`, { visible: true, timeout: ms });
  }

  async click(role, name, ms) {
    await (await this.control(role, name, ms)).click();
  }

  async fill(role, name, text, ms) {
    const control = await this.control(role, name, ms);
    await control.evaluate((element) => element.select());
    await this.page.keyboard.press('Backspace');
    for (const [i, line] of text.split('\n').entries()) {
      if (i > 0) {
        await this.page.keyboard.down('Shift');
        await this.page.keyboard.press('Enter');
        await this.page.keyboard.up('Shift');
      }
      await control.type(line);
    }
  }

  async value(role, name, ms) {
    return (await this.control(role, name, ms)).evaluate((element) => element.value);
  }

  press(key) {
    return this.page.keyboard.press(key);
  }

  async close() {
    await this.context.close();
  }
}

class Browser {
  constructor(kind, launch, Page) {
    Object.assign(this, { kind, launch, Page });
  }

  /** A new page in a context of its own. */
  async page(options = {}) {
    this.starting ??= this.launch();
    return this.Page.open(await this.starting, options);
  }

  async close() {
    await (await this.starting)?.close();
    this.starting = undefined;
  }
}

/**
 * Nothing is started before the first page is asked for. `shell: false` asks for the Chromium that
 * people use, where a story is about that browser itself or a figure is measured.
 */
export function chromiumBrowser({ flags = [], shell = true } = {}) {
  const launch = () => chromium.launch({
    executablePath: shell ? SHELL : CHROMIUM, args: [...CHROMIUM_FLAGS, ...flags],
  });
  return new Browser('chromium', launch, ChromiumPage);
}

export function firefoxBrowser({ prefs = {} } = {}) {
  const launch = () => puppeteer.launch({
    browser: 'firefox', executablePath: FIREFOX, headless: true,
    extraPrefsFirefox: { ...FIREFOX_PREFS, ...prefs },
  });
  return new Browser('firefox', launch, FirefoxPage);
}
