// One line in a list of files that are being sent: drawing it, its button to pause, and the picture that comes later.
// Nothing is ever written as HTML; words come from the data attributes of the place (upload.js).
'use strict';

(() => {
  const LOOKS = [2, 4, 8, 16, 32, 60]; // seconds after which to ask whether the workshop has a picture of it

  /** Make an element with class, text and attributes. */
  function make(tag, className, text, attributes = {}) {
    const node = document.createElement(tag);
    if (className) node.className = className;
    if (text) node.textContent = text;
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    return node;
  }

  /** Fill {name} places in a sentence. */
  function say(sentence, values) {
    return sentence.replace(/\{(\w+)\}/g, (_all, key) => values[key] ?? '');
  }

  function sizeInWords(bytes) {
    const megabytes = bytes / (1024 * 1024);
    return megabytes >= 0.95 ? `${megabytes.toFixed(1)} MB` : `${Math.max(1, Math.round(bytes / 1024))} KB`;
  }

  /** Stands where there is no picture to show: the end of the name. */
  function badge(name) {
    return make('span', 'file__thumb', (name.split('.').pop() || '?').slice(0, 4).toUpperCase(), { 'aria-hidden': 'true' });
  }

  /** A picture of a local file read from memory; a badge for everything a browser shows no picture of. */
  function thumb(file) {
    if (!/^image\/(png|jpeg|gif|webp|avif|bmp)$/.test(file.type)) return badge(file.name);
    const picture = make('img', 'file__thumb', '', { alt: '' });
    picture.src = URL.createObjectURL(file);
    const release = () => URL.revokeObjectURL(picture.src);
    picture.addEventListener('load', release, { once: true });
    picture.addEventListener('error', () => {
      release();
      picture.replaceWith(badge(file.name)); // not a picture after all, whatever its name says
    }, { once: true });
    return picture;
  }

  /** A line for a file that was just picked. */
  function draw(file, words) {
    const item = make('li', 'file');
    const text = make('span');
    const state = make('span', 'file__state', sizeInWords(file.size));
    text.append(make('span', 'file__name', file.name), state);
    const button = make('button', 'button button--small', words.sayRemoveShort, {
      type: 'button', name: 'remove', 'aria-label': say(words.sayRemove, { name: file.name }),
    });
    const bar = make('progress', '', '', { max: '100', value: '0', 'aria-label': file.name });
    item.append(thumb(file), text, button, bar);
    return { file, item, state, bar, button, request: null, pieces: null, hold: null };
  }

  /** A line the server drew, as one of ours: its file was chosen on an earlier visit. */
  function old(item) {
    const button = item.querySelector('button');
    button.name = 'remove';
    button.value = '';
    const file = { name: item.dataset.coming, size: 0 };
    const state = item.querySelector('.file__state');
    return { file, item, state, bar: make('progress'), button, request: null, pieces: null, hold: null };
  }

  /** The button that pauses a file and lets it go on. */
  function holder(row, words, pressed) {
    row.hold = make('button', 'button button--small file__hold', '', { type: 'button' });
    row.hold.addEventListener('click', pressed);
    label(row, words, false);
    row.item.append(row.hold);
    return row.hold;
  }

  /** What the button does next. */
  function label(row, words, paused) {
    row.hold.textContent = paused ? words.sayGoOn : words.sayPause;
    row.hold.setAttribute('aria-label', say(paused ? words.sayGoOnLong : words.sayPauseLong, { name: row.file.name }));
  }

  /** Show the picture the workshop makes of a kept file, once it is there. */
  function look(item, address, turn = 0) {
    if (!address || turn >= LOOKS.length || !item.querySelector('span.file__thumb')) return;
    setTimeout(async () => {
      const answer = item.isConnected ? await fetch(address).catch(() => null) : null;
      const found = answer && answer.ok ? (await answer.json())[item.dataset.id] : '';
      const waits = item.querySelector('span.file__thumb');
      if (found && waits) waits.replaceWith(make('img', 'file__thumb', '', { alt: '', src: found }));
      else if (item.isConnected) look(item, address, turn + 1);
    }, LOOKS[turn] * 1000);
  }

  /** One request; `done(status, answer)` in any case, with status 0 when the line broke. */
  function ask(method, url, data, done, headers = {}, progress = null) {
    const request = new XMLHttpRequest();
    request.open(method, url);
    request.setRequestHeader('Accept', 'application/json');
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.responseType = 'json';
    if (progress) request.upload.addEventListener('progress', progress);
    request.addEventListener('loadend', () => done(request.status, request.response));
    request.send(data);
    return request;
  }

  window.FileRow = { make, say, sizeInWords, ask, draw, old, holder, label, look };
})();
