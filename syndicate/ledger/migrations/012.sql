-- Whose an account is. `proof`: a keyed hash of the secret that decides which of a server's logins it is. `doubted`:
-- that secret changed since `identity` was asked for, so nothing goes out before it is asked for again. `login` is the
-- same for two names of one login. `left_at`: since when it is not in the config. `max_age`: what it was when its
-- waiting stories got their end (microseconds).
ALTER TABLE account ADD COLUMN proof TEXT;
ALTER TABLE account ADD COLUMN doubted BIGINT NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN login TEXT;
ALTER TABLE account ADD COLUMN left_at BIGINT;
ALTER TABLE account ADD COLUMN max_age BIGINT;
-- Of what was skipped because its account left the config or leads to another login: which login it was for, and
-- the time that it waited for. `waited_for` has the reason.
ALTER TABLE delivery ADD COLUMN left_login TEXT;
ALTER TABLE delivery ADD COLUMN left_due_at BIGINT;
-- Names that accounts and sources had before; commands still know them.
CREATE TABLE former_name (
    kind TEXT NOT NULL,
    former TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (kind, former)
);
