-- Accounts, users, groups, roles, access keys, temporary logins and passwords.
-- In every view a row holds from from_position (inclusive) until until_position (exclusive); NULL is still. A position is a
-- short byte string that sorts as positions do. Times are microseconds since 1970 in UTC.
CREATE TABLE accounts (
    account        TEXT NOT NULL PRIMARY KEY,
    name           TEXT NOT NULL,
    project_name   TEXT NOT NULL,
    project_id     TEXT NOT NULL,
    from_position  BLOB NOT NULL,
    from_at        INTEGER NOT NULL,
    until_position BLOB,
    until_at       INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX accounts_by_name ON accounts (name) WHERE until_position IS NULL;
CREATE INDEX accounts_closed ON accounts (account) WHERE until_position IS NOT NULL;

-- The accounts that are closed, without a look at those that are open.
CREATE VIEW closed_accounts (account) AS
    SELECT account FROM accounts INDEXED BY accounts_closed WHERE until_position IS NOT NULL;

-- The description is the newest one; the log has those before it.
CREATE TABLE users (
    user           TEXT NOT NULL PRIMARY KEY,
    account        TEXT NOT NULL,
    name           TEXT NOT NULL,
    description    TEXT NOT NULL DEFAULT '',
    from_position  BLOB NOT NULL,
    from_at        INTEGER NOT NULL,
    until_position BLOB,
    until_at       INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX users_by_name ON users (account, name) WHERE until_position IS NULL;

CREATE TABLE user_access_methods (
    user           TEXT NOT NULL,
    console        INTEGER NOT NULL,
    programmatic   INTEGER NOT NULL,
    from_position  BLOB NOT NULL,
    from_at        INTEGER NOT NULL,
    until_position BLOB,
    until_at       INTEGER,
    PRIMARY KEY (user, from_position)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX user_access_methods_current ON user_access_methods (user) WHERE until_position IS NULL;

CREATE TABLE user_passwords (
    user           TEXT NOT NULL,
    password_hash  TEXT NOT NULL,
    from_position  BLOB NOT NULL,
    from_at        INTEGER NOT NULL,
    until_position BLOB,
    until_at       INTEGER,
    PRIMARY KEY (user, from_position)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX user_passwords_current ON user_passwords (user) WHERE until_position IS NULL;

CREATE TABLE user_roles (
    user           TEXT NOT NULL,
    -- The user's.
    account        TEXT NOT NULL,
    role           TEXT NOT NULL,
    from_position  BLOB NOT NULL,
    from_at        INTEGER NOT NULL,
    until_position BLOB,
    until_at       INTEGER,
    PRIMARY KEY (user, role, from_position)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX user_roles_current ON user_roles (user, role) WHERE until_position IS NULL;
CREATE INDEX user_roles_by_account ON user_roles (account);
CREATE INDEX user_roles_current_by_account ON user_roles (account, user) WHERE until_position IS NULL;

-- The secret as it is sealed now: it stays the same when it is sealed anew.
CREATE TABLE access_keys (
    access_key     TEXT NOT NULL,
    user           TEXT NOT NULL,
    login_key_hash TEXT NOT NULL,
    sealed_secret  TEXT NOT NULL,
    description    TEXT NOT NULL,
    from_position  BLOB NOT NULL,
    from_at        INTEGER NOT NULL,
    until_position BLOB,
    until_at       INTEGER,
    PRIMARY KEY (access_key, user, from_position)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX access_keys_current ON access_keys (user, access_key) WHERE until_position IS NULL;

CREATE TABLE access_key_states (
    user           TEXT NOT NULL,
    access_key     TEXT NOT NULL,
    enabled        INTEGER NOT NULL,
    from_position  BLOB NOT NULL,
    from_at        INTEGER NOT NULL,
    until_position BLOB,
    until_at       INTEGER,
    PRIMARY KEY (user, access_key, from_position)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX access_key_states_current ON access_key_states (user, access_key) WHERE until_position IS NULL;

-- Temporary logins. A row may be past ends_at: a login that has ended by itself is told by the time.
CREATE TABLE logins (
    login          TEXT NOT NULL,
    user           TEXT NOT NULL,
    name           TEXT NOT NULL,
    login_key_hash TEXT NOT NULL,
    -- What it was asked for with, and works no longer than; NULL if that was no access key.
    access_key     TEXT,
    -- Which of its user's passwords it was asked for with, by where that was set, and works no longer than; NULL if that was no password.
    password_set   BLOB,
    -- 1: good only for what login_repositories says.
    limited        INTEGER NOT NULL CHECK (limited IN (0, 1)),
    -- The account that whoever uses it acts for; NULL is the user's own.
    on_behalf_of   TEXT,
    ends_at        INTEGER NOT NULL,
    from_position  BLOB NOT NULL,
    from_at        INTEGER NOT NULL,
    until_position BLOB,
    until_at       INTEGER,
    PRIMARY KEY (login, user, from_position)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX logins_current ON logins (user, login) WHERE until_position IS NULL;
CREATE INDEX logins_by_end ON logins (user, ends_at) WHERE until_position IS NULL;

-- The repositories that a login is limited to, for as long as it is there.
CREATE TABLE login_repositories (
    login          TEXT NOT NULL,
    user           TEXT NOT NULL,
    from_position  BLOB NOT NULL,
    repository     TEXT NOT NULL,
    push           INTEGER NOT NULL CHECK (push IN (0, 1)),
    PRIMARY KEY (login, user, from_position, repository)
) STRICT, WITHOUT ROWID;

-- Name and description are the newest ones; the log has those before them.
CREATE TABLE user_groups (
    user_group     TEXT NOT NULL PRIMARY KEY,
    account        TEXT NOT NULL,
    name           TEXT NOT NULL,
    description    TEXT NOT NULL,
    from_position  BLOB NOT NULL,
    from_at        INTEGER NOT NULL,
    until_position BLOB,
    until_at       INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX user_groups_by_name ON user_groups (account, name) WHERE until_position IS NULL;

CREATE TABLE group_roles (
    user_group     TEXT NOT NULL,
    -- The group's.
    account        TEXT NOT NULL,
    role           TEXT NOT NULL,
    from_position  BLOB NOT NULL,
    from_at        INTEGER NOT NULL,
    until_position BLOB,
    until_at       INTEGER,
    PRIMARY KEY (user_group, role, from_position)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX group_roles_current ON group_roles (user_group, role) WHERE until_position IS NULL;
CREATE INDEX group_roles_by_account ON group_roles (account);
CREATE INDEX group_roles_current_by_account ON group_roles (account, user_group) WHERE until_position IS NULL;

CREATE TABLE memberships (
    user_group     TEXT NOT NULL,
    user           TEXT NOT NULL,
    from_position  BLOB NOT NULL,
    from_at        INTEGER NOT NULL,
    until_position BLOB,
    until_at       INTEGER,
    PRIMARY KEY (user_group, user, from_position)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX memberships_current ON memberships (user, user_group) WHERE until_position IS NULL;

-- Whether a user is an account administrator now, by a role of its own or of a group.
CREATE VIEW administrators (user) AS
    SELECT user FROM user_roles INDEXED BY user_roles_current WHERE until_position IS NULL
    UNION ALL
    SELECT member.user
      FROM memberships AS member
      JOIN group_roles AS carried INDEXED BY group_roles_current
        ON carried.user_group = member.user_group AND carried.until_position IS NULL
     WHERE member.until_position IS NULL;

-- The administrators of an account now, without a look at its other users; some more than once.
CREATE VIEW administrators_of_accounts (account, user) AS
    SELECT account, user FROM user_roles INDEXED BY user_roles_current_by_account WHERE until_position IS NULL
    UNION ALL
    SELECT carried.account, member.user
      FROM group_roles AS carried INDEXED BY group_roles_current_by_account
     CROSS JOIN memberships AS member ON member.user_group = carried.user_group AND member.until_position IS NULL
     WHERE carried.until_position IS NULL;

-- The temporary logins that what they were asked for with does not stop; those that have reached their end among them.
CREATE VIEW proved_logins (login, user) AS
    SELECT login.login, login.user
      FROM logins AS login
      JOIN user_access_methods AS methods ON methods.user = login.user AND methods.until_position IS NULL
     WHERE login.until_position IS NULL AND methods.programmatic
       AND (login.access_key IS NULL OR EXISTS (SELECT 1 FROM working_access_keys WHERE access_key = login.access_key))
       AND (login.password_set IS NULL
            OR (methods.console AND EXISTS (SELECT 1 FROM user_passwords
                                             WHERE user = login.user AND from_position = login.password_set AND until_position IS NULL)));

-- The access keys that work now.
CREATE VIEW working_access_keys (access_key, user) AS
    SELECT key.access_key, key.user
      FROM access_keys AS key
      JOIN access_key_states AS state
        ON state.user = key.user AND state.access_key = key.access_key AND state.until_position IS NULL
      JOIN user_access_methods AS methods ON methods.user = key.user AND methods.until_position IS NULL
     WHERE key.until_position IS NULL AND state.enabled AND methods.programmatic;
