// Sends one file in pieces that go on where they stopped (the tus 1.0 protocol), whatever happens to the line: it waits,
// asks the server how much is there, and goes on. Whoever made it hears what happens; nothing is drawn here.
// States: sending {percent, from}, waiting {percent}, paused {percent}, whole {}, failed {sentence}.
'use strict';

(() => {
  const LEAST = 256 * 1024, FIRST = 1024 * 1024, MOST = 8 * 1024 * 1024; // bytes of a piece: small on a poor line
  const QUICK = 2000, SLOW = 8000; // milliseconds: a piece faster than this may grow, a slower one shrinks
  const WAITS = [1, 2, 3, 5, 8, 12]; // seconds before the next try; a line that comes back ends the wait at once
  const SILENT = 45; // seconds without a byte after which a line counts as dead

  /** Text as base 64 of its UTF-8, as tus wants its metadata. */
  function coded(text) {
    return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
  }

  class Pieces {
    /** `to`: where files are announced; `field`: their place on the page; `token`: gives the form's token, `renew`
        takes a newer one; `hear(state, facts)`. */
    constructor(file, { to, field, token, renew, hear }) {
      Object.assign(this, { file, to, field, token, renew, hear });
      this.address = '';
      this.offset = null; // null: ask
      this.piece = FIRST;
      this.tries = 0;
      this.lost = 0;
      this.turn = 0; // of several runs only the last one goes on
      this.wake = () => {};
      window.addEventListener('online', () => this.wake());
      document.addEventListener('visibilitychange', () => { if (!document.hidden) this.wake(); });
    }

    get id() { return this.address.split('/').pop(); }

    get percent() { return Math.floor(((this.offset || this.sent || 0) / this.file.size) * 100); }

    start() {
      const turn = ++this.turn;
      this.run(() => turn === this.turn);
    }

    pause() {
      this.halt();
      this.hear('paused', { percent: this.percent });
    }

    /** Give it up here and on the server. */
    stop() {
      this.halt();
      if (this.address) this.ask('DELETE', this.address);
    }

    halt() {
      this.turn += 1;
      if (this.request) this.request.abort();
      this.wake();
      this.sent = this.offset || this.sent;
      this.offset = null;
    }

    async run(mine) {
      while (mine()) {
        const step = !this.address ? this.announce() : this.offset === null ? this.find() : this.send();
        const went = await step;
        if (!mine()) return;
        if (went === 'whole') { this.hear('whole', {}); return; }
        if (went && went.sentence !== undefined) { this.hear('failed', went); return; }
        if (went === 'on') { this.tries = 0; continue; }
        this.hear('waiting', { percent: this.percent });
        await this.rest();
      }
    }

    /** Wait before the next try: longer each time, but no longer than the line is away. */
    rest() {
      const seconds = WAITS[Math.min(this.tries, WAITS.length - 1)];
      this.tries += 1;
      return new Promise((go) => { this.wake = go; setTimeout(go, seconds * 1000); });
    }

    async announce() {
      const said = { filename: this.file.name, field: this.field, sign: `${this.file.lastModified}|${this.file.type}` };
      const metadata = Object.entries(said).map(([key, value]) => `${key} ${coded(value)}`).join(',');
      const headers = { 'Upload-Length': String(this.file.size), 'Upload-Metadata': metadata, 'X-CSRFToken': this.token() };
      const answer = await this.ask('POST', this.to, headers);
      if (answer.status !== 201) return this.refused(answer);
      this.address = answer.getResponseHeader('Location');
      return this.at(answer);
    }

    async find() {
      const answer = await this.ask('HEAD', this.address);
      return answer.status === 200 ? this.at(answer) : this.gone(answer) || this.refused(answer);
    }

    async send() {
      const began = performance.now(), from = this.offset;
      const data = this.file.slice(from, Math.min(from + this.piece, this.file.size));
      const headers = { 'Upload-Offset': String(from), 'Content-Type': 'application/offset+octet-stream' };
      this.hear('sending', { percent: this.percent });
      const answer = await this.ask('PATCH', this.address, headers, data, (loaded) => {
        this.hear('sending', { percent: Math.floor(((from + loaded) / this.file.size) * 100) });
      });
      if (answer.status === 204) {
        const took = performance.now() - began;
        if (took < QUICK) this.piece = Math.min(this.piece * 2, MOST);
        else if (took > SLOW) this.piece = Math.max(this.piece / 2, LEAST);
        const fresh = answer.getResponseHeader('X-CSRF-Token');
        if (fresh) this.renew(fresh);
        return this.at(answer);
      }
      this.sent = from;
      this.offset = null; // whatever happened: the server knows how much is there
      if (answer.status === 409) return 'on';
      this.piece = Math.max(this.piece / 2, LEAST);
      return this.gone(answer) || this.refused(answer);
    }

    /** The server's word on how much is there. */
    at(answer) {
      this.offset = Number(answer.getResponseHeader('Upload-Offset'));
      return this.offset >= this.file.size ? 'whole' : 'on';
    }

    /** The upload is not there any more (a day went by): begin anew, once. */
    gone(answer) {
      if (answer.status !== 404 && answer.status !== 410) return null;
      this.address = '';
      this.sent = 0;
      this.lost += 1;
      return this.lost > 1 ? { sentence: '' } : 'on';
    }

    /** What cannot be helped by trying again; everything else waits: no line, a busy or restarting server. */
    refused(answer) {
      const hopeless = answer.status >= 400 && answer.status < 500 && ![408, 423, 425, 429].includes(answer.status);
      if (!hopeless) return 'wait';
      try {
        return { sentence: JSON.parse(answer.responseText).error || '' };
      } catch {
        return { sentence: '' };
      }
    }

    /** One request; it always ends, with status 0 when the line broke or fell silent. */
    ask(method, url, headers = {}, body = null, progress = null) {
      return new Promise((done) => {
        const request = new XMLHttpRequest();
        this.request = request;
        let watch = 0;
        const alive = () => {
          clearTimeout(watch);
          watch = setTimeout(() => request.abort(), SILENT * 1000);
        };
        request.open(method, url);
        request.setRequestHeader('Tus-Resumable', '1.0.0');
        request.setRequestHeader('Accept', 'application/json');
        for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
        request.upload.addEventListener('progress', (event) => {
          alive();
          if (progress) progress(event.loaded);
        });
        request.addEventListener('loadend', () => {
          clearTimeout(watch);
          done(request);
        });
        alive();
        request.send(body);
      });
    }
  }

  window.Pieces = Pieces;
})();
