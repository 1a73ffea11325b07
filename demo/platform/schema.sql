-- Everything the demo platform keeps. Instants are ISO 8601 in UTC. user_version counts changes of this file: data of
-- another version is made anew at the start (seed.VERSION).
CREATE TABLE account (
  id TEXT PRIMARY KEY, handle TEXT NOT NULL UNIQUE, name_zh TEXT NOT NULL, name_en TEXT NOT NULL,
  bio_zh TEXT NOT NULL, bio_en TEXT NOT NULL, email TEXT NOT NULL, language TEXT NOT NULL CHECK (language IN ('zh', 'en')),
  hue TEXT NOT NULL, suspended_until TEXT, closed_at TEXT,
  -- A virtual human's entry on the register: '' or 'registered'; what holds it: '', 'suspended' until, 'revoked'.
  registration TEXT NOT NULL, registration_no TEXT NOT NULL, real_name INTEGER NOT NULL,
  registration_held TEXT NOT NULL DEFAULT '', registration_until TEXT
);
CREATE TABLE post (
  id TEXT PRIMARY KEY, account_id TEXT NOT NULL REFERENCES account(id), title_zh TEXT NOT NULL, title_en TEXT NOT NULL,
  body_zh TEXT NOT NULL, body_en TEXT NOT NULL, likes INTEGER NOT NULL, created_at TEXT NOT NULL,
  form TEXT NOT NULL CHECK (form IN ('', 'audio', 'film', 'live', 'listing')), removed_at TEXT,
  -- The blocked file that took it along; '' when it was removed itself.
  removed_by TEXT NOT NULL DEFAULT '', disabled_at TEXT, disabled_until TEXT
);
CREATE TABLE media (
  id TEXT PRIMARY KEY, post_id TEXT NOT NULL REFERENCES post(id), media_type TEXT NOT NULL, sha256 TEXT NOT NULL,
  width INTEGER NOT NULL, height INTEGER NOT NULL, alt_zh TEXT NOT NULL, alt_en TEXT NOT NULL
);
CREATE TABLE label (
  post_id TEXT NOT NULL REFERENCES post(id), word TEXT NOT NULL, source TEXT NOT NULL, off INTEGER NOT NULL,
  PRIMARY KEY (post_id, word)
);
-- What a post (owner 'post') or an account may not do for the time being.
CREATE TABLE limited (
  owner TEXT NOT NULL, owner_id TEXT NOT NULL, word TEXT NOT NULL, until TEXT, at TEXT NOT NULL,
  PRIMARY KEY (owner, owner_id, word)
);
CREATE TABLE blocked (sha256 TEXT PRIMARY KEY, post_id TEXT NOT NULL REFERENCES post(id), at TEXT NOT NULL);
CREATE TABLE challenge (
  id INTEGER PRIMARY KEY, post_id TEXT NOT NULL REFERENCES post(id), phrase TEXT NOT NULL, due_at TEXT NOT NULL, at TEXT NOT NULL,
  UNIQUE (post_id, phrase)
);
CREATE TABLE warning (
  -- One warning for each action, however often its webhook arrives under new ids.
  action_id TEXT PRIMARY KEY, account_id TEXT NOT NULL REFERENCES account(id), reason_code TEXT NOT NULL, at TEXT NOT NULL,
  lifted_at TEXT, lifted_by TEXT
);
CREATE TABLE notice (
  id INTEGER PRIMARY KEY, account_id TEXT NOT NULL REFERENCES account(id), kind TEXT NOT NULL, url TEXT NOT NULL, language TEXT NOT NULL, at TEXT NOT NULL,
  UNIQUE (account_id, kind, url)
);
CREATE TABLE answered (webhook_id TEXT PRIMARY KEY, status INTEGER NOT NULL, answer TEXT NOT NULL, at TEXT NOT NULL);
CREATE TABLE delivery (
  id INTEGER PRIMARY KEY, at TEXT NOT NULL, webhook_id TEXT NOT NULL, type TEXT NOT NULL, kind TEXT NOT NULL, status INTEGER NOT NULL,
  note TEXT NOT NULL, body TEXT NOT NULL
);
CREATE TABLE trouble (word TEXT PRIMARY KEY, remaining INTEGER NOT NULL, seconds REAL NOT NULL DEFAULT 0);
CREATE INDEX post_by_account ON post (account_id, created_at);
