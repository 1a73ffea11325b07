// Sends picked or dragged files one by one with a true progress bar, shows previews, lets people remove them.
// Progressive: the form works without this file. Words come from data attributes (already in the reader's language);
// nothing is ever written as HTML, so it runs under a strict policy with Trusted Types.
'use strict';

(() => {
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

  class Uploader {
    constructor(box) {
      this.box = box;
      this.words = box.dataset;
      this.form = box.closest('form');
      this.input = box.querySelector('input[type=file]');
      this.drop = box.querySelector('[data-drop]');
      this.list = box.querySelector('[data-files]');
      this.status = box.querySelector('[data-status]');
      this.waiting = [];
      this.sending = 0;
      this.heldSubmitter = null;
      this.takeOver();
    }

    takeOver() {
      this.box.querySelectorAll('[data-plain-only]').forEach((node) => { node.hidden = true; });
      this.drop.append(make('p', 'drop__hint', this.words.sayDrop));
      this.input.addEventListener('change', () => {
        this.add(this.input.files);
        this.input.value = ''; // sent by us; the form must not send them a second time
      });
      this.drop.addEventListener('dragover', (event) => {
        event.preventDefault();
        this.drop.classList.add('drop--over');
      });
      this.drop.addEventListener('dragleave', () => this.drop.classList.remove('drop--over'));
      this.drop.addEventListener('drop', (event) => {
        event.preventDefault();
        this.drop.classList.remove('drop--over');
        this.add(event.dataTransfer.files);
      });
      this.list.addEventListener('click', (event) => {
        const button = event.target.closest('button[name=remove]');
        if (!button) return;
        event.preventDefault();
        this.remove(button.closest('li'), button.value);
      });
      // "Continue" pressed while a file is still on its way: wait for it, then go on.
      this.form.addEventListener('submit', (event) => {
        if (!this.busy()) return;
        event.preventDefault();
        this.heldSubmitter = event.submitter;
        this.status.textContent = this.words.sayChecking;
      });
    }

    token() {
      const field = this.form.elements.csrf_token;
      return field ? field.value : '';
    }

    busy() { return this.sending > 0 || this.waiting.length > 0; }

    add(files) {
      for (const file of files) {
        const row = this.row(file);
        const limit = Number(this.words.maxBytes || 0);
        const most = Number(this.words.maxFiles || 0);
        if (limit && file.size > limit) this.fail(row, this.words.sayTooBig);
        else if (most && this.list.querySelectorAll('li:not(.file--failed)').length > most) this.fail(row, this.words.sayTooMany);
        else this.waiting.push(row);
      }
      this.next();
    }

    /** Stands where there is no picture to show: the end of the name. */
    badge(file) {
      return make('span', 'file__thumb', (file.name.split('.').pop() || '?').slice(0, 4).toUpperCase(), { 'aria-hidden': 'true' });
    }

    /** A line in the list for a local file, with its own preview read from memory. */
    row(file) {
      const item = make('li', 'file');
      let thumb;
      if (/^image\/(png|jpeg|gif|webp|avif|bmp)$/.test(file.type)) {
        thumb = make('img', 'file__thumb', '', { alt: '' });
        thumb.src = URL.createObjectURL(file);
        const release = () => URL.revokeObjectURL(thumb.src);
        thumb.addEventListener('load', release, { once: true });
        thumb.addEventListener('error', () => {
          release();
          thumb.replaceWith(this.badge(file)); // not a picture after all, whatever its name says
        }, { once: true });
      } else {
        thumb = this.badge(file);
      }
      const text = make('span');
      text.append(make('span', 'file__name', file.name));
      const state = make('span', 'file__state', sizeInWords(file.size));
      text.append(state);
      const button = make('button', 'button button--small', this.words.sayRemoveShort, {
        type: 'button', name: 'remove', 'aria-label': say(this.words.sayRemove, { name: file.name }),
      });
      const bar = make('progress', '', '', { max: '100', value: '0', 'aria-label': file.name });
      item.append(thumb, text, button, bar);
      this.list.append(item);
      return { file, item, state, bar, button, request: null };
    }

    next() {
      if (this.sending || !this.waiting.length) {
        if (!this.busy() && this.heldSubmitter !== null) {
          const submitter = this.heldSubmitter;
          this.heldSubmitter = null;
          if (!this.list.querySelector('.file--failed')) this.form.requestSubmit(submitter);
        }
        return;
      }
      this.send(this.waiting.shift());
    }

    send(row) {
      const data = new FormData();
      data.append('csrf_token', this.token());
      data.append('role', this.words.name);
      data.append('file', row.file, row.file.name);
      const request = new XMLHttpRequest();
      row.request = request;
      row.item.uploadRow = row;
      this.sending += 1;
      request.open('POST', this.words.sendTo);
      request.setRequestHeader('Accept', 'application/json');
      request.responseType = 'json';
      request.upload.addEventListener('progress', (event) => {
        if (!event.lengthComputable) return;
        const percent = Math.round((event.loaded / event.total) * 100);
        row.bar.value = percent;
        row.state.textContent = percent < 100 ? say(this.words.saySending, { percent }) : this.words.sayChecking;
      });
      request.addEventListener('loadend', () => {
        this.sending -= 1;
        row.request = null;
        const answer = request.response;
        if (request.status >= 200 && request.status < 300 && answer && answer.id) this.keep(row, answer);
        else if (row.item.isConnected) this.fail(row, (answer && answer.error) || this.words.sayFailed, !(answer && answer.error));
        this.next();
      });
      request.send(data);
    }

    keep(row, answer) {
      row.bar.remove();
      row.item.dataset.id = answer.id;
      row.button.value = answer.id;
      row.state.textContent = `${answer.size || sizeInWords(row.file.size)} · ${this.words.sayKept}`;
      this.status.textContent = `${row.file.name}: ${this.words.sayKept}`;
    }

    fail(row, sentence, mayTryAgain = false) {
      row.bar.remove();
      row.item.classList.add('file--failed');
      row.state.textContent = sentence;
      row.state.setAttribute('role', 'alert');
      if (!mayTryAgain) return;
      const again = make('button', 'button button--small', this.words.sayAgain, { type: 'button' });
      again.addEventListener('click', () => {
        row.item.remove();
        this.add([row.file]);
        this.input.focus();
      });
      row.state.append(' ', again);
    }

    remove(item, id) {
      const name = item.querySelector('.file__name').textContent;
      const row = item.uploadRow;
      this.waiting = this.waiting.filter((other) => other.item !== item);
      const gone = () => {
        item.remove();
        this.status.textContent = say(this.words.sayRemoved, { name });
        this.input.focus(); // the pressed button is gone; keep the keyboard near
      };
      if (!id) {
        gone();
        if (row && row.request) row.request.abort();
        return;
      }
      const data = new FormData();
      data.append('csrf_token', this.token());
      data.append('remove', id);
      const request = new XMLHttpRequest();
      request.open('POST', this.words.sendTo);
      request.setRequestHeader('Accept', 'application/json');
      request.addEventListener('loadend', () => {
        if (request.status >= 200 && request.status < 300) gone();
        else this.status.textContent = this.words.sayFailed;
      });
      request.send(data);
    }
  }

  document.querySelectorAll('[data-uploader]').forEach((box) => new Uploader(box));
})();
