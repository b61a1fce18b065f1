// Runs in the pages: notes when things happen, on the clock that all processes of a machine share.
// Nothing here reaches into the page's code: it reads the document and acts as a user does.

/** Installed before the page's own scripts, as globalThis.watch. Times are ms since 1970. */
export function stopwatch() {
  const now = () => performance.timeOrigin + performance.now();
  const watch = {
    tapped: 0, // the browser's time of the last tap on a button, before any handler ran
    peers: [], // [time, open links] at each change
    shown: {}, // text of a message -> the times at which it appeared in the log
    sent: {}, // text -> the time at which it was sent
    greeting: '', // sent as soon as a link is open
    links: [], // those that were made
    send(text) {
      const input = document.querySelector('[aria-label=Message]');
      watch.sent[text] = now();
      input.value = text;
      input.dispatchEvent(new InputEvent('input', { bubbles: true }));
      input.dispatchEvent(new KeyboardEvent('keydown',
        { key: 'Enter', bubbles: true, cancelable: true }));
    },
    press(name) {
      const button = [...document.querySelectorAll('button')].find((b) => b.textContent === name);
      watch.tapped = now();
      button.click();
    },
  };
  globalThis.watch = watch;
  addEventListener('click', (event) => {
    if (event.isTrusted && event.target instanceof HTMLButtonElement) {
      watch.tapped = performance.timeOrigin + event.timeStamp;
    }
  }, true);
  const onRoot = () => {
    const { peers, state } = document.documentElement.dataset;
    if (Number(peers) !== (watch.peers.at(-1)?.[1] ?? 0)) {
      watch.peers.push([now(), Number(peers)]);
    }
    if (watch.greeting && state === 'connected') {
      watch.send(watch.greeting);
      watch.greeting = '';
    }
  };
  const onLog = (records) => {
    const added = records.flatMap((record) => [...record.addedNodes]);
    for (const node of new Set(added.flatMap((one) => [one, ...(one.querySelectorAll?.('.message') ?? [])]))) {
      const text = node.querySelector?.('.message-text')?.textContent;
      if (text !== undefined && node.dataset.side === 'other') {
        (watch.shown[text] ??= []).push(now());
      }
    }
  };
  const Connection = RTCPeerConnection;
  globalThis.RTCPeerConnection = class extends Connection {
    constructor(...args) {
      super(...args);
      watch.links.push(this);
    }
  };
  addEventListener('DOMContentLoaded', () => {
    new MutationObserver(onRoot).observe(document.documentElement, { attributes: true });
    new MutationObserver(onLog).observe(document.querySelector('[role=log]'), { childList: true, subtree: true });
  });
}

/** The same, and a record of what signaling and links do, for finding out where the time goes. */
export function tracer() {
  const steps = [];
  globalThis.steps = steps;
  const note = (what) => steps.push([performance.timeOrigin + performance.now(), what]);
  const kind = (data) => {
    try {
      const { type, src, dst } = JSON.parse(data);
      return [type, src && `from ${src.slice(0, 4)}`, dst && `to ${dst.slice(0, 4)}`]
        .filter(Boolean).join(' ');
    } catch {
      return 'no JSON';
    }
  };
  const Socket = WebSocket;
  globalThis.WebSocket = class extends Socket {
    constructor(...args) {
      super(...args);
      note('websocket new');
      this.addEventListener('open', () => note('websocket open'));
      this.addEventListener('message', (event) => note(`<- ${kind(event.data)}`));
    }

    send(data) {
      note(`-> ${kind(data)}`);
      super.send(data);
    }
  };
  const Connection = RTCPeerConnection;
  let count = 0;
  globalThis.RTCPeerConnection = class extends Connection {
    constructor(...args) {
      note(`link ${count}: new begins`);
      super(...args);
      const name = `link ${count++}`;
      note(`${name}: new`);
      for (const state of ['signaling', 'iceGathering', 'iceConnection', 'connection']) {
        this.addEventListener(`${state.toLowerCase()}statechange`, () => (
          note(`${name}: ${state} ${this[`${state}State`]}`)));
      }
      this.addEventListener('icecandidate', ({ candidate }) => {
        const [, , protocol, , , port, , type] = candidate?.candidate.split(' ') ?? [];
        note(`${name}: candidate ${type ? `${type} ${protocol} port ${port}` : 'end'}`);
      });
      const channel = super.createDataChannel;
      this.createDataChannel = (...a) => {
        const made = channel.apply(this, a);
        made.addEventListener('open', () => note(`${name}: channel ${a[0]} open`));
        return made;
      };
    }
  };
  addEventListener('click', (event) => {
    if (event.target instanceof HTMLButtonElement) {
      note(`click (was due ${(event.timeStamp - performance.now()).toFixed(1)})`);
    }
  }, true);
}
