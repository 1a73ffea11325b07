// A place for files: picked or dragged, sent one by one with a true progress bar, removed. Large ones go in pieces
// that go on where they stopped (pieces.js), with a button to pause. Two ways: with data-send-to each file joins the
// draft at once; without it they arrive beforehand and the form that is sent names them.
// Progressive: the form works without this file. Words come from data attributes (already in the reader's language);
// nothing is ever written as HTML, so it runs under a strict policy with Trusted Types.
'use strict';

(() => {
  const IN_PIECES = 1024 * 1024; // bytes from which a file that breaks off should not start again

  const { make, say, sizeInWords, ask } = window.FileRow;

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
      this.current = null; // the row whose turn it is
      this.heldSubmitter = null;
      this.takeOver();
    }

    takeOver() {
      this.box.querySelectorAll('[data-plain-only]').forEach((node) => { node.hidden = true; });
      document.querySelectorAll('[data-script-only]').forEach((node) => { node.hidden = false; });
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
        const button = event.target.closest('button[name=remove], button[name=stop]');
        if (!button) return;
        event.preventDefault();
        if (button.name === 'stop') this.forget(button.closest('li'));
        else this.remove(button.closest('li'), button.value);
      });
      // "Continue" pressed while a file is still on its way: wait for it, then go on.
      this.form.addEventListener('submit', (event) => {
        if (!this.busy()) return;
        event.preventDefault();
        this.heldSubmitter = event.submitter;
        this.status.classList.remove('visually-hidden');
        this.tell(this.words.sayHeld);
      });
      // A file that arrived whole while nobody was here joins the draft now.
      if (this.words.sendTo) {
        this.list.querySelectorAll('[data-whole]').forEach((item) => {
          this.attach(window.FileRow.old(item), [['arrived', item.dataset.whole]]);
        });
      }
    }

    tell(sentence) { this.status.textContent = sentence; }

    token() {
      const field = this.form.elements.csrf_token;
      return field ? field.value : '';
    }

    busy() { return this.current !== null || this.waiting.length > 0; }

    add(files) {
      for (const file of files) {
        this.list.querySelectorAll('[data-coming]').forEach((item) => {
          if (item.dataset.coming === file.name) item.remove(); // the same file again: its line goes on below
        });
        const row = window.FileRow.draw(file, this.words);
        this.list.append(row.item);
        const limit = Number(this.words.maxBytes || 0);
        const most = Number(this.words.maxFiles || 0);
        if (limit && file.size > limit) this.fail(row, this.words.sayTooBig);
        else if (most && this.list.querySelectorAll('li:not(.file--failed)').length > most) this.fail(row, this.words.sayTooMany);
        else this.waiting.push(row);
      }
      this.next();
    }

    next() {
      if (this.current) return;
      if (this.waiting.length) {
        this.current = this.waiting.shift();
        this.send(this.current);
      } else if (this.heldSubmitter !== null) {
        const submitter = this.heldSubmitter;
        this.heldSubmitter = null;
        if (!this.list.querySelector('.file--failed, .file--paused')) this.form.requestSubmit(submitter);
      }
    }

    /** This row's turn is over. */
    over(row) {
      if (this.current === row) this.current = null;
      this.next();
    }

    send(row) {
      row.item.uploadRow = row;
      if (this.words.piecesTo && window.Pieces && (!this.words.sendTo || row.file.size > IN_PIECES)) this.inPieces(row);
      else this.attach(row, [['file', row.file, row.file.name]]);
    }

    inPieces(row) {
      row.hold = row.hold || window.FileRow.holder(row, this.words, () => this.hold(row));
      row.pieces = row.pieces || new window.Pieces(row.file, {
        to: this.words.piecesTo,
        field: this.words.place || this.words.name,
        token: () => this.token(),
        renew: (token) => document.querySelectorAll('input[name=csrf_token]').forEach((field) => { field.value = token; }),
        hear: (state, facts) => this.hear(row, state, facts),
      });
      row.pieces.start();
    }

    /** The button was pressed: pause, or go on. */
    hold(row) {
      if (!row.item.classList.contains('file--paused')) {
        this.waiting = this.waiting.filter((other) => other !== row);
        row.pieces.pause();
        return;
      }
      row.item.classList.remove('file--paused');
      window.FileRow.label(row, this.words, false);
      this.waiting.push(row);
      this.next();
    }

    hear(row, state, facts) {
      row.bar.value = facts.percent ?? row.bar.value;
      const size = sizeInWords(row.file.size);
      row.item.classList.toggle('file--waiting', state === 'waiting');
      if (state === 'sending') {
        row.state.textContent = say(this.words.saySendingOf, { percent: facts.percent, size });
      } else if (state === 'waiting') {
        const sentence = say(this.words.sayWaiting, { percent: facts.percent });
        if (row.state.textContent !== sentence) this.tell(`${row.file.name}: ${sentence}`);
        row.state.textContent = sentence;
      } else if (state === 'paused') {
        row.item.classList.add('file--paused');
        row.state.textContent = say(this.words.sayPaused, { percent: facts.percent });
        window.FileRow.label(row, this.words, true);
        this.over(row); // the next file need not wait
      } else if (state === 'whole') {
        row.hold.remove();
        row.hold = null;
        row.state.textContent = this.words.sayChecking;
        if (this.words.sendTo) this.attach(row, [['arrived', row.pieces.id]]);
        else this.name(row);
      } else if (state === 'failed') {
        this.fail(row, facts.sentence || this.words.sayFailed, !facts.sentence);
        this.over(row);
      }
    }

    /** Without a draft: the form names what has arrived. */
    name(row) {
      row.bar.remove();
      row.item.append(make('input', '', '', { type: 'hidden', name: `${this.words.name}_arrived`, value: row.pieces.id }));
      row.state.textContent = `${sizeInWords(row.file.size)} · ${this.words.sayReady}`;
      this.tell(`${row.file.name}: ${this.words.sayReady}`);
      this.over(row);
    }

    /** Let a file join the draft: the file itself, or the upload that has arrived. */
    attach(row, fields) {
      const data = new FormData();
      data.append('csrf_token', this.token());
      data.append('role', this.words.name);
      for (const field of fields) data.append(...field);
      row.item.uploadRow = row;
      row.request = ask('POST', this.words.sendTo, data, (status, answer) => {
        row.request = null;
        if (status >= 200 && status < 300 && answer && answer.id) this.keep(row, answer);
        else if (row.pieces && row.item.isConnected && (status === 0 || status >= 500)) {
          this.hear(row, 'waiting', { percent: 100 }); // all of it is there: only the last word is missing
          row.pieces.rest().then(() => { if (row.item.isConnected) this.attach(row, fields); else this.over(row); });
          return;
        } else if (row.item.isConnected) this.fail(row, (answer && answer.error) || this.words.sayFailed, !(answer && answer.error));
        this.over(row);
      }, {}, (event) => {
        if (!event.lengthComputable || row.pieces) return;
        const percent = Math.round((event.loaded / event.total) * 100);
        row.bar.value = percent;
        row.state.textContent = percent < 100 ? say(this.words.saySending, { percent }) : this.words.sayChecking;
      });
    }

    keep(row, answer) {
      row.bar.remove();
      row.item.classList.remove('file--waiting');
      row.item.dataset.id = answer.id;
      row.button.value = answer.id;
      row.state.textContent = `${answer.size || sizeInWords(row.file.size)} · ${this.words.sayKept}`;
      this.tell(`${row.file.name}: ${this.words.sayKept}`);
      window.FileRow.look(row.item, this.words.looksAt);
    }

    fail(row, sentence, mayTryAgain = false) {
      row.bar.remove();
      if (row.hold) row.hold.remove();
      row.item.classList.add('file--failed');
      row.state.textContent = sentence;
      row.state.setAttribute('role', 'alert');
      if (!mayTryAgain || !row.file.slice) return;
      const again = make('button', 'button button--small', this.words.sayAgain, { type: 'button' });
      again.addEventListener('click', () => {
        row.item.remove();
        this.add([row.file]);
        this.input.focus();
      });
      row.state.append(' ', again);
    }

    gone(item) {
      const name = item.querySelector('.file__name').textContent;
      item.remove();
      this.tell(say(this.words.sayRemoved, { name }));
      this.input.focus(); // the pressed button is gone; keep the keyboard near
    }

    /** Give up an upload of an earlier visit. */
    forget(item) {
      ask('DELETE', item.dataset.address, null, (status) => {
        if ([204, 404].includes(status)) this.gone(item);
        else this.tell(this.words.sayFailed);
      }, { 'Tus-Resumable': '1.0.0' });
    }

    remove(item, id) {
      const row = item.uploadRow;
      this.waiting = this.waiting.filter((other) => other.item !== item);
      if (!id) {
        this.gone(item);
        if (row && row.pieces) row.pieces.stop();
        if (row && row.request) row.request.abort();
        else if (row) this.over(row);
        return;
      }
      const data = new FormData();
      data.append('csrf_token', this.token());
      data.append('remove', id);
      ask('POST', this.words.sendTo, data, (status) => {
        if (status >= 200 && status < 300) this.gone(item);
        else this.tell(this.words.sayFailed);
      });
    }
  }

  document.querySelectorAll('[data-uploader]').forEach((box) => new Uploader(box));
})();
